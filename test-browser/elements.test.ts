/** The WGSL elements against their float64 twins, straight from the element buffer of a reduce kernel. */
import { expect, suite, test } from "vitest";
import { linearGaussianSSM } from "../src/api/index.ts";
import { type BufferSpec, execute, readTensors } from "../src/engine/index.ts";
import {
  type CovarianceProblem,
  covarianceProblem,
  type KalmanRequest,
  kalmanFilterCpu,
  type LinearGaussianProblem,
  planKalman,
  recordKalmanSmoother,
  stateRecordLength,
} from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import { type Dense, dense, identity, multiply, transpose, zeros } from "../src/scan/elements/dense.ts";
import { type Gaussian, type KalmanFilterElement, kalmanFilter } from "../src/scan/elements/kalman_filter.ts";
import { kalmanFilterCovariance } from "../src/scan/elements/kalman_filter_covariance.ts";
import { type KalmanSmootherElement, kalmanSmoother } from "../src/scan/elements/kalman_smoother.ts";
import { kalmanSmootherCovariance } from "../src/scan/elements/kalman_smoother_covariance.ts";
import { randomModel } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const T = 4;

const at = (data: ArrayLike<number>, from: number, r: number, c: number): Dense =>
  dense(r, c, (i, j) => data[from + i * c + j]!);
const packed = (data: ArrayLike<number>, from: number, n: number): Dense =>
  dense(n, n, (i, j) => (j > i ? 0 : data[from + (i * (i + 1)) / 2 + j]!));
const symmetric = (data: ArrayLike<number>, from: number, n: number): Dense =>
  dense(n, n, (i, j) => data[from + (Math.max(i, j) * (Math.max(i, j) + 1)) / 2 + Math.min(i, j)]!);
const square = (L: Dense): Dense => multiply(L, transpose(L));

function close(gpu: Dense, twin: Dense, what: string): void {
  const scale = Math.max(1e-3, ...twin.data.map(Math.abs));
  for (let i = 0; i < twin.data.length; i++)
    expect(Math.abs(gpu.data[i]! - twin.data[i]!) / scale, what).toBeLessThan(2e-5);
}

/** The four chunk elements of one step each, swept up: slot 1 holds 0⊗1, slot 2 leaf 2, slot 3 everything. */
async function sweptElements(
  problem: LinearGaussianProblem,
  stem:
    | "kalman_filter"
    | "kalman_smoother"
    | "kalman_two_filter"
    | "kalman_filter_covariance"
    | "kalman_smoother_covariance",
  variant: "lane" | "team",
): Promise<Float32Array> {
  const request: KalmanRequest = {
    call: "test",
    smooth: true,
    method: "parallel",
    predicted: false,
    crossCovariances: false,
    moments: true,
    chunkLength: 1,
    leaves: 4,
    spineLeaves: 4,
    variant,
    smoother: stem === "kalman_two_filter" ? "twoFilter" : "rts",
  };
  const plan = planKalman(engine(), problem, request);
  const { recording } = recordKalmanSmoother(problem, plan, request);
  const elements = recording.buffers.find(b => b.label === `${stem} elements`)! as BufferSpec & {
    role: string;
  };
  elements.role = "output";
  const tensors = await execute(engine(), recording, { call: "test" });
  const [data] = await readTensors(engine(), "test", [tensors.get(elements)!]);
  for (const tensor of tensors.values()) tensor.dispose();
  return data!;
}

