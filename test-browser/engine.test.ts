/** The engine on a real adapter: finding it, losing it, stopping, splitting, reading back, and what it says of faults. */
import { afterEach, expect, suite, test, vi } from "vitest";
import {
  AbortedError,
  createEngine,
  DeviceError,
  DisposedError,
  filter,
  LimitError,
  linearGaussianSSM,
  NumericalError,
  ShaderError,
  smooth,
} from "../src/api/index.ts";
import { type Engine, execute, Recording } from "../src/engine/index.ts";

const level = linearGaussianSSM({
  initial: { mean: [0], covariance: [[1]] },
  dynamics: { weights: [[1]], covariance: [[0.1]] },
  emissions: { weights: [[1]], covariance: [[1]] },
});
const series = (T: number): number[][] => Array.from({ length: T }, (_, t) => [Math.sin(t / 5)]);
const never = () => new Promise<never>(() => {});
const entry = (requestAdapter: () => Promise<unknown>): GPU => ({ requestAdapter }) as unknown as GPU;

const open: Engine[] = [];
async function make(...options: Parameters<typeof createEngine>): Promise<Engine> {
  const engine = await createEngine(...options);
  open.push(engine);
  return engine;
}
afterEach(() => {
  vi.restoreAllMocks();
  for (const engine of open.splice(0)) engine.dispose();
});

suite("createEngine()", () => {
  test("names the adapter, and calls a software one software", async () => {
    const { adapter, caps } = await make();
    expect(adapter.name).not.toBe("");
    expect(adapter.software).toBe(
      /swiftshader|llvmpipe/i.test(`${adapter.architecture} ${adapter.description}`),
    );
    expect(caps.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(128 * 2 ** 20);
  });
  test("refuses a software adapter when hardware is asked for", async () => {
    if (!(await make()).adapter.software)
      return expect((await make({ gpu: "hardware" })).adapter.software).toBe(false);
    await expect(createEngine({ gpu: "hardware" })).rejects.toThrow(
      /gpu expected a hardware adapter, got the software adapter/,
    );
  });
  test("gives up on an adapter request that never answers", async () => {
    await expect(createEngine({ entry: entry(never), timeout: 50 })).rejects.toThrow(
      /an adapter expected within 50 ms, got no answer/,
    );
  });
  test("asks again when the answer is null, then says so", async () => {
    const request = vi.fn(async () => null);
    await expect(createEngine({ entry: entry(request), retries: 2 })).rejects.toThrow(
      /an adapter expected, got null 3 times/,
    );
    expect(request).toHaveBeenCalledTimes(3);
    const later = vi
      .fn()
      .mockResolvedValueOnce(null)
      .mockImplementation(() => navigator.gpu.requestAdapter());
    expect((await make({ entry: entry(later) })).isAlive).toBe(true);
  });
  test("runs on a device the page already has, with default limits, and leaves it alone", async () => {
    const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
    const engine = await make({ device });
    const result = await smooth(level, series(300), { backend: "webgpu", engine });
    expect(result.run.backend).toBe("webgpu");
    engine.dispose();
    expect(device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE }).size).toBe(16);
    await expect(filter(level, series(3), { backend: "webgpu", engine })).rejects.toBeInstanceOf(
      DisposedError,
    );
    device.destroy();
  });
  test("two engines on one page do not meet", async () => {
    const [a, b] = await Promise.all([make(), make()]);
    const [x, y] = await Promise.all(
      [a, b].map(engine => smooth(level, series(200), { backend: "webgpu", engine })),
    );
    expect(x!.smoothedMeans.data).toEqual(y!.smoothedMeans.data);
  });
  test("works in a dedicated worker", async () => {
    const worker = new Worker(new URL("./fixtures/worker.ts", import.meta.url), { type: "module" });
    const answer = await new Promise<{ backend?: string; mean?: number; error?: string }>(
      (resolve, reject) => {
        worker.onmessage = event => resolve(event.data);
        worker.onerror = event => reject(new Error(event.message));
      },
    );
    worker.terminate();
    expect(answer.error).toBeUndefined();
    const here = await smooth(level, series(50), { backend: "cpu" });
    expect(answer.backend).toBe("webgpu");
    expect(answer.mean).toBeCloseTo(here.smoothedMeans.data[25]!, 5);
  });
});

suite("device loss", () => {
  test("rejects what is pending with DeviceError; a new engine runs again", async () => {
    const engine = await make();
    engine.throughput = 1; // every mark becomes a submit
    let destroyed = false;
    const pending = smooth(level, series(5000), {
      backend: "webgpu",
      engine,
      chunkLength: 8,
      onProgress: () => {
        if (!destroyed) engine.device.destroy();
        destroyed = true;
      },
    });
    await expect(pending).rejects.toBeInstanceOf(DeviceError);
    await expect(filter(level, series(3), { backend: "webgpu", engine })).rejects.toThrow(
      /a live device expected, got a lost one/,
    );
    expect(engine.liveTensors).toBe(0);
    expect((await filter(level, series(3), { backend: "webgpu", engine: await make() })).status).toBe("ok");
  });
});

