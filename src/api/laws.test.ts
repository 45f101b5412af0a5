import { expect, suite, test } from "vitest";
import { namedModel, randomModel } from "../../test-browser/oracle_models.ts";
import { filter, linearGaussianSSM, logLikelihood, simulate, smooth } from "./index.ts";

suite("laws", () => {
  test("a step with F = I, Q = 0 and nothing observed changes neither state nor likelihood", async () => {
    const n = 3;
    const { model, observations } = randomModel({ n, m: 2, T: 10, seed: 80, timeVarying: true });
    const at = 6;
    const insert = <T>(list: T, entry: unknown): T => (list as unknown[]).toSpliced(at, 0, entry) as T;
    const eye = [0, 1, 2].map(i => [0, 1, 2].map(j => (i === j ? 1 : 0)));
    const { dynamics, emissions } = model;
    const longer = linearGaussianSSM({
      initial: model.initial,
      dynamics: {
        weights: insert(dynamics.weights, eye),
        bias: insert(dynamics.bias, [0, 0, 0]) as number[],
        covariance: insert(
          dynamics.covariance,
          eye.map(row => row.map(() => 0)),
        ),
      },
      emissions: {
        weights: insert(emissions.weights, emissions.weights[0]),
        bias: insert(emissions.bias, [0, 0]) as number[],
        covariance: insert(emissions.covariance, emissions.covariance[0]),
      },
    });
    const short = await smooth(linearGaussianSSM(model), observations);
    const long = await smooth(longer, insert(observations, [null, null]));
    expect(long.logLikelihoods.data[at]).toBe(0);
    expect(long.marginalLogLikelihood).toBeCloseTo(short.marginalLogLikelihood, 11);
    for (const [field, size] of [
      ["filteredMeans", n],
      ["smoothedMeans", n],
      ["smoothedCovariances", n * n],
    ] as const) {
      const data = Array.from(long[field].data);
      const inserted = data.splice(at * size, size);
      data.forEach((value, i) => {
        expect(value, field).toBeCloseTo(short[field].data[i], 11);
      });
      inserted.forEach((value, i) => {
        expect(value, field).toBeCloseTo(data[(at - 1) * size + i], 11);
      });
    }
  });

  test("the last smoothed moments are the filtered ones", async () => {
    const { model, observations } = randomModel({ n: 4, m: 2, T: 30, seed: 81 });
    const r = await smooth(linearGaussianSSM(model), observations);
    expect(r.smoothedMeans.data.slice(-4)).toEqual(r.filteredMeans.data.slice(-4));
    expect(r.smoothedCovariances.data.slice(-16)).toEqual(r.filteredCovariances.data.slice(-16));
  });

  test("with nothing observed the moments are those of the prior and the likelihood is 0", async () => {
    const { model } = randomModel({ n: 2, m: 2, T: 5, seed: 82 });
    const made = linearGaussianSSM(model);
    const r = await smooth(
      made,
      Array.from({ length: 5 }, () => [null, null]),
    );
    expect(r.marginalLogLikelihood).toBe(0);
    expect(r.filteredMeans.data).toEqual(r.predictedMeans.data);
    r.smoothedCovariances.data.forEach((value, i) => {
      expect(value).toBeCloseTo(r.predictedCovariances.data[i], 12);
    });
  });

  test("independent outputs may be observed one after the other", async () => {
    const { model, observations } = randomModel({ n: 3, m: 2, T: 8, seed: 83 });
    const R = [
      [0.5, 0],
      [0, 0.3],
    ];
    const { weights: H, bias: d } = model.emissions;
    const joint = linearGaussianSSM({ ...model, emissions: { weights: H, bias: d, covariance: R } });
    const eye = [0, 1, 2].map(i => [0, 1, 2].map(j => (i === j ? 1 : 0)));
    const spread = <T>(entry: T, other: T): T[] =>
      Array.from({ length: 16 }, (_, t) => (t % 2 === 0 ? entry : other));
    const split = linearGaussianSSM({
      initial: model.initial,
      dynamics: {
        weights: spread(model.dynamics.weights as number[][], eye),
        bias: spread(model.dynamics.bias as number[], [0, 0, 0]),
        covariance: spread(
          model.dynamics.covariance as number[][],
          eye.map(row => row.map(() => 0)),
        ),
      },
      emissions: { weights: H, bias: d, covariance: R },
    });
    const twice = observations.flatMap(([a, b]) => [
      [a, null],
      [null, b],
    ]);
    expect(await logLikelihood(split, twice)).toBeCloseTo(await logLikelihood(joint, observations), 11);
  });

  test("simulated states lie within two smoothed deviations about as often as they should", async () => {
    const { model } = randomModel({ n: 3, m: 2, T: 1, seed: 84 });
    const made = linearGaussianSSM(model);
    const { states, observations } = simulate(made, { numSteps: 20_000, seed: 3 });
    const r = await smooth(made, observations);
    let inside = 0;
    states.data.forEach((z, i) => {
      const t = Math.floor(i / 3);
      const variance = r.smoothedCovariances.data[t * 9 + (i % 3) * 4];
      if ((z - r.smoothedMeans.data[i]) ** 2 < 4 * variance) inside++;
    });
    // P(|N(0,1)| < 2) = 0.9545; 60 000 correlated draws, so allow six times the independent standard error.
    expect(Math.abs(inside / states.data.length - 0.9545)).toBeLessThan(0.005);
  });
});

