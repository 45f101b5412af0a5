import { expect, suite, test } from "vitest";
import type { Engine } from "../src/engine/index.ts";
import {
  type KalmanRequest,
  kalmanSmootherCpu,
  packedMoments,
  planKalman,
  recordKalmanSmoother,
} from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import { checkRecords } from "./check.ts";
import { uploadsOf } from "./phases.ts";
import { benchProblem } from "./problems.ts";
import { traffic } from "./traffic.ts";

const SIZE = { n: 3, m: 1, T: 200, series: 2 };
const { model, observations } = benchProblem(SIZE, 1);
const problem = prepare(model, observations);
const records = await kalmanSmootherCpu(problem, { settle: false });

suite("benchProblem()", () => {
  test("gives the same data for the same seed, and other data for another", () => {
    expect(benchProblem(SIZE, 1).observations.data).toEqual(observations.data);
    expect(benchProblem(SIZE, 2).observations.data).not.toEqual(observations.data);
  });

  test("gives every series data of its own", () => {
    expect(observations.shape).toEqual([2, 200, 1]);
    expect(observations.data.subarray(0, 200)).not.toEqual(observations.data.subarray(200));
  });

  test.each([1, 2, 4, 8, 12])("is stable and settles at n = %i", async n => {
    const bench = benchProblem({ n, m: Math.max(1, n >> 1), T: 2000, series: 1 }, 1);
    expect(bench.observations.data.every(y => Math.abs(y) < 1e3)).toBe(true);
    const own = prepare(bench.model, bench.observations);
    const settled = await kalmanSmootherCpu(own);
    const check = checkRecords(own, settled, await kalmanSmootherCpu(own, { settle: false }));
    expect(check.passed).toBe(true);
  });
});

suite("checkRecords()", () => {
  const changed = (name: "filtered" | "smoothed" | "logLikelihoods", at: number, by: number) => {
    if (name === "logLikelihoods") {
      const data = records[name].slice();
      data[at] += by;
      return checkRecords(problem, { ...records, [name]: data }, records);
    }
    const data = records[name].means.data.slice();
    data[at] += by;
    return checkRecords(problem, { ...records, [name]: packedMoments(data, SIZE.n, SIZE.T) }, records);
  };
  const first = Math.abs(records.filtered.factors.data[3]);

  test("passes equal records with no difference", () => {
    expect(checkRecords(problem, records, records)).toEqual({
      means: 0,
      covariances: 0,
      logLikelihood: 0,
      passed: true,
    });
  });

  test("measures means in posterior standard deviations", () => {
    const check = changed("filtered", 0, 0.01 * first);
    expect(check.means).toBeCloseTo(0.01, 12);
    expect(check.passed).toBe(false);
  });

  test("sees a wrong factor, a wrong smoothed mean and a wrong likelihood", () => {
    expect(changed("filtered", 3, 1e-3 * first).covariances).toBeCloseTo(2.001e-3, 6);
    expect(changed("smoothed", records.smoothed.means.data.length - 9, 1).means).toBeGreaterThan(0.01);
    expect(changed("logLikelihoods", 7, 0.1).logLikelihood).toBeGreaterThan(1e-5);
  });

  test("does not mind the sign of a column of the factor", () => {
    const data = records.filtered.means.data.slice();
    data[3] *= -1;
    data[4] *= -1;
    data[6] *= -1;
    expect(
      checkRecords(problem, { ...records, filtered: packedMoments(data, SIZE.n, SIZE.T) }, records)
        .covariances,
    ).toBe(0);
  });

  test("fails NaN and missing moments", () => {
    expect(changed("smoothed", 0, Number.NaN).passed).toBe(false);
    expect(checkRecords(problem, { ...records, smoothed: undefined }, records).passed).toBe(false);
  });
});

suite("traffic()", () => {
  const caps = {
    maxBufferSize: 2 ** 30,
    maxStorageBufferBindingSize: 2 ** 30,
    maxComputeWorkgroupStorageSize: 32_768,
    maxComputeInvocationsPerWorkgroup: 256,
  };
  const engine = {
    caps,
    throughput: 1e12,
    adapter: { name: "none", software: false },
  } as unknown as Engine;
  const recorded = (method: "parallel" | "sequential") => {
    const request: KalmanRequest = {
      call: "test",
      smooth: true,
      method,
      moments: true,
      predicted: false,
      crossCovariances: false,
      chunkLength: 10,
      leaves: 4,
    };
    const plan = planKalman(engine, problem, request);
    return { plan, recording: recordKalmanSmoother(problem, plan, request).recording };
  };

  test("of a sequential run is the data read and the outputs written, once", () => {
    const { plan, recording } = recorded("sequential");
    const record = 3 + 6;
    const perStep = 1 + record + 1 + (record + record);
    const unused = 16 * 2; // predicted and cross are placeholders of 16 bytes
    expect(traffic(recording, plan).touchedBytes).toBe(4 * perStep * 2 * 200 + unused);
  });

  test("of a parallel run is more, in bytes and in operations", () => {
    const [parallel, sequential] = (["parallel", "sequential"] as const).map(method => {
      const { plan, recording } = recorded(method);
      return traffic(recording, plan);
    });
    expect(parallel.touchedBytes).toBeGreaterThan(sequential.touchedBytes);
    expect(parallel.flops).toBeGreaterThan(sequential.flops);
    const steps = 2 * 200;
    const { filter, smoother } = recorded("sequential").plan;
    expect(sequential.flops).toBe(steps * (filter.cost.step + smoother.cost.step));
  });

  test("uploads alone keep every upload and its buffer, and no dispatch", () => {
    const { recording } = recorded("parallel");
    const uploads = uploadsOf(recording);
    expect(uploads.dispatches).toHaveLength(0);
    expect(uploads.commands).toEqual(recording.commands.filter(c => c.kind === "upload"));
    for (const command of uploads.commands)
      if (command.kind === "upload") expect(uploads.buffers).toContain(command.buffer);
  });
});
