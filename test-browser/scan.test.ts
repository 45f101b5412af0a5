/** The scan skeleton, element by element: twins, levels, blocks, directions, batches, ragged; and what a plan costs. */
import { expect, suite, test } from "vitest";
import { linearGaussianSSM } from "../src/api/index.ts";
import { bufferBytes, type Engine } from "../src/engine/index.ts";
import {
  type KalmanRequest,
  type KalmanSmootherRecords,
  kalmanSmootherCpu,
  kalmanSmootherGpu,
  type LinearGaussianProblem,
  type Moments,
  planKalman,
  type Rows,
  recordKalmanSmoother,
} from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import { type AffineScanOptions, affineScan } from "../src/scan/index.ts";
import { randomModel, TestRandom } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

/** z_t = A_t z_before + b_t in float64, one series after the other. */
function affineLoop(
  N: number,
  T: number,
  n: number,
  A: Float32Array,
  b: Float32Array,
  z0: Float32Array,
  lengths: number[],
  reverse: boolean,
  diagonal: boolean,
): Float64Array {
  const out = new Float64Array(N * T * n);
  for (let s = 0; s < N; s++) {
    let z = Float64Array.from(z0.subarray(s * n, (s + 1) * n));
    for (let i = 0; i < lengths[s]!; i++) {
      const t = reverse ? lengths[s]! - 1 - i : i;
      z = z.map((own, r) => {
        let sum = b[(s * T + t) * n + r]!;
        if (diagonal) return sum + A[(s * T + t) * n + r]! * own;
        for (let k = 0; k < n; k++) sum += A[((s * T + t) * n + r) * n + k]! * z[k]!;
        return sum;
      });
      out.set(z, (s * T + t) * n);
    }
  }
  return out;
}

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!) / (1 + Math.abs(b[i]!)));
  return most;
};

async function checkAffine(
  N: number,
  T: number,
  n: number,
  options: Partial<AffineScanOptions>,
  lengths: number[] = Array(N).fill(T),
): Promise<void> {
  const random = new TestRandom(N + 31 * T + 7 * n);
  const { diagonal = false, reverse = false } = options;
  const size = diagonal ? n : n * n;
  // Matrices that do not commute, with products that neither grow nor vanish.
  const weights = Float32Array.from(
    { length: N * T * size },
    () => (diagonal ? 0.95 : 0.9 / Math.sqrt(n)) * random.normal(),
  );
  const biases = Float32Array.from({ length: N * T * n }, () => random.normal());
  const initial = Float32Array.from({ length: N * n }, () => random.normal());
  const got = await affineScan(
    engine(),
    { weights, biases, initial, shape: [N, T, n], lengths: Uint32Array.from(lengths) },
    { call: "affineScan", ...options },
  );
  expect(worst(got, affineLoop(N, T, n, weights, biases, initial, lengths, reverse, diagonal))).toBeLessThan(
    2e-5,
  );
}

const small = { chunkLength: 4, leaves: 4, spineLeaves: 4 };

suite("affineScan()", () => {
  for (const reverse of [false, true]) {
    const way = reverse ? "from the end" : "from the start";
    test(`agrees with a loop at every length around chunk, workgroup and spine, ${way}`, async () => {
      for (const T of [1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 255, 256, 257, 1025])
        await checkAffine(1, T, 2, { sizes: small, reverse });
    });
    test(`agrees with a loop for a ragged batch over blocks of time, ${way}`, async () => {
      await checkAffine(3, 50, 3, { sizes: small, reverse, blockSteps: 12 }, [50, 1, 23]);
    });
    test(`scans diagonal maps as independent channels, ${way}`, async () => {
      await checkAffine(2, 77, 5, { sizes: small, reverse, diagonal: true, blockSteps: 32 });
    });
    for (const [n, variant] of [
      [4, "lane"],
      [5, "team"],
      [9, "wide"],
      [16, undefined],
      [32, undefined],
    ] as const) {
      test(`n = ${n}, ${variant ?? "the planner's"} kernels, ${way}`, { timeout: 120_000 }, async () => {
        await checkAffine(2, 41, n, { sizes: small, reverse, ...(variant ? { variant } : {}) }, [41, 30]);
        await checkAffine(3, 41, n, {
          sizes: small,
          reverse,
          parallel: false,
          ...(variant ? { variant } : {}),
        });
      });
    }
  }
  test("a sequential scan of more series than a workgroup has lanes", async () => {
    await checkAffine(150, 9, 2, { parallel: false });
  });
});