suite("a call on the GPU", () => {
  test("is one submit of work, one readback, one map; nothing stays behind", async () => {
    const engine = await make();
    await smooth(level, series(500), { backend: "webgpu", engine });
    const submits = vi.spyOn(engine.device.queue, "submit");
    const maps = vi.spyOn(GPUBuffer.prototype, "mapAsync");
    await smooth(level, series(500), { backend: "webgpu", engine });
    expect(submits).toHaveBeenCalledTimes(2);
    expect(maps).toHaveBeenCalledTimes(1);
    expect(engine.liveBytes).toBe(0);
  });
  test("is split when it would run too long, reports progress in order, and gives the same numbers", async () => {
    const engine = await make();
    const whole = await smooth(level, series(900), { backend: "webgpu", engine, chunkLength: 10 });
    engine.throughput = 1;
    const submits = vi.spyOn(engine.device.queue, "submit");
    const seen: string[] = [];
    const split = await smooth(level, series(900), {
      backend: "webgpu",
      engine,
      chunkLength: 10,
      onProgress: p => seen.push(`${p.phase} ${p.done}`),
    });
    expect(submits.mock.calls.length).toBeGreaterThan(3);
    expect(seen.length).toBeGreaterThan(4);
    expect(seen.at(-1)).toBe("smooth 900");
    expect([...seen].filter(s => s.startsWith("filter")).map(s => Number(s.slice(7)))).toEqual(
      [...seen]
        .filter(s => s.startsWith("filter"))
        .map(s => Number(s.slice(7)))
        .sort((a, b) => a - b),
    );
    const gap = Math.max(
      ...whole.smoothedMeans.data.map((x, i) => Math.abs(x - split.smoothedMeans.data[i]!)),
    );
    expect(gap).toBeLessThan(1e-5);
  });
  test("stops between submits when the signal fires, and frees its memory", async () => {
    const engine = await make();
    engine.throughput = 1e5;
    const controller = new AbortController();
    const pending = smooth(level, series(2000), {
      backend: "webgpu",
      engine,
      chunkLength: 10,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(pending).rejects.toBeInstanceOf(AbortedError);
    expect(engine.liveBytes).toBe(0);
  });
  test("with backend auto takes the CPU rather than a software adapter, and says so", async () => {
    const software = (await make()).adapter.software;
    const result = await smooth(level, series(10_000), {});
    expect(result.run.backend).toBe(software ? "cpu" : "webgpu");
    expect(result.run.adapter).not.toBe("");
  });
  test("refuses a plan beyond memoryLimit before any work", async () => {
    const engine = await make();
    const submits = vi.spyOn(engine.device.queue, "submit");
    await expect(
      smooth(level, series(1000), { backend: "webgpu", engine, memoryLimit: 1000 }),
    ).rejects.toBeInstanceOf(LimitError);
    expect(submits).not.toHaveBeenCalled();
  });
  test("a buffer beyond the largest binding is a LimitError that names both sizes", async () => {
    const engine = await make();
    const recording = new Recording();
    recording.buffer("observations", [engine.caps.maxBufferSize], "input");
    await expect(execute(engine, recording, { call: "filter" })).rejects.toThrow(
      /filter: observations expected at most \d+ bytes on .*, got \d+/,
    );
  });
});

const copied = linearGaussianSSM({
  initial: { mean: [0], covariance: [[1]] },
  dynamics: { weights: [[1]], covariance: [[1]] },
  emissions: {
    weights: [[1], [1]],
    covariance: [
      [0, 0],
      [0, 0],
    ],
  },
});
const exploding = linearGaussianSSM({
  initial: { mean: [1], covariance: [[1]] },
  dynamics: { weights: [[1e9]], covariance: [[1]] },
  emissions: { weights: [[1]], covariance: [[1]] },
});

suite("a failed series on the GPU", () => {
  test("two exact copies of one observation: notPositiveDefinite, NaN from there on", async () => {
    const engine = await make();
    const data = [
      [null, null],
      [0.5, 0.5],
      [0.2, 0.2],
    ];
    const call = (throwOnFailure: boolean) =>
      smooth(copied, data, { backend: "webgpu", engine, throwOnFailure });
    await expect(call(true)).rejects.toBeInstanceOf(NumericalError);
    const result = await call(false);
    expect(result.status).toBe("notPositiveDefinite");
    expect([...result.filteredMeans.data].map(Number.isNaN)).toEqual([false, true, true]);
    expect([...result.smoothedMeans.data].every(Number.isNaN)).toBe(true);
  });
  test("dynamics that overflow where nothing is observed: nonFinite, as on the CPU", async () => {
    const engine = await make();
    const data = Array.from({ length: 60 }, (_, t) => [t === 0 ? 1 : null]);
    const gpu = await filter(exploding, data, { backend: "webgpu", engine, throwOnFailure: false });
    expect(gpu.status).toBe("nonFinite");
    expect(Number.isNaN(gpu.filteredMeans.data[59])).toBe(true);
  });
  test("one failed series of a batch leaves the others alone", async () => {
    const engine = await make();
    const alone = await filter(copied, [[null, null]], { backend: "webgpu", engine });
    const batch = await filter(
      copied,
      [
        [
          [null, null],
          [null, null],
        ],
        [
          [1, 1],
          [1, 1],
        ],
      ],
      { backend: "webgpu", engine, throwOnFailure: false },
    );
    expect(batch.statuses).toEqual(["ok", "notPositiveDefinite"]);
    expect(batch.series(0).filteredMeans.data[0]).toBe(alone.filteredMeans.data[0]);
  });
});

suite("kernels", () => {
  test("a shader error names the file, the line and three lines of source", async () => {
    const engine = await make();
    const key = {
      name: "affine_reduce_lane",
      constants: { STATE_DIM: 2, WORKGROUP: 4, TEAM: 1, TEAMS: 4 },
      unroll: false,
    }; // no LEAVES
    const error = await engine.kernels.get(key).then(
      () => undefined,
      (e: unknown) => e as Error,
    );
    expect(error).toBeInstanceOf(ShaderError);
    expect(error!.message).toMatch(/^affine_reduce_lane: shaders\/scan\/\w+\.wgsl:\d+: .*LEAVES/);
    expect(
      error!.message
        .split("\n")
        .slice(1, 5)
        .filter(line => /^[> ] \S/.test(line)).length,
    ).toBeGreaterThanOrEqual(3);
  });
  test("are compiled once for the same sizes", async () => {
    const engine = await make();
    const spy = vi.spyOn(engine.device, "createComputePipelineAsync");
    await filter(level, series(100), { backend: "webgpu", engine });
    const compiled = spy.mock.calls.length;
    await filter(level, series(120), { backend: "webgpu", engine });
    expect(spy.mock.calls.length).toBe(compiled);
  });
  test("are timed by timestamps where the device has them", async () => {
    const engine = await make();
    const { affineScan } = await import("../src/scan/index.ts");
    const timings: { kernel: string; nanoseconds: number }[] = [];
    const T = 64;
    const ones = (k: number) => new Float32Array(k).fill(0.5);
    await affineScan(
      engine,
      { weights: ones(T), biases: ones(T), initial: ones(1), shape: [1, T, 1] },
      { call: "affineScan", timings, sizes: { chunkLength: 8, leaves: 4, spineLeaves: 4 } },
    );
    expect(timings.map(t => t.kernel)).toEqual(
      engine.caps.timestamps ? ["affine_reduce_lane", "affine_spine_lane", "affine_apply_lane"] : [],
    );
    for (const { nanoseconds } of timings) expect(nanoseconds).toBeGreaterThanOrEqual(0);
  });
  test("log_f32 is within 3e-7 relative of log, and 1e-7 absolute near 1", async () => {
    const engine = await make();
    const x = Float32Array.from({ length: 4096 }, (_, i) =>
      i < 2048 ? 0.5 + i / 1365 : Math.exp((i - 3072) / 20),
    );
    const { code } = await import("../shaders/lib/log.wgsl?raw").then(m => ({ code: m.default as string }));
    const module = engine.device.createShaderModule({
      code: `${code}\n@group(0) @binding(0) var<storage, read_write> x: array<f32>;\n@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] = log_f32(x[id.x]); }`,
    });
    const pipeline = await engine.device.createComputePipelineAsync({ layout: "auto", compute: { module } });
    const buffer = engine.device.createBuffer({
      size: x.byteLength,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const back = engine.device.createBuffer({
      size: x.byteLength,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    engine.device.queue.writeBuffer(buffer, 0, x);
    const encoder = engine.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      engine.device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [{ binding: 0, resource: { buffer } }],
      }),
    );
    pass.dispatchWorkgroups(64);
    pass.end();
    encoder.copyBufferToBuffer(buffer, 0, back, 0, x.byteLength);
    engine.device.queue.submit([encoder.finish()]);
    await back.mapAsync(GPUMapMode.READ);
    const y = new Float32Array(back.getMappedRange());
    x.forEach((value, i) => {
      const exact = Math.log(value);
      expect(Math.abs(y[i]! - exact)).toBeLessThan(1e-7 + 3e-7 * Math.abs(exact));
    });
  });
});