for (const [n, m, variant] of [
  [1, 1, "lane"],
  [3, 2, "lane"],
  [4, 4, "lane"],
  [3, 2, "team"],
  [5, 2, "team"],
] as const) {
  const { model, observations } = randomModel({ n, m, T, seed: 40 + n + m, timeVarying: true });
  const problem = prepare(linearGaussianSSM(model), observations, { call: "test" });
  const field = (f: { data: Float64Array; stepStride: number }, t: number, r: number, c: number) =>
    at(f.data, t * f.stepStride, r, c);
  const record = (t: number) => problem.emissionIndex.data[t * problem.emissionIndex.stepStride]!;

  suite(`elements in WGSL, ${variant}, n = ${n}, m = ${m}`, () => {
    const leaf = (t: number): KalmanFilterElement =>
      kalmanFilter.leaf({
        F: t === 0 ? zeros(n, n) : field(problem.dynamicsWeights, t, n, n),
        b: t === 0 ? field(problem.initialMean, 0, n, 1) : field(problem.dynamicsBias, t, n, 1),
        Lq: t === 0 ? field(problem.initialFactor, 0, n, n) : field(problem.dynamicsFactor, t, n, n),
        H: at(problem.emissionWeights, record(t) * m * n, m, n),
        Lr: at(problem.emissionFactor, record(t) * m * m, m, m),
        y: at(problem.observations, t * m, m, 1),
      });
    const sameElements = (
      data: Float32Array,
      twins: readonly (readonly [number, KalmanFilterElement])[],
    ): void => {
      const size = 2 * n * n + 3 * n;
      const triangle = (n * (n + 1)) / 2;
      for (const [slot, twin] of twins) {
        const from = slot * size;
        close(at(data, from, n, n), twin.A, `A of slot ${slot}`);
        close(at(data, from + n * n, n, 1), twin.b, `b of slot ${slot}`);
        close(square(packed(data, from + n * n + n, n)), square(twin.U), `UUᵀ of slot ${slot}`);
        const Z = packed(data, from + n * n + 2 * n + triangle, n);
        const h = at(data, from + n * n + n + triangle, n, 1);
        close(multiply(Z, h), twin.eta, `η = Z h of slot ${slot}`);
        close(square(Z), square(twin.Z), `ZZᵀ of slot ${slot}`);
      }
    };

    test("kalman_filter: leaves and combinations are the twin's", { timeout: 60_000 }, async () => {
      const leaves = Array.from({ length: T }, (_, t) => leaf(t));
      const data = await sweptElements(problem, "kalman_filter", variant);
      sameElements(data, [
        [0, leaves[0]!],
        [1, kalmanFilter.combine(leaves[0]!, leaves[1]!)],
        [2, leaves[2]!],
        [3, leaves.reduce(kalmanFilter.combine)],
      ]);
    });

    test("kalman_two_filter: the same, from the end", { timeout: 60_000 }, async () => {
      // The element of step 0 is applied to nothing.
      const [one, two, three] = [leaf(1), leaf(2), leaf(3)];
      sameElements(await sweptElements(problem, "kalman_two_filter", variant), [
        [0, three],
        [1, kalmanFilter.combine(two, three)],
        [2, one],
      ]);
    });

    test("kalman_smoother: leaves and combinations are the twin's, from the end", {
      timeout: 60_000,
    }, async () => {
      const filtered = (await kalmanFilterCpu(problem, { outputs: { predicted: false } })).filtered!.means
        .data;
      const size = stateRecordLength(n);
      const state = (t: number): Gaussian => ({
        mean: at(filtered, t * size, n, 1),
        factor: packed(filtered, t * size + n, n),
      });
      const leaf = (t: number): KalmanSmootherElement =>
        t === T - 1
          ? { E: zeros(n, n), g: state(t).mean, D: state(t).factor }
          : kalmanSmoother.leaf(
              state(t),
              field(problem.dynamicsWeights, t + 1, n, n),
              field(problem.dynamicsBias, t + 1, n, 1),
              field(problem.dynamicsFactor, t + 1, n, n),
            );
      const leaves = Array.from({ length: T }, (_, t) => leaf(t));
      const data = await sweptElements(problem, "kalman_smoother", variant);
      const floats = n * n + n + (n * (n + 1)) / 2;
      // Scan order runs from the end: slot 0 is the last step.
      const twins: [number, KalmanSmootherElement][] = [
        [0, leaves[3]!],
        [1, kalmanSmoother.combine(leaves[2]!, leaves[3]!)],
        [2, leaves[1]!],
        [3, leaves.reduceRight((later, earlier) => kalmanSmoother.combine(earlier, later))],
      ];
      for (const [slot, twin] of twins) {
        const from = slot * floats;
        close(at(data, from, n, n), twin.E, `E of slot ${slot}`);
        close(at(data, from + n * n, n, 1), twin.g, `g of slot ${slot}`);
        close(square(packed(data, from + n * n + n, n)), square(twin.D), `DDᵀ of slot ${slot}`);
      }
    });

    test("kalman_filter_covariance: leaves and combinations are the twin's", {
      timeout: 60_000,
    }, async () => {
      const white = covarianceProblem(problem);
      const data = await sweptElements(white, "kalman_filter_covariance", variant);
      const leaves = Array.from({ length: T }, (_, t) =>
        kalmanFilterCovariance.leaf({
          F: t === 0 ? zeros(n, n) : field(white.dynamicsWeights, t, n, n),
          b: t === 0 ? field(white.initialMean, 0, n, 1) : field(white.dynamicsBias, t, n, 1),
          Q: t === 0 ? field(white.initialCovariance, 0, n, n) : field(white.dynamicsCovariance, t, n, n),
          H: at(white.emissionWeights, record(t) * m * n, m, n),
          R: identity(m),
          y: at(white.observations, t * m, m, 1),
        }),
      );
      const triangle = (n * (n + 1)) / 2;
      for (const [slot, twin] of [
        [0, leaves[0]!],
        [1, kalmanFilterCovariance.combine(leaves[0]!, leaves[1]!)],
        [2, leaves[2]!],
        [3, leaves.reduce(kalmanFilterCovariance.combine)],
      ] as const) {
        const from = slot * (2 * n * n + 3 * n);
        close(at(data, from, n, n), twin.A, `A of slot ${slot}`);
        close(at(data, from + n * n, n, 1), twin.b, `b of slot ${slot}`);
        close(symmetric(data, from + n * n + n, n), twin.C, `C of slot ${slot}`);
        close(at(data, from + n * n + n + triangle, n, 1), twin.eta, `η of slot ${slot}`);
        close(symmetric(data, from + n * n + 2 * n + triangle, n), twin.J, `J of slot ${slot}`);
      }
    });

    test("kalman_smoother_covariance: leaves and combinations are the twin's, from the end", {
      timeout: 60_000,
    }, async () => {
      const white: CovarianceProblem = covarianceProblem(problem);
      const { means, covariances } = (await kalmanFilterCpu(white)).filtered!;
      const state = (t: number) => ({
        mean: at(means.data, means.at(0, t), n, 1),
        covariance: symmetric(covariances!.data, covariances!.at(0, t), n),
      });
      const leaves = Array.from({ length: T }, (_, t) =>
        t === T - 1
          ? { E: zeros(n, n), g: state(t).mean, L: state(t).covariance }
          : kalmanSmootherCovariance.leaf(
              state(t),
              field(white.dynamicsWeights, t + 1, n, n),
              field(white.dynamicsBias, t + 1, n, 1),
              field(white.dynamicsCovariance, t + 1, n, n),
            ),
      );
      const data = await sweptElements(white, "kalman_smoother_covariance", variant);
      for (const [slot, twin] of [
        [0, leaves[3]!],
        [1, kalmanSmootherCovariance.combine(leaves[2]!, leaves[3]!)],
        [2, leaves[1]!],
        [3, leaves.reduceRight((later, earlier) => kalmanSmootherCovariance.combine(earlier, later))],
      ] as const) {
        const from = slot * (n * n + n + (n * (n + 1)) / 2);
        close(at(data, from, n, n), twin.E, `E of slot ${slot}`);
        close(at(data, from + n * n, n, 1), twin.g, `g of slot ${slot}`);
        close(symmetric(data, from + n * n + n, n), twin.L, `L of slot ${slot}`);
      }
    });
  });
}
