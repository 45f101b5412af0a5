import { expect, suite, test } from "vitest";
import type { Engine } from "../src/engine/index.ts";
import {
  hmmDecodeCpu,
  hmmSmootherCpu,
  planHmm,
  planHmmDecode,
  recordHmm,
  recordHmmDecode,
} from "../src/inference/index.ts";
import { prepareHmm } from "../src/models/index.ts";
import { checkHmmRecords } from "./hmm_check.ts";
import { hmmBenchProblem } from "./hmm_problems.ts";
import { hmmTraffic, leastBytes } from "./hmm_traffic.ts";

const SIZE = { K: 3, T: 200, series: 2 };
const { model, observations } = hmmBenchProblem(SIZE, 1);
const problem = prepareHmm(model, observations);
const records = await hmmSmootherCpu(problem);
const decoded = await hmmDecodeCpu(problem);

suite("hmmBenchProblem()", () => {
  test("gives the same data for the same seed, and other data for another", () => {
    expect(hmmBenchProblem(SIZE, 1).observations.data).toEqual(observations.data);
    expect(hmmBenchProblem(SIZE, 2).observations.data).not.toEqual(observations.data);
    expect(observations.shape).toEqual([2, 200, 1]);
  });
});

suite("checkHmmRecords()", () => {
  test("passes equal records with no difference", () => {
    expect(checkHmmRecords(problem, records, records)).toEqual({ probs: 0, logLikelihood: 0, passed: true });
    expect(checkHmmRecords(problem, decoded, decoded)).toEqual({ path: 0, passed: true });
  });

  test("sees one wrong probability, one that is missing, and a worse path", () => {
    const data = records.smoothedProbs.data.slice();
    data[7] += 2e-5;
    const changed = { ...records, smoothedProbs: { ...records.smoothedProbs, data } };
    expect(checkHmmRecords(problem, changed, records)).toMatchObject({ passed: false });
    data[7] = Number.NaN;
    expect(checkHmmRecords(problem, changed, records)).toMatchObject({ probs: Number.POSITIVE_INFINITY });
    const { smoothedProbs: _, ...filtered } = records;
    expect(checkHmmRecords(problem, filtered, records).passed).toBe(false);
    const worse = { ...decoded, logJoints: decoded.logJoints.map(value => value * (1 + 1e-5)) };
    expect(checkHmmRecords(problem, worse, decoded).passed).toBe(false);
  });
});

suite("hmmTraffic()", () => {
  const engine = {
    adapter: { software: false, name: "test" },
    throughput: 1e12,
    caps: {
      maxBufferSize: 2 ** 30,
      maxStorageBufferBindingSize: 2 ** 30,
      maxComputeWorkgroupStorageSize: 32_768,
      maxComputeInvocationsPerWorkgroup: 256,
    },
  } as unknown as Engine;
  const [N, T, K] = [2, 200, 3];
  const sizes = { K, T, series: N, m: 1 };

  test("of a sequential filter is its records in, and filtered rows and likelihoods out", () => {
    const request = { call: "test", method: "sequential" } as const;
    const plan = planHmm(engine, problem, request, { form: "scaled", lostBits: 0 }, false);
    const { recording } = recordHmm(problem, plan, request, false);
    const record = problem.emissions.gpu.recordFloats;
    const { touchedBytes } = hmmTraffic(recording, [plan.filter, plan.smoother], 1);
    expect(touchedBytes).toBe(4 * N * (T * record + (T + 1) * K + T));
    expect(leastBytes("filter", sizes, false)).toBe(4 * N * T * (1 + K + 1));
  });

  test("of a parallel smoother and decoder is more than of sequential ones", () => {
    const touched = (method: "parallel" | "sequential") => {
      const request = { call: "test", method } as const;
      const plan = planHmm(engine, problem, request, { form: "scaled", lostBits: 0 }, true);
      const { recording } = recordHmm(problem, plan, request, true);
      const path = planHmmDecode(engine, problem, request);
      return [
        hmmTraffic(recording, [plan.filter, plan.smoother], 1).touchedBytes,
        hmmTraffic(recordHmmDecode(problem, path).recording, [path.maxPlus, path.maps], 1).touchedBytes,
      ];
    };
    const [parallel, sequential] = [touched("parallel"), touched("sequential")];
    expect(parallel[0]).toBeGreaterThan(sequential[0]);
    expect(parallel[1]).toBeGreaterThan(sequential[1]);
    expect(sequential[0]).toBeGreaterThan(leastBytes("smoother", sizes, false));
    expect(sequential[1]).toBeGreaterThan(leastBytes("decode", sizes, false));
  });
});
