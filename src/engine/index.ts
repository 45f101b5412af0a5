/** The engine: adapter and device, tensors, kernels, recordings, submit, readback, timing, errors. */
export { type AdapterInfo, type AdapterOptions, withTimeout } from "./adapter.ts";
export type { Caps } from "./caps.ts";
export { createEngine, Engine, type EngineOptions } from "./engine.ts";
export * from "./errors.ts";
export { explain, type Kernel, type KernelKey } from "./kernel.ts";
export { languageText } from "./language_text.ts";
export { loadPart } from "./load_part.ts";
export type { ArrayInput, NDArray, NestedNumbers } from "./ndarray.ts";
export { nearestKey } from "./nearest.ts";
export { type BufferSpec, bufferBytes, type Command, type Dispatch, Recording } from "./recording.ts";
export {
  type ExecuteOptions,
  execute,
  readParts,
  readTensors,
  SUBMIT_SECONDS,
  type TensorPart,
} from "./submit.ts";
export { Tensor } from "./tensor.ts";
export type { DispatchTiming } from "./timing.ts";
