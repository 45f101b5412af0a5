/** The built library in plain pages: no bundler, the example of the README, a worker, and a page without WebGPU. */
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { HMM, type LibraryFile, MODEL, type Pages, servePages } from "./built_library.ts";

const FILES: readonly LibraryFile[] = ["statescan.js", "core/index.js"];

/** Smooths on the GPU and on the CPU; answers with the largest gap between them. */
const BOTH = `const model = ${MODEL};
  const y = Array.from({ length: 300 }, (_, t) => [Math.sin(t / 9)]);
  const gpu = await library.smooth(model, y, { backend: "webgpu" });
  const cpu = await library.smooth(model, y, { backend: "cpu" });
  const gap = Math.max(...gpu.smoothedMeans.data.map((x, i) => Math.abs(x - cpu.smoothedMeans.data[i])));
  const backends = [gpu.run.backend, cpu.run.backend];`;

const worker = (file: LibraryFile): string =>
  `import * as library from "/dist/${file}";
  ${BOTH}
  postMessage({ gap, backends });`;

let pages: Pages;

beforeAll(async () => {
  pages = await servePages(
    FILES,
    Object.fromEntries(FILES.map(file => [`/workers/${file.replace("/", "_")}`, worker(file)])),
  );
}, 120_000);

afterAll(() => pages?.close());

suite("the built library in a page", { timeout: 60_000 }, () => {
  test("examples/minimal.html, as the README shows it, smooths and names its backend", async () => {
    const { page, complaints } = await pages.open("/examples/minimal.html");
    await expect.poll(() => page.textContent("body"), { timeout: 20_000 }).toMatch(/webgpu|cpu/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  for (const file of FILES) {
    test(`${file} runs the same call on the GPU and in float64, and keeps error names`, async () => {
      const { page, complaints } = await pages.open("/LICENSE");
      const answer = await pages.run<{ backends: string[]; gap: number; name: string; shape: boolean }>(
        page,
        file,
        `${BOTH}
        const error = await library.smooth(model, [[1, 2]]).catch(e => e);
        return { backends, gap, name: error.name, shape: error instanceof library.ShapeError };`,
      );
      expect(answer).toMatchObject({ backends: ["webgpu", "cpu"], name: "ShapeError", shape: true });
      expect(answer.gap).toBeLessThan(1e-5);
      expect(complaints).toEqual([]);
      await page.close();
    });

    test(`${file} runs a hidden Markov model on both, a product of families too`, async () => {
      const { page, complaints } = await pages.open("/LICENSE");
      const answer = await pages.run<{ same: boolean; gap: number }>(
        page,
        file,
        `const counts = Array.from({ length: 90 }, (_, t) => (t % 30 < 15 ? 2 : 9) + (t % 3));
        const path = async (backend) => (await library.decode(${HMM}, counts, { backend })).mostLikelyStates.data;
        const [gpu, cpu] = [await path("webgpu"), await path("cpu")];
        const product = library.hiddenMarkovModel({
          initialProbs: [0.5, 0.5],
          transitionMatrix: [[0.9, 0.1], [0.2, 0.8]],
          emissions: { family: "product", blocks: [
            { family: "poisson", rates: [2, 9] },
            { family: "gaussian", means: [[0], [1]], covariances: [[[1]], [[1]]] },
          ] },
        });
        const pairs = counts.map(count => [count, count / 9]);
        const of = async (backend) => (await library.filter(product, pairs, { backend })).filteredProbs.data;
        const [there, here] = [await of("webgpu"), await of("cpu")];
        const gap = Math.max(...there.map((x, i) => Math.abs(x - here[i])));
        return { same: String(gpu) === String(cpu), gap };`,
      );
      expect(answer.same).toBe(true);
      expect(answer.gap).toBeLessThan(1e-4);
      expect(complaints).toEqual([]);
      await page.close();
    });

    test(`${file} runs in a module worker, on the GPU and in float64`, async () => {
      const { page, complaints } = await pages.open("/LICENSE");
      const answer = await page.evaluate(
        url =>
          new Promise<{ gap: number; backends: string[] }>((resolve, reject) => {
            const thread = new Worker(url, { type: "module" });
            thread.onmessage = ({ data }) => resolve(data);
            thread.onerror = event => reject(new Error(event.message));
          }),
        `/workers/${file.replace("/", "_")}`,
      );
      expect(answer.backends).toEqual(["webgpu", "cpu"]);
      expect(answer.gap).toBeLessThan(1e-5);
      expect(complaints).toEqual([]);
      await page.close();
    });

    test(`${file} takes a device that the page has, and two engines work side by side`, async () => {
      const { page, complaints } = await pages.open("/LICENSE");
      const answer = await pages.run<{ same: boolean; alive: boolean; last: string }>(
        page,
        file,
        `const device = await (await navigator.gpu.requestAdapter()).requestDevice();
        const given = await library.createEngine({ device });
        const own = await library.createEngine();
        const model = ${MODEL};
        const y = Array.from({ length: 200 }, (_, t) => Math.cos(t / 7));
        const [a, b] = await Promise.all(
          [given, own].map(engine => library.filter(model, y, { engine, backend: "webgpu" })),
        );
        given.dispose();
        device.pushErrorScope("validation");
        device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE }).destroy();
        const alive = (await device.popErrorScope()) === null;
        const after = await library.filter(model, y, { engine: own, backend: "webgpu" });
        const same = String(a.filteredMeans.data) === String(b.filteredMeans.data);
        own.dispose();
        return { same, alive, last: after.run.backend };`,
      );
      expect(answer).toEqual({ same: true, alive: true, last: "webgpu" });
      expect(complaints).toEqual([]);
      await page.close();
    });

    test(`${file} without WebGPU: auto runs in float64 and says so; webgpu is a DeviceError`, async () => {
      const { page } = await pages.open("/LICENSE");
      const answer = await pages.run<{ backend: string; name: string; message: string }>(
        page,
        file,
        `Object.defineProperty(navigator, "gpu", { value: undefined });
        const model = ${MODEL};
        const y = Array.from({ length: 9000 }, (_, t) => [t % 3]);
        const auto = await library.filter(model, y);
        const error = await library.filter(model, y, { backend: "webgpu" }).catch(e => e);
        return { backend: auto.run.backend, name: error.name, message: error.message };`,
      );
      expect(answer).toMatchObject({ backend: "cpu", name: "DeviceError" });
      expect(answer.message).toMatch(/WebGPU expected in this browser, got none/);
      await page.close();
    });
  }
});
