/** Recurrences s_t = f(s_{t−1}, u_t, t): one step after the other, or all at once by iteration. */

export {
  type AdjointRecords,
  adjointCpu,
  type Change,
  type DerivativeOptions,
  type TangentRecords,
  tangentCpu,
} from "./adjoint.cpu.ts";
export { adjointGpu, tangentGpu } from "./adjoint.ts";
export { iterateCpu } from "./iterate.cpu.ts";
export { iterateGpu } from "./iterate.ts";
export {
  type LyapunovOptions,
  type LyapunovRecords,
  logCondition,
  lyapunovCpu,
  lyapunovSync,
  predictedUpdates,
} from "./lyapunov.cpu.ts";
export { lyapunovGpu } from "./lyapunov.ts";
export { firstStepsOf, predictUpdates } from "./predict_updates.cpu.ts";
export type { RecurrenceGpuOptions } from "./recurrence_buffers.ts";
export * from "./recurrence_problem.ts";
export { evaluateSequentially, firstWithoutValue, sequentialCpu } from "./sequential.cpu.ts";
export { sequentialGpu } from "./sequential.ts";
export { blocksOf, type JacobianShape, sampleJacobians } from "./structure.cpu.ts";
export { updateCost, valueFlops } from "./update_cost.ts";
