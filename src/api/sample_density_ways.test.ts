/** The same chain in other ways: in orthogonal bases, in windows, trajectory by trajectory. */
import { expect, suite, test } from "vitest";
import { logisticRegression } from "../../test-browser/logistic_regression.ts";
import {
  type DensitySamples,
  type EvaluateOptions,
  expressionFunction,
  type SampleDensityOptions,
  sampleDensity,
} from "./index.ts";

const cpu = (options: EvaluateOptions): EvaluateOptions => ({ backend: "cpu", lyapunov: false, ...options });
const sequentially = cpu({ method: "sequential" });
const apart = (a: DensitySamples, b: DensitySamples): number =>
  Math.max(...Array.from(a.samples.data, (value, i) => Math.abs(value - b.samples.data[i])));
const banana = () =>
  expressionFunction({ expressions: "-0.5 * (x0/10)^2 - 0.5 * (x1 - 0.03*(x0^2 - 100))^2", stateDim: 2 });

suite("orthogonal bases", () => {
  const density = logisticRegression(4, 20, 3);
  const options: SampleDensityOptions = {
    method: "mala",
    stepSize: 0.05,
    numSamples: 120,
    initialState: [0, 0, 0, 0],
    seed: 1,
  };
  const quasi = cpu({ method: "quasi", clip: 1, maxIterations: 200 });

  test("the eigenvectors of the Hessian: the same chain in less than half the updates", async () => {
    const exact = await sampleDensity(density, { ...options, evaluate: sequentially });
    const plain = await sampleDensity(density, { ...options, evaluate: quasi });
    expect(apart(plain, exact)).toBeLessThan(1e-3);
    const hessianAt = exact.samples.data.slice(-4);
    for (const basis of ["hessian", { hessianAt }] as const) {
      const turned = await sampleDensity(density, { ...options, basis, evaluate: quasi });
      expect(turned.evaluation.status).toBe("ok");
      expect(apart(turned, exact)).toBeLessThan(1e-3);
      expect(turned.evaluation.iterations[0]).toBeLessThan(plain.evaluation.iterations[0] / 2);
      expect(turned.acceptanceRates[0]).toBe(exact.acceptanceRates[0]);
    }
  });

  test("any basis, one step after the other, is the chain itself", async () => {
    const exact = await sampleDensity(density, { ...options, evaluate: sequentially });
    const [c, s] = [Math.cos(1), Math.sin(1)];
    const basis = [
      [c, 0, -s, 0],
      [0, 1, 0, 0],
      [s, 0, c, 0],
      [0, 0, 0, -1],
    ];
    for (const method of ["mala", "hmc"] as const) {
      const own = { ...options, method, leapfrogSteps: 3, numSamples: 50 };
      const plain = await sampleDensity(density, { ...own, evaluate: sequentially });
      const turned = await sampleDensity(density, { ...own, basis, evaluate: sequentially });
      expect(apart(turned, plain)).toBeLessThan(1e-12);
    }
    // Rounded to float32 it is orthonormal enough, and made so.
    const rounded = basis.map(row => row.map(Math.fround));
    const turned = await sampleDensity(density, { ...options, basis: rounded, evaluate: sequentially });
    expect(apart(turned, exact)).toBeLessThan(1e-12);
  });

  test("bad bases are told", async () => {
    const identity = [0, 1, 2, 3].map(i => [0, 1, 2, 3].map(j => (i === j ? 1 : 0)));
    for (const [basis, message] of [
      [[[1]], /options\.basis expected \[4, 4\], got \[1, 1\]/],
      [
        identity.map((row, i) => (i === 2 ? [0, 0.1, 1, 0] : row)),
        /options\.basis expected orthonormal columns, \(Q'Q\)\[1\]\[1\] = 1, got 1\.01/,
      ],
      [identity.map(row => row.map(value => 2 * value)), /orthonormal columns/],
      ["eigenvectors", /options\.basis expected "hessian", \{ hessianAt: x \} or a matrix/],
      [{ hessianAt: [0, 0] }, /options\.basis\.hessianAt expected \[4\], got \[2\]/],
      [{ at: [0, 0, 0, 0] }, /options\.basis/],
    ] as const)
      await expect(sampleDensity(density, { ...options, basis } as never)).rejects.toThrow(message);
  });
});

suite("windows", () => {
  test("window after window is the same chain", async () => {
    const f = await banana();
    const options: SampleDensityOptions = {
      method: "hmc",
      stepSize: 0.5,
      leapfrogSteps: 3,
      numSamples: 60,
      initialState: [3, -4],
      seed: 2,
    };
    const exact = await sampleDensity(f, { ...options, evaluate: sequentially });
    const how = { method: "newton", damping: 0.55, clip: 1, tolerance: 1e-14, maxIterations: 300 } as const;
    const windows = await sampleDensity(f, { ...options, evaluate: cpu({ ...how, window: 20 }) });
    expect(windows.evaluation.status).toBe("ok");
    expect(windows.evaluation.run.plan).toMatch(/window/);
    expect(apart(windows, exact)).toBeLessThan(1e-4);
  });
});

suite('parallel: "leapfrogs"', () => {
  const options: SampleDensityOptions = {
    method: "hmc",
    stepSize: 0.3,
    leapfrogSteps: 24,
    numSamples: 40,
    initialState: [3, -4],
    seed: 3,
  };

  test("is the chain, sample by sample, and tells the updates of every trajectory", async () => {
    const f = await banana();
    const starts = [
      [3, -4],
      [-6, 1],
    ];
    const own = { ...options, initialState: starts };
    const exact = await sampleDensity(f, { ...own, evaluate: sequentially });
    const counts = [];
    for (const method of [undefined, "quasi"] as const) {
      const how = cpu({ ...(method ? { method } : {}), tolerance: 1e-16 });
      const got = await sampleDensity(f, { ...own, parallel: "leapfrogs", evaluate: how });
      expect(got.evaluation.status).toBe("ok");
      expect(got.samples.shape).toEqual([2, 40, 2]);
      expect(apart(got, exact)).toBeLessThan(1e-6);
      expect([...got.acceptanceRates]).toEqual([...exact.acceptanceRates]);
      const { data, shape } = got.trajectoryIterations as NonNullable<typeof got.trajectoryIterations>;
      expect(shape).toEqual([2, 40]);
      expect(Math.max(...data)).toBeLessThanOrEqual(24);
      const sum = data.subarray(0, 40).reduce((a, b) => a + b);
      expect(got.evaluation.iterations[0]).toBe(sum);
      expect(got.evaluation.run.plan).toMatch(/^40 trajectories of 24 leapfrogs/);
      expect(() => got.evaluation.lyapunov).toThrow(/parallel "samples"/);
      counts.push(sum);
    }
    expect(counts[0]).toBeLessThan(0.8 * counts[1]);
  });

  test("a trajectory that leaves the numbers is not taken", async () => {
    // Steps far beyond what is stable: positions are squared and cubed every step.
    const quartic = await expressionFunction({ expressions: "-x0^4", stateDim: 1 });
    const own = { ...options, initialState: [2], stepSize: 1.5, numSamples: 5 };
    const exact = await sampleDensity(quartic, { ...own, evaluate: sequentially });
    const got = await sampleDensity(quartic, { ...own, parallel: "leapfrogs", evaluate: cpu({}) });
    expect([...exact.samples.data]).toEqual([2, 2, 2, 2, 2]);
    expect([...got.samples.data]).toEqual([2, 2, 2, 2, 2]);
    expect(got.evaluation.status).toBe("ok");
  });

  test("progress, cancellation and bad options", async () => {
    const f = await banana();
    const stop = new AbortController();
    stop.abort();
    const own = { ...options, parallel: "leapfrogs", numSamples: 3 } as const;
    await expect(
      sampleDensity(f, { ...own, evaluate: { backend: "cpu", signal: stop.signal } }),
    ).rejects.toMatchObject({ name: "AbortedError" });
    const seen: string[] = [];
    await sampleDensity(f, {
      ...own,
      evaluate: cpu({ onProgress: ({ phase, done, total }) => seen.push(`${phase} ${done}/${total}`) }),
    });
    expect(seen.at(-1)).toBe("sample 3/3");
    for (const [change, message] of [
      [{ method: "mala" }, /options\.parallel expected "samples" with method "mala"/],
      [{ parallel: "steps" }, /options\.parallel expected "samples", "leapfrogs", got the text "steps"/],
      [{ evaluate: { trace: true } }, /options\.evaluate\.trace expected nothing with parallel "leapfrogs"/],
    ] as const)
      await expect(sampleDensity(f, { ...own, ...change } as never)).rejects.toThrow(message);
  });
});

suite("starts", () => {
  test("where there is no density no chain begins", async () => {
    const f = await expressionFunction({ expressions: "log(x0) - x0", stateDim: 1 });
    const options = { method: "mala", stepSize: 0.1, numSamples: 4 } as const;
    await expect(sampleDensity(f, { ...options, initialState: [[1], [0]] })).rejects.toThrow(
      /options\.initialState\[1\] expected a state with a finite log density and gradient, got log p = -Infinity/,
    );
    await expect(sampleDensity(f, { ...options, initialState: [-1] })).rejects.toThrow(/got log p = NaN/);
    await expect(sampleDensity(f, { ...options, initialState: [1], stepSize: -0.1 })).rejects.toThrow(
      /options\.stepSize expected a finite number above 0, got -0\.1/,
    );
  });
});
