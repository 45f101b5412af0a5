/**
 * The shader assembly step, run at build time: turns one kernel row (a skeleton and its elements) into one WGSL text.
 *
 *   #import "path"                   the text of shaders/path, once per kernel
 *   #import NAME                     the same, the path given by the kernel row
 *   #instantiate "path" A=x B=y      the text of shaders/path with the words A, B replaced, each time
 *   #ifdef NAME / #ifndef / #else / #endif
 *
 * `#for i in a .. b` … `#end` stays: the engine expands it when STATE_DIM and friends are known (src/engine/specialise.ts).
 * Every output line remembers the file and line it came from, so shader errors point at what a person wrote.
 */

/** One row of the manifest before assembly. */
export interface KernelRow {
  /** Kernel name = GPU label; one grep finds it. */
  readonly name: string;
  /** Skeleton file under shaders/. */
  readonly file: string;
  /** Files for `#import NAME`. */
  readonly imports?: Readonly<Record<string, string>>;
  readonly defines?: readonly string[];
  /** Folder under shaders/ of the texts that are put behind this one when the kernel is made (shaders/splice.ts). */
  readonly splice?: string;
}

export interface Assembled {
  readonly code: string;
  /** Source files in order of first use. */
  readonly files: readonly string[];
  /** For each line of code: index into files, and line number from 1. */
  readonly lines: readonly (readonly [number, number])[];
}

/** Assembles one kernel; `read` returns the text of a file under shaders/. Throws with file and line on a bad directive. */
export function assemble(row: KernelRow, read: (path: string) => string): Assembled {
  const files: string[] = [];
  const out: string[] = [];
  const lines: (readonly [number, number])[] = [];
  const imported = new Set<string>();
  const defines = new Set(row.defines ?? []);

  const include = (path: string, words: ReadonlyMap<string, string>): void => {
    let file = files.indexOf(path);
    if (file < 0) file = files.push(path) - 1;
    /** One entry per open #ifdef: is this branch taken? */
    const branches: boolean[] = [];
    const text = read(path).replace(/\n$/, "").split("\n");
    text.forEach((line, index) => {
      const at = `${path}:${index + 1}`;
      const directive = /^\s*#(\w+)\s*(.*?)\s*(?:\/\/.*)?$/.exec(line);
      const taken = branches.every(Boolean);
      if (!directive || directive[1] === "for" || directive[1] === "end") {
        if (taken) {
          out.push(
            words.size === 0 ? line : line.replace(/\b[A-Z][A-Z0-9_]*\b/g, word => words.get(word) ?? word),
          );
          lines.push([file, index + 1]);
        }
        return;
      }
      const [, name, rest] = directive;
      if (name === "ifdef") branches.push(defines.has(rest!));
      else if (name === "ifndef") branches.push(!defines.has(rest!));
      else if (name === "else" && branches.length > 0) branches.push(!branches.pop());
      else if (name === "endif" && branches.length > 0) branches.pop();
      else if (name === "import") {
        if (!taken) return;
        const target = rest!.startsWith('"') ? rest!.slice(1, -1) : row.imports?.[rest!];
        if (target === undefined)
          throw new Error(`${at}: #import ${rest} expected a path from row ${row.name}, got none.`);
        if (!imported.has(target)) {
          imported.add(target);
          include(target, new Map());
        }
      } else if (name === "instantiate") {
        if (!taken) return;
        const parts = /^"([^"]+)"\s*(.*)$/.exec(rest!);
        if (!parts) throw new Error(`${at}: #instantiate expected "path" NAME=value …, got ${rest}.`);
        include(parts[1]!, new Map(parts[2]!.split(/\s+/).map(pair => pair.split("=") as [string, string])));
      } else throw new Error(`${at}: expected a known directive, got #${name}.`);
    });
    if (branches.length > 0) throw new Error(`${path}: #ifdef without #endif.`);
  };

  include(row.file, new Map());
  return { code: out.join("\n"), files, lines };
}