/** Every mean and covariance there is, so that signs of factors do not matter. */
function flatten({ means, factors }: Moments, { stateDim: n, lengths }: LinearGaussianProblem): number[] {
  const out: number[] = [];
  for (const [s, length] of lengths.entries()) {
    for (let t = 0; t < length; t++) {
      for (let i = 0; i < n; i++) {
        out.push(means.data[means.at(s, t) + i]!);
        for (let j = 0; j <= i; j++) {
          let sum = 0;
          for (let k = 0; k <= j; k++)
            sum +=
              factors.data[factors.at(s, t) + (i * (i + 1)) / 2 + k]! *
              factors.data[factors.at(s, t) + (j * (j + 1)) / 2 + k]!;
          out.push(sum);
        }
      }
    }
  }
  return out;
}

const flattenRows = ({ data, at }: Rows, { stateDim: n, lengths }: LinearGaussianProblem): number[] =>
  [...lengths].flatMap((length, s) =>
    Array.from({ length: length - 1 }, (_, t) => [...data.subarray(at(s, t), at(s, t) + n * n)]).flat(),
  );

function problemOf(n: number, m: number, lengths: number[], kind = {}): LinearGaussianProblem {
  const cases = lengths.map(T => randomModel({ n, m, T, seed: n * 100 + m, missing: 0.2, ...kind }));
  const longest = cases[lengths.indexOf(Math.max(...lengths))]!;
  return prepare(
    linearGaussianSSM(longest.model),
    cases.map(c => c.observations),
    { call: "test" },
  );
}

const request: KalmanRequest = {
  call: "test",
  smooth: true,
  method: "parallel",
  predicted: true,
  crossCovariances: true,
  moments: true,
};

async function compare(problem: LinearGaussianProblem, extra: Partial<KalmanRequest>): Promise<void> {
  const n = problem.stateDim;
  const cpu: KalmanSmootherRecords = await kalmanSmootherCpu(problem, {
    outputs: { predicted: true, crossCovariances: true },
  });
  const gpu = await kalmanSmootherGpu(problem, {
    call: "test",
    engine: engine(),
    request: { ...request, ...extra },
  });
  // Roundings of a sum grow with its length.
  const tolerance = 1e-5 * Math.max(1, n / 32);
  for (const field of ["filtered", "predicted", "smoothed"] as const) {
    expect(worst(flatten(gpu[field]!, problem), flatten(cpu[field]!, problem)), field).toBeLessThan(
      tolerance,
    );
  }
  expect(
    worst(flattenRows(gpu.crossCovariances!, problem), flattenRows(cpu.crossCovariances!, problem)),
    "cross-covariances",
  ).toBeLessThan(tolerance);
  expect(worst(gpu.logLikelihoods, cpu.logLikelihoods), "log-likelihoods").toBeLessThan(tolerance);
}

suite("Kalman scans", () => {
  test("any number of spine levels gives the same moments", async () => {
    for (const T of [1, 7, 64, 200])
      await compare(problemOf(2, 1, [T]), { chunkLength: 2, leaves: 2, spineLeaves: 2 });
  });
  test("blocks of time carry the state on, forwards and backwards", async () => {
    await compare(problemOf(3, 2, [101], { timeVarying: true, inputs: 0 }), {
      chunkLength: 4,
      leaves: 4,
      spineLeaves: 4,
      blockSteps: 16,
    });
    await compare(problemOf(3, 2, [101], { timeVarying: true, inputs: 0 }), {
      method: "sequential",
      chunkLength: 4,
      blockSteps: 16,
    });
  });
  test("a ragged batch, over several blocks: each series as if alone", async () => {
    const lengths = [40, 1, 17, 33];
    for (const method of ["parallel", "sequential"] as const) {
      await compare(problemOf(2, 2, lengths), {
        method,
        chunkLength: 4,
        leaves: 2,
        spineLeaves: 2,
        blockSteps: 12,
      });
    }
  });
  test("more series than lanes, one series per invocation", async () => {
    await compare(problemOf(2, 1, Array(130).fill(6)), { method: "sequential" });
  });
  // Several teams per workgroup, a workgroup per element, and matrices in storage, as real GPUs run them.
  for (const [n, m, variant] of [
    [5, 2, "team"],
    [3, 3, "team"],
    [13, 2, "team"],
    [6, 4, "wide"],
  ] as const) {
    test(`${variant} kernels at n = ${n}, m = ${m}: parallel and sequential, ragged`, {
      timeout: 240_000,
    }, async () => {
      const lengths = n < 13 ? [26, 9, 14] : [11, 5];
      for (const method of ["parallel", "sequential"] as const) {
        await compare(problemOf(n, m, lengths), {
          variant,
          method,
          chunkLength: 3,
          leaves: 4,
          spineLeaves: 4,
          blockSteps: 18,
        });
      }
    });
  }
  for (const [n, m, T] of [
    [40, 3, 6],
    [128, 4, 3],
  ] as const) {
    test(`n = ${n} runs with matrices in storage`, { timeout: 240_000 }, async () => {
      await compare(problemOf(n, m, [T]), { method: "sequential" });
    });
  }
});

