export type { LoopOptions } from "./cooperate.ts";
export { type KalmanCpuOptions, type KalmanFilterCpuRecords, kalmanFilterCpu } from "./kalman_filter.cpu.ts";
export { type KalmanSmootherCpuRecords, kalmanSmootherCpu } from "./kalman_smoother.cpu.ts";
export * from "./linear_gaussian_problem.ts";
export { triangularise } from "./triangularise.ts";
