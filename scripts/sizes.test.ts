import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, suite, test } from "vitest";
import { coreFault, measure, staticGraph } from "./sizes.ts";

const folders: string[] = [];

/** A built library of these files. */
function built(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "sizes-"));
  folders.push(folder);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const KERNEL = "export const text=`@group(0) @binding(0) var<uniform> p: P;\\n@compute fn main(){}`;";
const GOOD = {
  "index.js":
    'import{a}from"./core-1.js";import"./more-1.js";export{a};export const f=()=>import("./part-1.js");',
  "core-1.js": 'const a="core";export{a};',
  "more-1.js": 'export*from"./core-1.js";',
  "part-1.js": 'import{a}from"./core-1.js";export const k=()=>import(`./kernels-1.js`);',
  "kernels-1.js": KERNEL,
};

suite("sizes of the built library", () => {
  test("the core is what static imports reach, minified or not", () => {
    expect([...staticGraph(built(GOOD), "index.js").keys()]).toEqual(["index.js", "core-1.js", "more-1.js"]);
    const spaced = built({
      "index.js": 'import { a } from "./a.js";\nexport { a };',
      "a.js": "export const a = 1;",
    });
    expect([...staticGraph(spaced, "index.js").keys()]).toEqual(["index.js", "a.js"]);
  });

  test("parts and kernels are counted apart", () => {
    const rows = measure(built(GOOD)).map(([, { files }]) => files);
    expect(rows.slice(1)).toEqual([["part-1.js"], ["kernels-1.js"]]);
  });

  test("a core that is too large or holds kernels is a fault, any other is none", () => {
    expect(coreFault(built(GOOD))).toBeUndefined();
    expect(coreFault(built(GOOD), 100)).toMatch(/at most 100 bytes gzipped, got \d+/);
    expect(coreFault(built({ ...GOOD, "more-1.js": KERNEL }))).toMatch(
      /without kernels, got some in more-1.js/,
    );
  });
});
