/**
 * The manifest: every kernel as assembled, reflected WGSL. The rows stand in rows.ts; the build (scripts/shaders)
 * assembles them and reads bindings and uniform offsets out of the WGSL itself, so neither is kept twice.
 */
import { BUNDLES, type BundleName, bundleOf, LANGUAGE_TEXT, snippetBundle } from "./bundles.ts";
import { type Splice, splice } from "./splice.ts";

export { type Splice, USER_TEXT } from "./splice.ts";

export interface BindingLayout {
  readonly binding: number;
  readonly name: string;
  readonly type: "uniform" | "read-only-storage" | "storage";
}

export interface UniformMember {
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly type: "u32" | "i32" | "f32";
}

export interface KernelSource {
  readonly name: string;
  /** Assembled WGSL; `#for` loops and constants are filled in by the engine. */
  readonly code: string;
  readonly files: readonly string[];
  /** For each line of code: index into files, line number from 1. */
  readonly lines: readonly (readonly [number, number])[];
  readonly bindings: readonly BindingLayout[];
  readonly uniforms: readonly UniformMember[];
  readonly uniformBytes: number;
  readonly overrides: readonly string[];
  /** Folder of the snippets of which it needs one; absent: it is whole as it is. */
  readonly splice?: string;
}

/** A text that kernels take in when they are made; `path` is under shaders/. */
export interface Snippet extends Pick<KernelSource, "code" | "files" | "lines"> {
  readonly path: string;
}

/** What the build ships, one per entry of BUNDLES: every line of WGSL once, with its file and number; kernels are ranges of lines. */
export interface KernelBundle {
  readonly files: readonly string[];
  /** The lines, joined. */
  readonly text: string;
  /** Of each line: its number less that of the one before, or where it goes on elsewhere index into files and number. */
  readonly origins: readonly (number | readonly [file: number, line: number])[];
  /** ranges: first line, number of lines, first line, … */
  /** Many kernels are laid out alike. */
  readonly layouts: readonly Pick<KernelSource, "bindings" | "uniforms" | "uniformBytes" | "overrides">[];
  readonly kernels: readonly (Pick<KernelSource, "name" | "splice"> & {
    /** Index into layouts. */
    readonly layout: number;
    readonly ranges: readonly number[];
  })[];
  readonly snippets: readonly { readonly path: string; readonly ranges: readonly number[] }[];
}

/** Each is a file of its own in builds that have several. */
const IMPORTS: Readonly<Record<BundleName, () => Promise<{ readonly bundle: KernelBundle }>>> = {
  linear_gaussian: () => import("virtual:statescan-shaders/kernels_linear_gaussian"),
  hidden_markov: () => import("virtual:statescan-shaders/kernels_hidden_markov"),
  particles: () => import("virtual:statescan-shaders/kernels_particles"),
  recurrences: () => import("virtual:statescan-shaders/kernels_recurrences"),
  language: () => import("virtual:statescan-shaders/kernels_language"),
};
const bundles = new Map<BundleName, LoadedBundle>();
const unpacked = new Map<string, KernelSource>();

interface LoadedBundle extends KernelBundle {
  readonly lines: readonly (readonly [file: number, line: number, text: string])[];
}

function withLines(bundle: KernelBundle): LoadedBundle {
  let [file, line] = [0, 0];
  const lines = bundle.text.split("\n").map((text, at) => {
    const origin = bundle.origins[at]!;
    if (typeof origin === "number") line += origin;
    else [file, line] = origin;
    return [file, line, text] as const;
  });
  return { ...bundle, lines };
}

/** Loads the bundle of a kernel, without a name all; kernelSource() and the rest can be called then. */
export const loadKernels = (name?: string): Promise<void> =>
  loadBundles(name === undefined ? BUNDLES : [bundleOf(name)]);

