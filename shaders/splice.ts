/**
 * Puts a text behind a kernel when the kernel is made: a snippet of shaders/ by its stem, or WGSL that a user wrote.
 * All snippets of a folder declare the same functions and no bindings, so the layout read at build time holds for each.
 */
import type { KernelSource, Snippet } from "./manifest.ts";

/**
 * A file of the kernel's folder of snippets by its stem, the text of one, or a text made of such files and of others, which are named by
 * their path under shaders/.
 */
export type Splice =
  | { readonly stem: string }
  | { readonly source: string }
  | { readonly compose: (snippet: (name: string) => string) => string };

/** What stands for a file name in the origin of a user's own lines. */
export const USER_TEXT = "the given WGSL";

/**
 * The kernel with the text behind it. Every line keeps its file and number; a user's text is taken as it is, so its line
 * numbers are the user's own; where it gives a density of one word, what makes two of it stands before it. Files that the kernel
 * has already are not put in twice.
 * @throws Error if the kernel has no place for a text, or needs one and gets none
 */
export function splice(
  kernel: KernelSource,
  given: Splice | undefined,
  snippet: (path: string) => Snippet,
): KernelSource {
  if (kernel.splice === undefined || given === undefined)
    throw new Error(
      `${kernel.name}: ${kernel.splice ? `a text of shaders/${kernel.splice}` : "no text to put in"} expected, got ${given ? "one" : "none"}.`,
    );
  const file = (name: string): Snippet =>
    snippet(name.endsWith(".wgsl") ? name : `${kernel.splice}/${name}.wgsl`);
  if (!("stem" in given)) {
    const source = "source" in given ? given.source : given.compose(name => file(name).code);
    const text = source.split(/\r?\n/);
    const whole = kernel.splice !== "emissions" || /\bfn\s+emission_nats\s*\(/.test(source);
    return join(whole ? kernel : join(kernel, file("one_word")), {
      path: USER_TEXT,
      code: text.join("\n"),
      files: [USER_TEXT],
      lines: text.map((_, index) => [0, index + 1] as const),
    });
  }
  return join(kernel, file(given.stem));
}

function join(kernel: KernelSource, { code, files: own, lines: origins }: Snippet): KernelSource {
  const had = new Set(kernel.lines.map(([file]) => kernel.files[file]));
  const files = [...kernel.files];
  const text = [kernel.code];
  const lines = [...kernel.lines];
  code.split("\n").forEach((line, at) => {
    const [file, number] = origins[at]!;
    const path = own[file]!;
    if (had.has(path)) return;
    if (!files.includes(path)) files.push(path);
    text.push(line);
    lines.push([files.indexOf(path), number]);
  });
  return { ...kernel, code: text.join("\n"), files, lines };
}
