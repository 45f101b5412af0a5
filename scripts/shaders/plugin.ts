/**
 * Vite plugin: `virtual:statescan-shaders/kernels_…` is every kernel of a bundle of the manifest, assembled and reflected.
 * Edits reload.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { BUNDLES, type BundleName, bundleOf, LANGUAGE_TEXT, snippetBundle } from "../../shaders/bundles.ts";
import type { KernelBundle, KernelSource, Snippet } from "../../shaders/manifest.ts";
import { rows, SAMPLE_CONSTANTS, SAMPLE_SNIPPETS } from "../../shaders/rows.ts";
import { splice } from "../../shaders/splice.ts";
import { specialise } from "../../src/engine/specialise.ts";
import { assemble, type KernelRow } from "./assemble.ts";
import { cached } from "./cache.ts";
import { reflect } from "./reflect.ts";

const idOf = (name: BundleName): string => `virtual:statescan-shaders/kernels_${name}`;

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
    ? splice(kernel, { stem: SAMPLE_SNIPPETS[row.splice]! }, path => buildSnippet(path, root))
    : kernel;
  const sample = specialise(whole.code, SAMPLE_CONSTANTS, true).code;
  const { bindings, uniforms, uniformBytes, overrides } = reflect(row.name, sample);
  return { ...kernel, bindings, uniforms, uniformBytes, overrides };
}

/** Every snippet that some row has a place for. */
export function buildSnippets(root: string): readonly Snippet[] {
  const folders = new Set(rows.flatMap(row => row.splice ?? []));
  return [...folders].flatMap(folder =>
    readdirSync(join(root, folder))
      .filter(file => file.endsWith(".wgsl"))
      .sort()
      .map(file => buildSnippet(`${folder}/${file}`, root)),
  );
}

/** What expressions may call: of functions by itself, and with the hidden Markov kernels that take densities written as formulas. */
export const buildLanguage = (root: string): Snippet => buildSnippet(LANGUAGE_TEXT, root);

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
    text: lines.map(([, , text]) => text).join("\n"),
    origins: lines.map(([file, line], at) => {
      const [before, last] = lines[at - 1] ?? [];
      return file === before ? line - last! : ([file, line] as const);
    }),
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

/** Every bundle by its name. */
function bundles(root: string): Record<string, KernelBundle> {
  const kernels = rows.map(row => build(row, root));
  const spliced = buildSnippets(root);
  const own = (name: BundleName) =>
    spliced.filter(({ path }) => snippetBundle(path.slice(0, path.lastIndexOf("/"))) === name);
  const snippets: Readonly<Partial<Record<BundleName, readonly Snippet[]>>> = {
    hidden_markov: [...own("hidden_markov"), buildLanguage(root)],
    recurrences: own("recurrences"),
    particles: own("particles"),
    language: [buildLanguage(root)],
  };
  return Object.fromEntries(
    BUNDLES.map(name => [
      name,
      pack(
        kernels.filter(kernel => bundleOf(kernel.name) === name),
        snippets[name] ?? [],
      ),
    ]),
  );
}

export function shaders(root: string): Plugin {
  return {
    name: "statescan-shaders",
    resolveId: id => (BUNDLES.some(name => id === idOf(name)) ? `\0${id}` : undefined),
    load(id) {
      const name = BUNDLES.find(one => id === `\0${idOf(one)}`);
      if (name === undefined) return undefined;
      const text = cached(root, () => JSON.stringify(bundles(root)));
      const bundle = (JSON.parse(text) as Record<string, KernelBundle>)[name]!;
      for (const file of bundle.files) this.addWatchFile(join(root, file));
      return `export const bundle = ${JSON.stringify(bundle)};`;
    },
    handleHotUpdate({ file, server }) {
      if (!file.endsWith(".wgsl")) return undefined;
      const modules = BUNDLES.flatMap(name => server.moduleGraph.getModuleById(`\0${idOf(name)}`) ?? []);
      return modules.length > 0 ? modules : undefined;
    },
  };
}