async function loadBundles(names: readonly BundleName[]): Promise<void> {
  const missing = names.filter(one => !bundles.has(one));
  if (missing.length === 0) return;
  await Promise.all(missing.map(async one => bundles.set(one, withLines((await IMPORTS[one]()).bundle))));
}

/** The functions that models written as expressions may call. */
export async function languageText(): Promise<string> {
  await loadBundles(["language"]);
  return snippet(LANGUAGE_TEXT, "language").code;
}

/** @throws Error before loadKernels() */
function loaded(name: BundleName): LoadedBundle {
  const bundle = bundles.get(name);
  if (!bundle) throw new Error(`kernelSource: loadKernels() expected before, got no kernels of ${name}.`);
  return bundle;
}

/**
 * @param given what to put behind a kernel that has a place for it
 * @throws Error if there is no kernel or snippet of this name, or the kernel needs a text and gets none
 */
export function kernelSource(name: string, given?: Splice): KernelSource {
  let source = unpacked.get(name);
  if (!source) {
    const bundle = loaded(bundleOf(name));
    const kernel = bundle.kernels.find(k => k.name === name);
    if (!kernel) {
      const names = bundle.kernels.map(k => k.name).join(", ");
      throw new Error(`kernelSource: name expected one of ${names}, got ${name}.`);
    }
    const { ranges, layout, ...rest } = kernel;
    source = { ...rest, ...bundle.layouts[layout]!, ...unpack(bundle, ranges) };
    unpacked.set(name, source);
  }
  return given === undefined && source.splice === undefined
    ? source
    : splice(source, given, path => snippet(path, bundleOf(name)));
}

/** @throws Error if there is no snippet at this path. */
function snippet(path: string, name: BundleName): Snippet {
  const bundle = loaded(name);
  const found = bundle.snippets.find(s => s.path === path);
  if (!found) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    throw new Error(
      `kernelSource: a file of shaders/${folder} expected (${snippetStems(folder).join(", ")}), got ${path}.`,
    );
  }
  return { path, ...unpack(bundle, found.ranges) };
}

function unpack(
  bundle: LoadedBundle,
  ranges: readonly number[],
): Pick<KernelSource, "code" | "files" | "lines"> {
  const text: string[] = [];
  const lines: [number, number][] = [];
  for (let at = 0; at < ranges.length; at += 2) {
    for (const [file, line, code] of bundle.lines.slice(ranges[at], ranges[at]! + ranges[at + 1]!)) {
      text.push(code);
      lines.push([file, line]);
    }
  }
  return { code: text.join("\n"), files: bundle.files, lines };
}

/** Stems of the snippets of a folder under shaders/. */
export const snippetStems = (folder: string): readonly string[] =>
  loaded(snippetBundle(folder))
    .snippets.filter(s => s.path.startsWith(`${folder}/`))
    .map(s => s.path.slice(folder.length + 1, -5));

export const kernelNames = (): readonly string[] =>
  BUNDLES.flatMap(name => loaded(name).kernels.map(kernel => kernel.name));

// In the dev server an edited .wgsl file replaces its kernels; pipelines are cached by their text, so the next call compiles anew.
if (import.meta.hot) {
  const replace = (name: BundleName, module: unknown) => {
    if (!module) return;
    bundles.set(name, withLines((module as { bundle: KernelBundle }).bundle));
    unpacked.clear();
  };
  import.meta.hot.accept("virtual:statescan-shaders/kernels_linear_gaussian", module =>
    replace("linear_gaussian", module),
  );
  import.meta.hot.accept("virtual:statescan-shaders/kernels_hidden_markov", module =>
    replace("hidden_markov", module),
  );
  import.meta.hot.accept("virtual:statescan-shaders/kernels_recurrences", module =>
    replace("recurrences", module),
  );
  import.meta.hot.accept("virtual:statescan-shaders/kernels_particles", module =>
    replace("particles", module),
  );
  import.meta.hot.accept("virtual:statescan-shaders/kernels_language", module => replace("language", module));
}
