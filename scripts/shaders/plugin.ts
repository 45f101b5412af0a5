/** Vite plugin: `virtual:statescan-shaders` is every kernel of the manifest, assembled and reflected. Edits reload. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import type { KernelBundle, KernelSource } from "../../shaders/manifest.ts";
import { rows, SAMPLE_CONSTANTS } from "../../shaders/rows.ts";
import { specialise } from "../../src/engine/specialise.ts";
import { assemble, type KernelRow } from "./assemble.ts";
import { reflect } from "./reflect.ts";

const ID = "virtual:statescan-shaders";

/** Assembles and reflects one row; `root` is the shaders folder. */
export function build(row: KernelRow, root: string): KernelSource {
  const assembled = assemble(row, path => readFileSync(join(root, path), "utf8"));
  const code = minify(assembled.code, assembled.lines);
  const sample = specialise(code.text, SAMPLE_CONSTANTS, true).code;
  const { bindings, uniforms, uniformBytes, overrides } = reflect(row.name, sample);
  return {
    name: row.name,
    code: code.text,
    files: assembled.files,
    lines: code.lines,
    bindings,
    uniforms,
    uniformBytes,
    overrides,
  };
}

/** Kernels share most of their text: every line is kept once, and a kernel is ranges of lines. */
export function pack(kernels: readonly KernelSource[]): KernelBundle {
  const files: string[] = [];
  const lines: [number, number, string][] = [];
  const known = new Map<string, number>();
  const packed = kernels.map(({ code, files: own, lines: origins, ...rest }) => {
    const ranges: number[] = [];
    code.split("\n").forEach((text, at) => {
      const [file, line] = origins[at]!;
      const path = own[file]!;
      if (!files.includes(path)) files.push(path);
      const key = `${path}:${line}:${text}`;
      let index = known.get(key);
      if (index === undefined) {
        index = lines.push([files.indexOf(path), line, text]) - 1;
        known.set(key, index);
      }
      if (ranges.length > 0 && ranges.at(-2)! + ranges.at(-1)! === index) ranges[ranges.length - 1]!++;
      else ranges.push(index, 1);
    });
    return { ...rest, ranges };
  });
  return { files, lines, kernels: packed };
}

/** Drops comment and blank lines and indentation; the line map goes along. */
function minify(text: string, lines: readonly (readonly [number, number])[]) {
  const kept = text
    .split("\n")
    .map((line, at) => ({ line: line.replace(/\s*\/\/.*$/, "").trim(), from: lines[at]! }))
    .filter(({ line }) => line !== "");
  return { text: kept.map(k => k.line).join("\n"), lines: kept.map(k => k.from) };
}

export function shaders(root: string): Plugin {
  return {
    name: "statescan-shaders",
    resolveId: id => (id === ID ? `\0${ID}` : undefined),
    load(id) {
      if (id !== `\0${ID}`) return undefined;
      const kernels = rows.map(row => build(row, root));
      for (const kernel of kernels) for (const file of kernel.files) this.addWatchFile(join(root, file));
      return `export const bundle = ${JSON.stringify(pack(kernels))};`;
    },
    handleHotUpdate({ file, server }) {
      if (!file.endsWith(".wgsl")) return undefined;
      const module = server.moduleGraph.getModuleById(`\0${ID}`);
      return module ? [module] : undefined;
    },
  };
}
