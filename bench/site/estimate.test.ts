import { expect, suite, test } from "vitest";
import type { Engine } from "../../src/engine/index.ts";
import { planKalman } from "../../src/inference/index.ts";
import { prepare } from "../../src/models/index.ts";
import { benchProblem } from "../problems.ts";
import type { Choices } from "./choices.ts";
import { type Device, estimate } from "./estimate.ts";

const device: Device = {
  adapter: { name: "an adapter", vendor: "", architecture: "", device: "", description: "", software: false },
  caps: {
    maxBufferSize: 2 ** 31,
    maxStorageBufferBindingSize: 2 ** 31 - 4,
    maxComputeWorkgroupStorageSize: 32_768,
    maxComputeInvocationsPerWorkgroup: 1024,
    maxComputeWorkgroupsPerDimension: 65_535,
    maxStorageBuffersPerShaderStage: 10,
    timestamps: true,
    software: false,
  },
  throughput: 5e10,
};
const choices = (more: Partial<Choices>): Choices => ({
  model: "square-root",
  task: "smoother",
  size: 4,
  T: [100, 1000],
  series: 1,
  kinds: ["parallel", "sequential", "cpu"],
  repeat: 5,
  budget: 5,
  ...more,
});

suite("estimate()", () => {
  test("is what the planner says of the problem itself", () => {
    const { model, observations } = benchProblem({ n: 4, m: 2, T: 1000, series: 1 }, 1);
    const plan = planKalman(device as Engine, prepare(model, observations), {
      call: "test",
      method: "parallel",
      smooth: true,
      moments: true,
      predicted: false,
      crossCovariances: false,
    });
    expect(estimate(choices({ kinds: ["parallel"] }), device).gpuBytes).toBe(plan.bytes);
  });

  test.each(["time-invariant", "square-root", "hmm"] as const)(
    "of %s grows with T, series and task",
    model => {
      const bytes = (more: Partial<Choices>) => estimate(choices({ model, ...more }), device);
      const base = bytes({});
      expect(base.refusal).toBeUndefined();
      expect(bytes({ T: [1e6] }).gpuBytes).toBeGreaterThan(100 * base.gpuBytes!);
      expect(bytes({ series: 10 }).hostBytes).toBeCloseTo(10 * base.hostBytes);
      expect(bytes({ task: "filter" }).gpuBytes).toBeLessThan(base.gpuBytes!);
    },
  );

  test("of decoding has back-pointers", () => {
    expect(estimate(choices({ model: "hmm", task: "decode" }), device).gpuBytes).toBeGreaterThan(8 * 1000);
  });

  test("of a recurrence grows with T, series and states", () => {
    const bytes = (more: Partial<Choices>) =>
      estimate(choices({ model: "gru", task: "evaluate", ...more }), device);
    expect(bytes({ T: [1e6] }).gpuBytes).toBeCloseTo(1000 * bytes({}).gpuBytes!);
    expect(bytes({ series: 10 }).hostBytes).toBeCloseTo(10 * bytes({}).hostBytes);
    expect(bytes({ size: 128, T: [1e7] }).refusal).toMatch(/T up to \S+ fits\.$/);
  });

  test("refuses a T beyond memory and names one that fits", () => {
    const { refusal } = estimate(choices({ T: [1000, 1e9] }), device);
    expect(refusal).toMatch(/^T = 1e9 needs about .* GiB on the GPU .* T up to \de\d fits\.$/);
    const fits = Number(/T up to (\S+) fits/.exec(refusal!)![1]);
    expect(estimate(choices({ T: [fits] }), device).refusal).toBeUndefined();
  });

  test("without a device, or with little memory, the page's own arrays decide", () => {
    const none = estimate(choices({ T: [1e7] }), undefined);
    expect(none.gpuBytes).toBeUndefined();
    expect(estimate(choices({ T: [3e6] }), undefined).refusal).toBeUndefined();
    expect(estimate(choices({ T: [3e6] }), undefined, 1).refusal).toMatch(/in the page/);
  });
});
