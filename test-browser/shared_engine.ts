/** One engine for all GPU tests of a file; no adapter is a failure, never a skip. */
import { afterAll, beforeAll, expect } from "vitest";
import { createEngine, type Engine } from "../src/engine/index.ts";

/** Opens an engine before the file's tests and checks at the end that nothing was left on the GPU. */
export function useEngine(): () => Engine {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await createEngine();
  });
  afterAll(() => {
    expect(engine?.liveTensors).toBe(0);
    engine?.dispose();
  });
  return () => {
    if (!engine) throw new Error("no engine: no adapter");
    return engine;
  };
}
