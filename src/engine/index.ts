export { type AdapterInfo, createEngine, Engine, type EngineOptions } from "./engine.ts";
export * from "./errors.ts";
export type { ArrayInput, NDArray, NestedNumbers } from "./ndarray.ts";
