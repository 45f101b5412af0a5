/**
 * One engine for the GPU tests of all files on a page, so that no kernel is compiled twice; no adapter is a failure, never
 * a skip.
 */
import { afterAll, beforeAll, expect } from "vitest";
import { createEngine, type Engine } from "../src/engine/index.ts";

let shared: Engine | undefined;
/** What planners read of a new engine: what one file measured is nothing to the next. */
let throughput = 0;

/**
 * Hands the page's engine to the file's tests, and checks at the end that nothing was left on the GPU. After a lost device or
 * a file that left something the next file gets a new engine.
 */
export function useEngine(): () => Engine {
  let engine: Engine | undefined;
  beforeAll(async () => {
    if (!shared?.isAlive || shared.liveTensors > 0) {
      shared?.dispose();
      shared = await createEngine();
      throughput = shared.throughput;
    }
    shared.throughput = throughput;
    engine = shared;
  });
  afterAll(() => {
    expect(engine?.liveTensors).toBe(0);
  });
  return () => {
    if (!engine) throw new Error("no engine: no adapter");
    return engine;
  };
}
