/** What the plans of the two paths cost, counted from their recordings; no GPU. */
import { expect, suite, test } from "vitest";
import { benchProblem } from "../../bench/problems.ts";
import type { Engine } from "../engine/index.ts";
import { prepare } from "../models/index.ts";
import {
  gainSchedule,
  type KalmanRequest,
  planKalman,
  planSteady,
  recordKalmanFilter,
  recordKalmanSmoother,
  recordSteady,
  smootherGains,
} from "./index.ts";

/** As much of an engine as a planner looks at. */
const engine = {
  adapter: { name: "none", software: false },
  caps: {
    maxBufferSize: 2 ** 30,
    maxStorageBufferBindingSize: 2 ** 27,
    maxComputeWorkgroupStorageSize: 16384,
    software: false,
  },
  throughput: 1e12,
} as unknown as Engine;

suite("plan of a time-invariant problem, n = 4, m = 2, T = 100 000", () => {
  const { model, observations } = benchProblem({ n: 4, m: 2, T: 100_000, series: 1 }, 1);
  const problem = prepare(model, observations);
  const schedule = gainSchedule(problem)!;
  const request = (smooth: boolean): KalmanRequest => ({
    call: "test",
    smooth,
    method: "parallel",
    predicted: false,
    crossCovariances: false,
    moments: true,
  });

  test.each([false, true])("takes at least five times fewer operations a step; smoother: %s", smooth => {
    const own = request(smooth);
    const steady = recordSteady(
      problem,
      planSteady(engine, problem, schedule, own),
      schedule,
      smootherGains(problem, schedule, own),
      own,
    );
    const record = smooth ? recordKalmanSmoother : recordKalmanFilter;
    const general = record(problem, planKalman(engine, problem, own), own);
    const flops = (recording: typeof steady.recording): number =>
      recording.dispatches.reduce((sum, { work, cost }) => sum + (work ?? cost), 0) / 100_000;
    const [few, many] = [flops(steady.recording), flops(general.recording)];
    expect(few).toBeGreaterThan(60);
    expect(many / few).toBeGreaterThan(5);
  });

  test("keeps a few hundred rows of gains, whatever T", () => {
    expect(schedule.rows).toBeLessThan(600);
    const plan = planSteady(engine, problem, schedule, request(true));
    // y in, filtered, predicted and smoothed means and likelihoods out; chunks on top.
    expect(plan.bytes / 100_000).toBeLessThan(4 * (2 + 12 + 1) * 1.2);
  });
});
