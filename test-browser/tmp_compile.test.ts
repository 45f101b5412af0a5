import { expect, test } from "vitest";
import { kernelNames } from "../shaders/manifest.ts";
import { createEngine } from "../src/engine/index.ts";

test("compiles", async () => {
  const engine = await createEngine();
  console.log(engine.adapter, engine.caps);
  const bad: string[] = [];
  for (const [n, m] of [
    [1, 1],
    [2, 1],
    [4, 2],
    [4, 4],
  ] as const) {
    const t0 = performance.now();
    for (const name of kernelNames().filter(n => n.endsWith("lane"))) {
      const t = performance.now();
      try {
        await engine.kernels.get({
          name,
          constants: { STATE_DIM: n, EMISSION_DIM: m, WORKGROUP: 64, TEAM: 1, TEAMS: 64, LEAVES: 64 },
          unroll: true,
        });
      } catch (e) {
        bad.push(String(e));
      }
      if (n === 4 && m === 4) console.log(name, performance.now() - t);
    }
    console.log(n, m, performance.now() - t0);
  }
  expect(bad.slice(0, 3)).toEqual([]);
});
