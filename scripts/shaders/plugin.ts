/** Vite plugin: `virtual:statescan-shaders` is every kernel of the manifest, assembled and reflected. Edits reload. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import type { KernelBundle, KernelSource, Snippet } from "../../shaders/manifest.ts";
import { rows, SAMPLE_CONSTANTS, SAMPLE_SNIPPET, TEXT_FOLDERS } from "../../shaders/rows.ts";
import { splice } from "../../shaders/splice.ts";
import { specialise } from "../../src/engine/specialise.ts";
import { assemble, type KernelRow } from "./assemble.ts";
import { reflect } from "./reflect.ts";

const ID = "virtual:statescan-shaders";

/** Assembles and reflects one row; `root` is the shaders folder. */
export function build(row: KernelRow, root: string): KernelSource {
  const text = assembleText(row, root);
  const kernel = {
    name: row.name,
    ...text,
    bindings: [],
    uniforms: [],
    uniformBytes: 0,
    overrides: [],
    ...(row.splice ? { splice: row.splice } : {}),
  };
  const whole = row.splice
    ? splice(kernel, { stem: SAMPLE_SNIPPET }, path => buildSnippet(path, root))
    : kernel;
  const sample = specialise(whole.code, SAMPLE_CONSTANTS, true).code;
  const { bindings, uniforms, uniformBytes, overrides } = reflect(row.name, sample);
  return { ...kernel, bindings, uniforms, uniformBytes, overrides };
}

/** Every snippet that some row has a place for, and the texts that the library puts together. */
export function buildSnippets(root: string): readonly Snippet[] {
  const folders = new Set([...rows.flatMap(row => row.splice ?? []), ...TEXT_FOLDERS]);
  return [...folders].flatMap(folder =>
    readdirSync(join(root, folder))
      .filter(file => file.endsWith(".wgsl"))
      .sort()
      .map(file => buildSnippet(`${folder}/${file}`, root)),
  );
}

const buildSnippet = (path: string, root: string): Snippet => ({
  path,
  ...assembleText({ name: path, file: path }, root),
});

function assembleText(row: KernelRow, root: string): Pick<KernelSource, "code" | "files" | "lines"> {
  const { code, files, lines } = assemble(row, path => readFileSync(join(root, path), "utf8"));
  const small = minify(code, lines);
  return { code: small.text, files, lines: small.lines };
}

/** Texts share most of their lines: every line is kept once, and a kernel or snippet is ranges of lines. */
export function pack(kernels: readonly KernelSource[], snippets: readonly Snippet[]): KernelBundle {
  const files: string[] = [];
  const lines: [number, number, string][] = [];
  const known = new Map<string, number>();
  const rangesOf = ({ code, files: own, lines: origins }: Pick<KernelSource, "code" | "files" | "lines">) => {
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
    return ranges;
  };
  const layouts = new Map<string, { index: number; layout: KernelBundle["layouts"][number] }>();
  const packed = kernels.map(kernel => {
    const { name, splice, bindings, uniforms, uniformBytes, overrides } = kernel;
    const layout = { bindings, uniforms, uniformBytes, overrides };
    const key = JSON.stringify(layout);
    const known = layouts.get(key) ?? { index: layouts.size, layout };
    layouts.set(key, known);
    return { name, ...(splice ? { splice } : {}), layout: known.index, ranges: rangesOf(kernel) };
  });
  const packedSnippets = snippets.map(snippet => ({ path: snippet.path, ranges: rangesOf(snippet) }));
  return {
    files,
    lines,
    layouts: [...layouts.values()].map(({ layout }) => layout),
    kernels: packed,
    snippets: packedSnippets,
  };
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
      const snippets = buildSnippets(root);
      for (const { files } of [...kernels, ...snippets])
        for (const file of files) this.addWatchFile(join(root, file));
      return `export const bundle = ${JSON.stringify(pack(kernels, snippets))};`;
    },
    handleHotUpdate({ file, server }) {
      if (!file.endsWith(".wgsl")) return undefined;
      const module = server.moduleGraph.getModuleById(`\0${ID}`);
      return module ? [module] : undefined;
    },
  };
}
