/** Units and levels that float32 cannot hold: the host takes them off before data are rounded. */
import { expect, suite, test } from "vitest";
import { linearGaussianSSM, samplePosterior, smooth } from "../src/api/index.ts";
import { differences } from "./compare.ts";
import { textbookOracle } from "./oracle.ts";
import { namedModel, type RawCase, randomModel } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const on = (form: "auto" | "squareRoot") => ({ backend: "webgpu", engine: engine(), form }) as const;

/** The same model with states in units of d and observations in units of e. */
function inUnits(c: RawCase, d: readonly number[], e: readonly number[]): RawCase {
  const scale = (A: number[][], rows: readonly number[], columns: readonly number[]) =>
    A.map((row, i) => row.map((value, j) => value * rows[i]! * columns[j]!));
  const down = d.map(x => 1 / x);
  const { initial, dynamics, emissions } = c.model;
  return {
    ...c,
    model: {
      initial: { mean: initial.mean.map((x, i) => x * d[i]!), covariance: scale(initial.covariance, d, d) },
      dynamics: {
        weights: scale(dynamics.weights as number[][], d, down),
        bias: (dynamics.bias as number[]).map((x, i) => x * d[i]!),
        covariance: scale(dynamics.covariance as number[][], d, d),
      },
      emissions: {
        weights: scale(emissions.weights as number[][], e, down),
        bias: (emissions.bias as number[]).map((x, i) => x * e[i]!),
        covariance: scale(emissions.covariance as number[][], e, e),
      },
    },
    observations: c.observations.map(y => y.map((x, i) => (x === null ? null : x * e[i]!))),
  };
}

suite("units far outside the range of float32", () => {
  test.each(["auto", "squareRoot"] as const)("%s", async form => {
    const plain = randomModel({ n: 3, m: 2, T: 400, seed: 12, missing: form === "auto" ? 0 : 0.1 });
    const c = inUnits(plain, [2 ** -100, 2 ** 90, 1], [2 ** -80, 2 ** 70]);
    const model = linearGaussianSSM(c.model);
    const [there, here] = [
      await smooth(model, c.observations, on(form)),
      await smooth(linearGaussianSSM(plain.model), plain.observations, on(form)),
    ];
    here.smoothedMeans.data.forEach((x, i) => {
      const d = [2 ** -100, 2 ** 90, 1][i % 3]!;
      expect(Math.abs(there.smoothedMeans.data[i]! / d - x)).toBeLessThan(1e-5);
    });
    const shift = Math.log(2) * (80 - 70);
    const steps = plain.observations.filter(y => y.every(v => v !== null)).length;
    const oracle = await smooth(model, c.observations, { backend: "cpu" });
    expect(Math.abs(there.marginalLogLikelihood / oracle.marginalLogLikelihood - 1)).toBeLessThan(1e-6);
    if (form === "auto")
      expect(there.marginalLogLikelihood - here.marginalLogLikelihood).toBeCloseTo(shift * steps, 3);
    const draws = await samplePosterior(model, c.observations, { ...on(form), numSamples: 1, seed: 1 });
    const exact = await samplePosterior(model, c.observations, { backend: "cpu", numSamples: 1, seed: 1 });
    draws.states.data.forEach((x, i) => {
      const d = [2 ** -100, 2 ** 90, 1][i % 3]!;
      expect(Math.abs(x - exact.states.data[i]!) / d).toBeLessThan(1e-4);
    });
  });
});

suite("a level far from zero", () => {
  test.each(["auto", "squareRoot"] as const)(
    "a shift of data and prior changes nothing else: %s",
    async form => {
      const c = namedModel("cv4", 2000);
      const by = (shift: number): RawCase => ({
        ...c,
        model: {
          ...c.model,
          initial: {
            ...c.model.initial,
            mean: c.model.initial.mean.map((x, i) => (i === 0 ? x + shift : x)),
          },
        },
        observations: c.observations.map(y => y.map((x, i) => (i === 0 ? x! + shift : x))),
      });
      const run = async (shift: number) => {
        const shifted = by(shift);
        return smooth(linearGaussianSSM(shifted.model), shifted.observations, on(form));
      };
      const [plain, moved] = [await run(0), await run(1e6)];
      plain.smoothedMeans.data.forEach((x, i) => {
        expect(Math.abs(moved.smoothedMeans.data[i]! - x - (i % 4 === 0 ? 1e6 : 0))).toBeLessThan(1e-6);
      });
      expect(Math.abs(moved.marginalLogLikelihood / plain.marginalLogLikelihood - 1)).toBeLessThan(1e-7);
    },
  );

  test("one pass is enough for a level of 1e7 with standard deviation 1", async () => {
    const model = {
      initial: { mean: [1e7], covariance: [[4]] },
      dynamics: { weights: [[1]], covariance: [[0.01]] },
      emissions: { weights: [[1]], covariance: [[1]] },
    };
    const observations = Array.from({ length: 500 }, (_, t) => [1e7 + Math.sin(t)]);
    const result = await smooth(linearGaussianSSM(model), observations, { ...on("squareRoot") });
    expect(result.run.passes).toBe(1);
    expect(differences(result, textbookOracle(model, observations)).means).toBeLessThan(1e-4);
  });
});
