import { createEngine, type Engine } from "../engine/index.ts";

let shared: Promise<Engine> | undefined;

/** The engine of this page: made at the first call that needs one, made anew after its device was lost. */
export async function sharedEngine(): Promise<Engine> {
  shared ??= createEngine();
  try {
    const engine = await shared;
    if (engine.isAlive) return engine;
  } catch (error) {
    shared = undefined;
    throw error;
  }
  shared = createEngine();
  return shared;
}
