/**
 * Särkkä's car over 1000 and 10 000 steps: log-likelihoods that go through a scan in float32 are off by tens to hundreds of
 * thousands of nats here, and some change when everything is moved by 100 (probml/dynamax issue 423). docs/accuracy.md.
 */
import { expect, suite, test } from "vitest";
import { linearGaussianSSM, logLikelihood, smooth } from "../src/api/index.ts";
import { carCase } from "./car.ts";
import { differences } from "./compare.ts";
import { textbookOracle } from "./oracle.ts";
import type { RawCase } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const parallel = (form: "auto" | "squareRoot") =>
  ({ backend: "webgpu", engine: engine(), method: "parallel", form }) as const;
const smoothed = ({ model, observations }: RawCase, form: "auto" | "squareRoot") =>
  smooth(linearGaussianSSM(model), observations, parallel(form));

for (const T of [1000, 10_000])
  suite(`car tracking over ${T} steps, parallel in time`, () => {
    const plain = carCase(T);
    const oracle = textbookOracle(plain.model, plain.observations);
    for (const form of ["auto", "squareRoot"] as const) {
      test(`form ${form}: the log-likelihood is within 1e-3 nats of float64`, {
        timeout: 120_000,
      }, async () => {
        const got = await smoothed(plain, form);
        expect(got.run.method).toBe("parallel");
        expect(Math.abs(got.marginalLogLikelihood - oracle.marginalLogLikelihood)).toBeLessThan(1e-3);
        const alone = await logLikelihood(linearGaussianSSM(plain.model), plain.observations, parallel(form));
        expect(Math.abs(alone - oracle.marginalLogLikelihood)).toBeLessThan(1e-3);
        expect(differences(got, oracle).means, "means, sd").toBeLessThan(1e-3);
      });

      test(`form ${form}: adding 100 to the first column and to the prior mean leaves it within 1e-3 nats`, {
        timeout: 120_000,
      }, async () => {
        const [got, shifted] = [await smoothed(plain, form), await smoothed(carCase(T, 100), form)];
        expect(Math.abs(shifted.marginalLogLikelihood - got.marginalLogLikelihood)).toBeLessThan(1e-3);
        expect(Math.abs(shifted.marginalLogLikelihood - oracle.marginalLogLikelihood)).toBeLessThan(1e-3);
        const first = shifted.smoothedMeans.data[0]! - got.smoothedMeans.data[0]!;
        expect(Math.abs(first - 100)).toBeLessThan(1e-3);
      });
    }
  });
