/** The library in several files: what is loaded when, what it weighs, and what happens where a file is missing. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { CORE_LIMIT, coreFault, hasKernels, measure, sizeOf, staticGraph } from "../scripts/sizes.ts";
import { CORE, HMM, MODEL, type Pages, servePages } from "./built_library.ts";

const FILE = "core/index.js";
const STRICT_PAGE = `<!doctype html><title>waiting</title><script type="module" src="/strict/page.js"></script>`;
const STRICT_SCRIPT = `import * as library from "/dist/${FILE}";
const model = ${MODEL};
const run = [];
for (const backend of ["cpu", "webgpu"]) run.push((await library.smooth(model, [1, 2, 3], { backend })).run.backend);
run.push((await library.decode(${HMM}, [1, 9], { backend: "webgpu" })).run.backend);
document.title = run.join(" ");`;

let pages: Pages;

beforeAll(async () => {
  pages = await servePages([FILE], { "/strict/page.html": STRICT_PAGE, "/strict/page.js": STRICT_SCRIPT });
}, 120_000);

afterAll(() => pages?.close());

/** Stems of the files of the library that a page has asked for, without the hash and what parts share. */
function watch(page: Page): Set<string> {
  const stems = new Set<string>();
  page.on("request", request => {
    const stem = /\/dist\/core\/(.+?)(?:-[\w-]{8})?\.js$/.exec(request.url())?.[1];
    if (stem && stem !== "shared") stems.add(stem);
  });
  return stems;
}

suite("the library in several files", { timeout: 60_000 }, () => {
  test("the core has no kernels and is within its limit, and its table adds up to all files", () => {
    expect(coreFault(CORE)).toBeUndefined();
    const core = staticGraph(CORE, "index.js");
    expect([...core.values()].some(hasKernels)).toBe(false);
    expect(sizeOf(core).gzip).toBeLessThanOrEqual(CORE_LIMIT);
    const files = measure(CORE).flatMap(([, size]) => size.files);
    expect(files.sort()).toEqual(
      readdirSync(CORE)
        .filter(file => file.endsWith(".js"))
        .sort(),
    );
    expect(measure(CORE)[2][1].files).toHaveLength(4);
  });

  test("a page loads what its calls take: no kernels for the CPU, those of the model for the GPU", async () => {
    const { page, complaints } = await pages.open("/LICENSE");
    const asked = watch(page);
    const news = async (code: string): Promise<string[]> => {
      const before = new Set(asked);
      await pages.run(page, FILE, code);
      return [...asked].filter(stem => !before.has(stem)).sort();
    };
    const y = "[1, 2, null, 4]";
    expect(await news(`const model = ${MODEL}; library.simulate(model, { numSteps: 3 });`)).toEqual([
      "core",
      "index",
    ]);
    expect(await news(`await library.smooth(${MODEL}, ${y}, { backend: "cpu" });`)).toEqual([
      "backend_cpu",
      "linear_gaussian_calls",
    ]);
    expect(await news(`await library.smooth(${MODEL}, ${y}, { backend: "webgpu" });`)).toEqual([
      "backend_gpu",
      "kernels_linear_gaussian",
    ]);
    expect(await news(`await library.smooth(${HMM}, ${y}, { backend: "cpu" });`)).toEqual([
      "hidden_markov_calls",
      "hmm_backend_cpu",
    ]);
    expect(await news(`await library.decode(${HMM}, ${y}, { backend: "webgpu" });`)).toEqual([
      "hmm_backend_gpu",
      "kernels_hidden_markov",
    ]);
    expect(await news(`await library.forecast(${MODEL}, ${y}, 3);`)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("runs where a page may only run scripts of its own server, and no text as code", async () => {
    const { page, complaints } = await pages.open("/strict/page.html");
    await expect.poll(() => page.title(), { timeout: 30_000 }).toBe("cpu webgpu webgpu");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a file that cannot be loaded is an error that names it and what to do; other calls go on", async () => {
    const { page } = await pages.open("/LICENSE");
    await pages.run(page, FILE, `await library.filter(${MODEL}, [1, 2], { backend: "cpu" });`);
    await page.context().setOffline(true);
    const answer = await pages.run<{ errors: [boolean, string, string][]; still: string }>(
      page,
      FILE,
      `const errors = [];
      for (const [model, backend] of [[${MODEL}, "webgpu"], [${HMM}, "cpu"]]) {
        const error = await library.smooth(model, [1, 2], { backend }).catch(e => e);
        errors.push([error instanceof library.StatescanError, error.name, error.message]);
      }
      const still = (await library.smooth(${MODEL}, [1, 2], { backend: "cpu" })).run.backend;
      return { errors, still };`,
    );
    const form = /^smooth: the file with .+ expected, got: .*\/dist\/core\/\w+-[\w-]+\.js.*reload the page/;
    for (const [known, name, message] of answer.errors) {
      expect([known, name]).toEqual([true, "StatescanError"]);
      expect(message).toMatch(form);
    }
    expect(answer.still).toBe("cpu");
    await page.close();
  });

  test("Node imports it, runs it in float64 and names classes", () => {
    const code = `const library = await import(${JSON.stringify(join(CORE, "index.js"))});
      const result = await library.smooth(${MODEL}, [1, null, 2]);
      const path = await library.decode(${HMM}, [1, 9, 8]);
      const error = await library.smooth(${MODEL}, [[1, 2]]).catch(e => e);
      console.log(result.run.backend, [...path.mostLikelyStates.data].join(""), error.name, error.constructor.name);`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
    expect(printed.trim()).toBe("cpu 011 ShapeError ShapeError");
  });
});
