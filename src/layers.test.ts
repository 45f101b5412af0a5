/** Imports go down only, through the lower folder's index.ts. Tests of a folder may reach up for help. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, suite, test } from "vitest";

const src = import.meta.dirname;
/** Folder → the folders it may import from. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  engine: ["shaders"],
  scan: ["engine"],
  inference: ["scan", "engine"],
  models: ["inference", "engine"],
  api: ["models", "inference", "engine"],
  cli: ["api"],
};

interface Import {
  readonly file: string;
  readonly target: string;
}

/** Relative imports of a text, as paths from src. */
function relativeImports(file: string, text: string): Import[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)];
  return found.map(match => ({ file, target: normalize(join(dirname(file), match[1]!)) }));
}

/** What is wrong with an import, or nothing. */
function fault({ file, target }: Import): string | undefined {
  const from = file.split("/")[0]!;
  if (target.startsWith("..")) {
    if (from === "engine" && target === "../shaders/manifest.ts") return undefined;
    // The command reads its version from package.json.
    if (from === "cli" && target === "../package.json") return undefined;
    return `${file} imports ${target}, outside src`;
  }
  const to = target.split("/")[0]!;
  if (from === to) return undefined;
  if (!MAY[from]?.includes(to)) return `${file} imports ${target}: ${from} may not import ${to}`;
  if (target !== `${to}/index.ts`) return `${file} imports ${target}: past ${to}/index.ts`;
  return undefined;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map(file => file.replaceAll("\\", "/"))
  .filter(file => /\.(ts|mts|mjs)$/.test(file) && !/\.test\.ts$|\.d\.mts$|\/testing\//.test(file));

suite("layers", () => {
  test("no import goes up, sideways or past an index", () => {
    const faults = files.flatMap(file =>
      relativeImports(file, readFileSync(join(src, file), "utf8")).map(fault),
    );
    expect(faults.filter(Boolean)).toEqual([]);
  });

  test("the check sees an upward, a sideways, a deep and an outside import", () => {
    const seen = (file: string, line: string) => relativeImports(file, line).map(fault)[0];
    expect(seen("engine/a.ts", 'import { x } from "../scan/index.ts";')).toMatch(/may not import scan/);
    expect(seen("models/a.ts", 'import type { x } from "../api/index.ts";')).toMatch(/may not import api/);
    expect(seen("scan/elements/a.ts", 'export { x } from "../../engine/tensor.ts";')).toMatch(
      /past engine\/index.ts/,
    );
    expect(seen("api/a.ts", 'const x = await import("../../bench/x.ts");')).toMatch(/outside src/);
    expect(seen("scan/elements/a.ts", 'import { x } from "../plan.ts";')).toBeUndefined();
  });

  test("every folder of src has its place", () => {
    const folders = new Set(files.filter(file => file.includes("/")).map(file => file.split("/")[0]!));
    expect([...folders].sort()).toEqual(Object.keys(MAY).sort());
  });
});