suite("the two-filter smoother's scan", () => {
  const smoother = "twoFilter";
  test("any number of spine levels gives the same moments", async () => {
    for (const T of [1, 7, 64, 200])
      await compare(problemOf(2, 1, [T]), { smoother, chunkLength: 2, leaves: 2, spineLeaves: 2 });
  });
  for (const method of ["parallel", "sequential"] as const) {
    const sizes = { smoother, method, chunkLength: 4, leaves: 2, spineLeaves: 2, blockSteps: 12 } as const;
    test(`blocks of time, ${method}: time-varying parameters, and a ragged batch`, async () => {
      await compare(problemOf(3, 2, [101], { timeVarying: true }), sizes);
      await compare(problemOf(2, 2, [40, 1, 17, 33]), sizes);
    });
  }
  for (const [n, m, variant] of [
    [5, 2, "team"],
    [3, 5, "team"],
    [6, 4, "wide"],
  ] as const) {
    test(`${variant} kernels at n = ${n}, m = ${m}: parallel and sequential, ragged`, {
      timeout: 240_000,
    }, async () => {
      const sizes = { smoother, variant, chunkLength: 3, leaves: 4, spineLeaves: 4, blockSteps: 18 } as const;
      for (const method of ["parallel", "sequential"] as const)
        await compare(problemOf(n, m, [26, 9, 14]), { ...sizes, method });
    });
  }
  test("n = 128 runs with matrices in storage", { timeout: 240_000 }, async () => {
    await compare(problemOf(128, 4, [3]), { smoother, method: "sequential" });
  });
});

function recorded(e: Engine, T: number, n: number, m: number, extra: Partial<KalmanRequest> = {}) {
  const problem = problemOf(n, m, [T]);
  const all = { ...request, ...extra };
  const plan = planKalman(e, problem, all);
  return { problem, ...recordKalmanSmoother(problem, plan, all) };
}

suite("planKalman()", () => {
  test("three dispatches per scan and block", () => {
    const { recording, plan } = recorded(engine(), 20_000, 4, 2);
    expect(recording.dispatches.length).toBe(6 * plan.blocks.length);
    expect(
      recording.dispatches
        .map(d => d.kernel.name.replace(/^kalman_(filter|smoother)_|_lane$/g, ""))
        .slice(0, 3),
    ).toEqual(["reduce", "spine", "apply"]);
  });
  test("scratch is at most 1.3 × (outputs + 2·T/chunk elements)", () => {
    for (const [T, n, m] of [
      [1000, 1, 1],
      [20_000, 4, 2],
      [3000, 8, 3],
      [500, 16, 4],
    ] as const) {
      const { recording, plan } = recorded(engine(), T, n, m);
      const outputs = recording.bytes("output");
      const elements =
        4 *
        2 *
        Math.ceil(T / plan.sizes.chunkLength) *
        (plan.filter.elementFloats + plan.smoother.elementFloats);
      expect(recording.bytes("scratch"), `T = ${T}, n = ${n}`).toBeLessThan(1.3 * (outputs + elements));
      // Buffers the scan needs besides inputs and outputs are elements and states, nothing of length T.
      for (const buffer of recording.buffers.filter(b => b.role === "scratch")) {
        expect(bufferBytes(buffer)).toBeLessThan(outputs);
      }
    }
  });
  test("one mark per block and scan: a submit is split nowhere else", () => {
    const { recording, plan } = recorded(engine(), 300, 2, 1, { chunkLength: 10, blockSteps: 100 });
    expect(plan.blocks.length).toBe(3);
    expect(recording.commands.filter(c => c.kind === "mark").length).toBe(6);
  });
});
