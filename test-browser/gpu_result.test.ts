/** A result whose arrays stay on the GPU: bound by a page, read once, disposed of, and what can go wrong. */
import { afterEach, expect, suite, test, vi } from "vitest";
import gettingStarted from "../docs/getting-started.md?raw";
import {
  createEngine,
  DeviceError,
  DisposedError,
  filter,
  LimitError,
  linearGaussianSSM,
  smooth,
} from "../src/api/index.ts";
import { sharedEngine } from "../src/api/shared_engine.ts";
import { codeBlocks, printedBy } from "../src/api/testing/run_examples.ts";
import { bytesRead } from "./left_results.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
afterEach(() => vi.restoreAllMocks());

test("the example in docs/getting-started.md prints what stands below its lines", async () => {
  const section = gettingStarted.slice(gettingStarted.indexOf("### Results that stay on the GPU"));
  const [code] = codeBlocks(section, "js") as [string];
  const expected = code.split("\n").filter(line => line.startsWith("// "));
  expect(expected.length).toBe(4);
  expect((await printedBy(code)).map(line => `// ${line}`)).toEqual(expected);
});

suite("a result on the GPU", () => {
  const level = linearGaussianSSM({
    initial: { mean: [0], covariance: [[1]] },
    dynamics: { weights: [[1]], covariance: [[0.1]] },
    emissions: { weights: [[1]], covariance: [[1]] },
  });
  const y = Array.from({ length: 300 }, (_, t) => [Math.sin(t / 5)]);

  test("is bound by a page in a pipeline of its own, on its own device", async () => {
    const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
    using own = await createEngine({ device });
    const result = await smooth(level, y, { engine: own, results: "gpu" });
    const { buffer, offset, shape } = result.arrays.smoothedMeans;
    expect([offset, shape]).toEqual([0, [300, 1]]);
    const module = device.createShaderModule({
      code: `@group(0) @binding(0) var<storage, read> means: array<f32>;
        @group(0) @binding(1) var<storage, read_write> doubled: array<f32>;
        @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
          if (id.x < arrayLength(&means)) { doubled[id.x] = 2.0 * means[id.x]; }
        }`,
    });
    const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const doubled = device.createBuffer({ size: buffer.size, usage: STORAGE | COPY_SRC });
    const staging = device.createBuffer({ size: buffer.size, usage: COPY_DST | MAP_READ });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [buffer, doubled].map((b, binding) => ({ binding, resource: { buffer: b } })),
      }),
    );
    pass.dispatchWorkgroups(5);
    pass.end();
    encoder.copyBufferToBuffer(doubled, 0, staging, 0, buffer.size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const found = new Float32Array(staging.getMappedRange());
    const { smoothedMeans } = await smooth(level, y, { engine: own });
    expect([...found]).toEqual(Array.from(smoothedMeans.data, x => 2 * Math.fround(x)));
    result.dispose();
    expect(own.liveBytes).toBe(0);
    device.destroy();
  });

  test("is read once, also by two at a time, and what was read stays after dispose()", async () => {
    const live = engine().liveBytes;
    const result = await filter(level, y, { engine: engine(), results: "gpu" });
    const [pair, bytes] = await bytesRead(() =>
      Promise.all([result.read("filteredMeans"), result.read("filteredMeans")]),
    );
    expect(bytes).toBe(4 * 300);
    expect(pair[0]).toBe(pair[1]);
    const pending = result.read("predictedMeans");
    result.dispose();
    result.dispose();
    expect((await pending).data[0]).toBe(0);
    expect(await result.read("filteredMeans")).toBe(pair[0]);
    await expect(result.read("filteredCovariances")).rejects.toBeInstanceOf(DisposedError);
    expect(() => result.arrays).toThrow(
      /^filter: result expected one that holds its arrays, got a disposed one\. Read or copy/,
    );
    expect(result.marginalLogLikelihood).toBeLessThan(0);
    expect(engine().liveBytes).toBe(live);
  });

  test("says so when the device is lost", async () => {
    const own = await createEngine();
    const result = await filter(level, y, { engine: own, results: "gpu" });
    const read = await result.read("filteredMeans");
    own.device.destroy();
    await own.lost;
    expect(await result.read("filteredMeans")).toBe(read);
    await expect(result.read("filteredCovariances")).rejects.toThrow(DeviceError);
    expect(() => result.arrays).toThrow(DeviceError);
    await expect(filter(level, y, { engine: own, results: "gpu" })).rejects.toThrow(DeviceError);
    result.dispose();
    expect(own.liveBytes).toBe(0);
  });

  test("says so when there is no room for an array, before any work", async () => {
    using own = await createEngine();
    const call = (memoryLimit?: number) => filter(level, y, { engine: own, results: "gpu", memoryLimit });
    await expect(call(12_000)).rejects.toThrow(/^filter: memory expected at most 12000 bytes, got /);
    await expect(
      filter(level, y, { engine: own, memoryLimit: 12_000 }).then(result => result.status),
    ).resolves.toBe("ok");
    Object.defineProperty(own, "caps", { value: { ...own.caps, maxBufferSize: 1000 } });
    await expect(call()).rejects.toThrow(LimitError);
    await expect(call()).rejects.toThrow(
      /^filter: arrays\.filteredMeans expected at most 1000 bytes, the largest buffer on .*, got 1200 for \[300, 1\]\. Split/,
    );
    expect(own.liveBytes).toBe(0);
  });

  test("auto is WebGPU or a DeviceError, never silently the CPU; WebGPU again as soon as it is there", async () => {
    (await sharedEngine()).dispose();
    const gone = vi.spyOn(navigator, "gpu", "get").mockReturnValue(undefined as unknown as GPU);
    await expect(filter(level, y.slice(0, 3), { results: "gpu" })).rejects.toThrow(DeviceError);
    gone.mockRestore();
    using result = await filter(level, y.slice(0, 3), { results: "gpu" });
    expect(result.status).toBe("ok");
    const [one, other] = await Promise.all([sharedEngine(), sharedEngine()]);
    expect(one).toBe(other);
  });

  test("tells how far it is", async () => {
    const phases = new Set<string>();
    const onProgress = ({ phase }: { phase: string }): void => void phases.add(phase);
    using result = await smooth(level, y, { engine: engine(), results: "gpu", onProgress });
    expect(result.status).toBe("ok");
    expect([...phases]).toEqual(["filter", "smooth", "arrays"]);
  });
});
