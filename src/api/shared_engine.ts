import { createEngine, type Engine } from "../engine/index.ts";

let shared: Promise<Engine> | undefined;

/** The engine of this page: made at the first call that needs one, made anew after its device was lost or there was none. */
export async function sharedEngine(): Promise<Engine> {
  const before = shared;
  const engine = await before?.catch(() => undefined);
  if (engine?.isAlive) return engine;
  // Another call may have made one meanwhile.
  if (shared === before) shared = createEngine();
  return shared as Promise<Engine>;
}
