import { expect, suite, test } from "vitest";
import { randomModel } from "../../test-browser/oracle_models.ts";
import {
  AbortedError,
  filter,
  linearGaussianSSM,
  logLikelihood,
  modelDocument,
  ParameterError,
  parseModelDocument,
  smooth,
} from "./index.ts";

const { model: raw, observations } = randomModel({ n: 3, m: 2, T: 11, seed: 50, missing: 0.2 });
const model = linearGaussianSSM(raw);

suite("results", () => {
  test("a single series has no series axis", async () => {
    const r = await smooth(model, observations);
    expect(r.filteredMeans.shape).toEqual([11, 3]);
    expect(r.filteredCovariances.shape).toEqual([11, 3, 3]);
    expect(r.smoothedCrossCovariances.shape).toEqual([10, 3, 3]);
    expect(r.logLikelihoods.shape).toEqual([11]);
    expect(r.numSeries).toBe(1);
    expect(r.status).toBe("ok");
  });

  test("one step has moments and no cross-covariances", async () => {
    const r = await smooth(model, observations.slice(0, 1));
    expect(r.smoothedCrossCovariances.shape).toEqual([0, 3, 3]);
    expect(r.smoothedMeans.data).toEqual(r.filteredMeans.data);
  });

  test("arrays are made once, in the number type that was asked for", async () => {
    const double = await smooth(model, observations);
    const single = await smooth(model, observations, { dtype: "float32" });
    expect(double.smoothedMeans).toBe(double.smoothedMeans);
    expect(single.smoothedMeans.data).toBeInstanceOf(Float32Array);
    expect(single.smoothedMeans.data).toEqual(Float32Array.from(double.smoothedMeans.data));
    expect(single.run.dtype).toBe("float64");
  });

  test("covariances are symmetric to the last bit", async () => {
    const P = (await smooth(model, observations)).smoothedCovariances.data;
    for (let t = 0; t < 11; t++) {
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < i; j++) expect(P[t * 9 + i * 3 + j]).toBe(P[t * 9 + j * 3 + i]);
    }
  });

  test("log-likelihoods of the steps add up, and agree between filter, smooth and logLikelihood", async () => {
    const r = await filter(model, observations);
    const sum = Array.from(r.logLikelihoods.data).reduce((a, b) => a + b, 0);
    expect(r.marginalLogLikelihood).toBeCloseTo(sum, 12);
    expect((await smooth(model, observations)).marginalLogLikelihood).toBe(r.marginalLogLikelihood);
    expect(await logLikelihood(model, observations)).toBe(r.marginalLogLikelihood);
  });

  test("a group of outputs that was not asked for says so when it is read", async () => {
    const r = await smooth(model, observations, { outputs: [] });
    expect(() => r.predictedMeans).toThrow(/Add "predicted" to options\.outputs/);
    expect(() => r.smoothedCrossCovariances).toThrow(/Add "crossCovariances" to options\.outputs/);
    expect(r.smoothedMeans.shape).toEqual([11, 3]);
    const f = (await filter(model, observations)) as unknown as {
      smoothedMeans: unknown;
      series(i: number): unknown;
    };
    expect(() => f.smoothedMeans).toThrow(/Call smooth\(\)/);
    expect(() => f.series(1)).toThrow(ParameterError);
  });

  test("the result says who made it", async () => {
    const { run } = await smooth(model, observations, { backend: "cpu" });
    expect(run).toMatchObject({ backend: "cpu", software: false, method: "sequential", dtype: "float64" });
    expect(run.seconds).toBeGreaterThan(0);
    expect(run.plan).toMatch(/1 series of up to 11 steps/);
  });

  test("a signal that has fired stops the call before it starts", async () => {
    await expect(smooth(model, observations, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  });

  test("progress ends with all steps done", async () => {
    const seen: string[] = [];
    await smooth(model, observations, { onProgress: p => seen.push(`${p.phase} ${p.done}/${p.total}`) });
    expect(seen).toEqual(["filter 11/11", "smooth 11/11"]);
  });
});

suite("modelDocument()", () => {
  test("survives a round trip through text, leading axes included", () => {
    const varying = randomModel({ n: 2, m: 3, T: 4, seed: 51, timeVarying: true, inputs: 2 }).model;
    for (const parameters of [raw, varying]) {
      const first = linearGaussianSSM(parameters);
      const again = parseModelDocument(JSON.stringify(modelDocument(first)));
      expect(again).toEqual(first);
    }
  });

  test("writes the parameters as they were given", () => {
    const parameters = {
      initial: { mean: [0], covariance: [[1e7]] },
      dynamics: { weights: [[1]], covariance: [[1469.1]] },
      emissions: { weights: [[1]], bias: [2], covariance: [[15099]] },
    };
    expect(modelDocument(linearGaussianSSM(parameters))).toEqual({
      format: "statescan/model@1",
      type: "linear-gaussian",
      ...parameters,
    });
  });

  test("numbers stand for vectors and matrices of one entry", () => {
    const parameters = {
      initial: { mean: 0, covariance: 1 },
      dynamics: { weights: 1, inputWeights: 2, covariance: 1 },
      emissions: { weights: 1, covariance: 1 },
    };
    const made = parseModelDocument({ format: "statescan/model@1", type: "linear-gaussian", ...parameters });
    expect([made.stateDim, made.emissionDim, made.inputDim]).toEqual([1, 1, 1]);
    expect(modelDocument(made)).toMatchObject({ dynamics: { inputWeights: [[2]] } });
  });
});
