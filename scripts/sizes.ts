/** What the built library weighs: the core that every page loads, the parts that calls load, and the one file with everything. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Bytes that the core may take, gzipped, without model kernels. */
export const CORE_LIMIT = 60_000;

/**
 * How the library is minified. Vite alone would leave white space in libraries. Names of classes stay, for consoles and stacks.
 */
export const MINIFY = {
  compress: true,
  mangle: { keepNames: { class: true, function: false } },
  codegen: { removeWhitespace: true },
};

/** Bytes of files, each gzipped by itself, as servers send them. */
export interface Size {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly gzip: number;
}

/** @param texts of the files by name */
export function sizeOf(texts: ReadonlyMap<string, string>): Size {
  let [bytes, gzip] = [0, 0];
  for (const text of texts.values()) {
    bytes += Buffer.byteLength(text);
    gzip += gzipSync(text).length;
  }
  return { files: [...texts.keys()], bytes, gzip };
}

/** The files that an entry of a folder loads by static imports, itself first, with their texts. */
export function staticGraph(folder: string, entry: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const visit = (file: string): void => {
    if (texts.has(file)) return;
    const text = readFileSync(join(folder, file), "utf8");
    texts.set(file, text);
    for (const [, imported] of text.matchAll(/\b(?:from|import)\s*["']\.\/([^"']+)["']/g)) visit(imported!);
  };
  visit(entry);
  return texts;
}

/** Does a file hold WGSL? */
export const hasKernels = (text: string): boolean => /@compute\b|@group\(0\)\s*@binding/.test(text);

/** The rows of the table: what a page loads, and its size. @param single the one file, where it has been built */
export function measure(folder: string, single?: string): readonly (readonly [string, Size])[] {
  const core = staticGraph(folder, "index.js");
  const others = readdirSync(folder).filter(file => file.endsWith(".js") && !core.has(file));
  const texts = new Map(others.map(file => [file, readFileSync(join(folder, file), "utf8")]));
  const pick = (kernels: boolean) =>
    sizeOf(new Map([...texts].filter(([, text]) => hasKernels(text) === kernels)));
  const rows: [string, Size][] = [
    ["core, loaded at once", sizeOf(core)],
    ["parts, loaded by calls", pick(false)],
    ["kernels, loaded by GPU calls", pick(true)],
  ];
  if (single !== undefined && existsSync(single))
    rows.push(["one file with everything", sizeOf(new Map([[single, readFileSync(single, "utf8")]]))]);
  return rows;
}

/** What is wrong with the core of a folder, or nothing. */
export function coreFault(folder: string, limit = CORE_LIMIT): string | undefined {
  const core = staticGraph(folder, "index.js");
  const kernels = [...core].filter(([, text]) => hasKernels(text)).map(([file]) => file);
  if (kernels.length > 0)
    return `core expected without kernels, got some in ${kernels.join(", ")}. Load them by import() where they are used.`;
  const { gzip } = sizeOf(core);
  if (gzip <= limit) return undefined;
  return `core expected at most ${limit} bytes gzipped, got ${gzip}. Let a call load by src/api/parts.ts what only it needs.`;
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);

/** Vite plugin: prints the table after the build, and fails the build where the core is too large. */
export const sizes = (single: string): Plugin => ({
  name: "statescan-sizes",
  writeBundle({ dir }) {
    const rows = measure(dir!, single).map(
      ([what, { files, bytes, gzip }]) =>
        `${what.padEnd(30)}${String(files.length).padStart(4)}${kilobytes(bytes)}${kilobytes(gzip)}`,
    );
    console.log([`${"library".padEnd(30)}files     bytes   gzipped`, ...rows].join("\n"));
    const fault = coreFault(dir!);
    if (fault !== undefined) this.error(`${dir}: ${fault}`);
  },
});
