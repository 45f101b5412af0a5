/** Recurrences on a GPU. */
import {
  adjointGpu,
  iterateGpu,
  lyapunovCpu,
  lyapunovGpu,
  sequentialGpu,
  tangentGpu,
} from "../inference/index.ts";
import type { EvaluateOptions } from "./evaluate.ts";
import type { RecurrencePlace } from "./recurrence_place.ts";
import { sharedEngine } from "./shared_engine.ts";

/** Bytes per second of memory: of a processor's cores together, and of a small GPU. */
const SOFTWARE_BYTES = 5e9;
const HARDWARE_BYTES = 5e10;
/** Series that go side by side, one per invocation. */
const LANES = 4096;

export async function placeOnGpu({
  engine: given,
  chunkLength,
}: Pick<EvaluateOptions, "engine" | "chunkLength">): Promise<RecurrencePlace> {
  const engine = given ?? (await sharedEngine());
  const on = { engine, ...(chunkLength === undefined ? {} : { chunkLength }) };
  return {
    run: {
      backend: "webgpu",
      adapter: engine.adapter.name,
      software: engine.adapter.software,
      method: "parallel",
      dtype: "float32",
      passes: 1,
    },
    throughput: engine.throughput,
    bandwidth: engine.adapter.software ? SOFTWARE_BYTES : HARDWARE_BYTES,
    lanes: engine.adapter.software ? 1 : LANES,
    iterate: (problem, options) => iterateGpu(problem, { ...options, ...on }),
    sequential: (problem, options) => sequentialGpu(problem, { ...options, ...on }),
    lyapunov: async (problem, states, options) =>
      options.spectrum
        ? {
            ...(await lyapunovCpu(problem, states, options)),
            plan: "orthonormal directions, one step after the other in float64 on the host",
          }
        : lyapunovGpu(problem, states, { ...options, ...on }),
    adjoint: (problem, states, cotangents, options) =>
      adjointGpu(problem, states, cotangents, { ...options, ...on }),
    tangent: (problem, states, change, options) => tangentGpu(problem, states, change, { ...options, ...on }),
  };
}
