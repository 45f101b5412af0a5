/**
 * Many draws of the two hard nonlinear models, smoothed in float32 over 10 000 steps: `npm run seeds`. Every number must be finite. Rows
 * are written after every draw, so that an interrupted run keeps what it has.
 */
import { expect, inject, test } from "vitest";
import { commands } from "vitest/browser";
import { type NonlinearSmootherOptions, simulate, smooth } from "../src/api/index.ts";
import { bearings, pendulum } from "./nonlinear_models.ts";
import { useEngine } from "./shared_engine.ts";

declare module "vitest" {
  interface ProvidedContext {
    seeds: { readonly file: string; readonly count: number };
  }
}

const engine = useEngine();
const { file, count } = inject("seeds");
const STEPS = 10_000;
const rows: object[] = [];

const CASES: readonly [string, typeof pendulum, NonlinearSmootherOptions][] = [
  ["pendulum", pendulum, { linearization: "taylor", iterations: 5 }],
  ["pendulum", pendulum, { linearization: "cubature", iterations: 5 }],
  ["bearings", bearings, { linearization: "cubature", iterations: 5 }],
];

for (const [name, make, options] of CASES)
  for (let seed = 0; seed < count; seed++)
    test(`${name}, ${options.linearization}, seed ${seed}`, { timeout: 120_000 }, async () => {
      const model = await make();
      const { observations } = simulate(model, { numSteps: STEPS, seed });
      const result = await smooth(model, observations, {
        ...options,
        backend: "webgpu",
        engine: engine(),
        method: "parallel",
        outputs: [],
        throwOnFailure: false,
      });
      const { smoothedMeans, smoothedCovariances, marginalLogLikelihood } = result;
      const notFinite = [smoothedMeans, smoothedCovariances].map(
        ({ data }) => data.filter(value => !Number.isFinite(value)).length,
      );
      rows.push({
        name,
        linearization: options.linearization,
        seed,
        steps: STEPS,
        status: result.status,
        notFinite: notFinite[0] + notFinite[1],
        iterations: result.iterations[0],
        converged: result.converged[0],
        marginalLogLikelihood,
      });
      const { adapter, software } = result.run;
      await commands.writeFile(
        file,
        JSON.stringify({ browser: navigator.userAgent, adapter, software, rows }),
      );
      expect([result.status, ...notFinite]).toEqual(["ok", 0, 0]);
    });