suite("hard numbers", () => {
  const level = (q: number, r: number, p0: number) =>
    linearGaussianSSM({
      initial: { mean: 0, covariance: p0 },
      dynamics: { weights: 1, covariance: q },
      emissions: { weights: 1, covariance: r },
    });

  test("R = 1e-12 with a prior variance of 1e7 leaves a posterior variance of 1e-12", async () => {
    const r = await filter(level(0, 1e-12, 1e7), [3]);
    // Reflections are exact to eps of a row: eps √(prior/posterior variance) = 7e-7 for the factor.
    expect(Math.abs(r.filteredCovariances.data[0] / 1e-12 - 1)).toBeLessThan(5e-6);
    expect(r.filteredMeans.data[0]).toBeCloseTo(3, 12);
  });

  test("R = 0 with a regular innovation covariance pins the state to the datum", async () => {
    const r = await smooth(level(1, 0, 4), [1, 2, 4]);
    expect(r.status).toBe("ok");
    expect([...r.smoothedMeans.data]).toEqual([1, 2, 4]);
    expect([...r.smoothedCovariances.data]).toEqual([0, 0, 0]);
  });

  test("one measurement of a known variance: P = 1, R = 0.25 leaves 0.2", async () => {
    const r = await filter(level(0, 0.25, 1), [1]);
    expect(r.filteredCovariances.data[0]).toBeCloseTo(0.2, 15);
  });

  test("a static state averages its data, without drift of the variance", async () => {
    const T = 10_000;
    const r = await smooth(
      level(0, 1, 1e6),
      Array.from({ length: T }, (_, t) => Math.sin(t)),
    );
    const precision = T + 1e-6;
    for (const t of [0, 5000, T - 1]) expect(r.smoothedCovariances.data[t] * precision).toBeCloseTo(1, 10);
  });

  test("covariances stay semi-definite when R is tiny", async () => {
    const { model, observations } = randomModel({
      n: 6,
      m: 3,
      T: 200,
      seed: 85,
      noise: 1e-6,
      singularQ: true,
    });
    const r = await smooth(linearGaussianSSM(model), observations);
    expect(r.status).toBe("ok");
    for (const field of ["filteredCovariances", "smoothedCovariances"] as const) {
      const P = r[field].data;
      for (let t = 0; t < 200; t++) {
        for (let i = 0; i < 6; i++) {
          const variance = P[t * 36 + i * 7];
          expect(variance).toBeGreaterThanOrEqual(0);
          for (let j = 0; j < i; j++) {
            const bound = Math.sqrt(variance * P[t * 36 + j * 7]) * (1 + 1e-12);
            expect(Math.abs(P[t * 36 + i * 6 + j])).toBeLessThanOrEqual(bound);
          }
        }
      }
    }
  });

  test("a gap of missing rows on the eight-state model keeps every moment finite", async () => {
    const { model, observations } = namedModel("d8gap", 5000);
    const r = await smooth(linearGaussianSSM(model), observations);
    expect(r.smoothedCovariances.data.every(Number.isFinite)).toBe(true);
  });
});
