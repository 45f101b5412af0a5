/** An expression as it was read, whoever read it: mathjs for models of functions, a small parser for densities. */

/** Characters of the text, from 0. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Tree = {
  /** Absent where it is not known. */
  readonly span?: Span;
} & (
  | { readonly kind: "number"; readonly value: number }
  /** unit: it stands right after a number, as a unit would. */
  | { readonly kind: "name"; readonly name: string; readonly unit?: boolean }
  /** A function by its name, or an operator by its sign: "+", ".*", "negate", "not", "?:", "transpose". */
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Tree[] }
  | { readonly kind: "list"; readonly items: readonly Tree[] }
  | { readonly kind: "index"; readonly of: Tree; readonly at: readonly Tree[] }
  | { readonly kind: "assign"; readonly name: string; readonly value: Tree }
  /** The value is that of the last. */
  | { readonly kind: "block"; readonly items: readonly Tree[] }
);

const childrenOf = (tree: Tree): readonly Tree[] => {
  if (tree.kind === "call") return tree.args;
  if (tree.kind === "list" || tree.kind === "block") return tree.items;
  if (tree.kind === "index") return [tree.of, ...tree.at];
  return tree.kind === "assign" ? [tree.value] : [];
};

/**
 * What leave makes of the root, given what it made of its parts; parts from left to right. A sum of thousands of terms is a tree that
 * deep, so nothing here calls itself.
 * @param enter sees a tree before its parts
 */
export function foldTree<T>(
  root: Tree,
  enter: (tree: Tree) => void,
  leave: (tree: Tree, parts: readonly T[]) => T,
): T {
  const open = [{ tree: root, children: childrenOf(root), parts: [] as T[] }];
  enter(root);
  for (;;) {
    const { tree, children, parts } = open.at(-1)!;
    const child = children[parts.length];
    if (child !== undefined) {
      enter(child);
      open.push({ tree: child, children: childrenOf(child), parts: [] });
      continue;
    }
    const made = leave(tree, parts);
    open.pop();
    const above = open.at(-1);
    if (above === undefined) return made;
    above.parts.push(made);
  }
}

/** What is wrong with an expression and where, before it is put into words. */
export class LanguageFault extends Error {
  readonly expected: string;
  readonly got: string;
  readonly fix: string;
  readonly span?: Span;
  constructor(expected: string, got: string, fix: string, span?: Span) {
    super(`expected ${expected}, got ${got}. ${fix}`);
    this.expected = expected;
    this.got = got;
    this.fix = fix;
    this.span = span;
  }
}

/** From the first to the last that is known. */
export function spanOf(trees: readonly { readonly span?: Span }[]): Span | undefined {
  const known = trees.flatMap(({ span }) => span ?? []);
  if (known.length === 0) return undefined;
  return {
    start: Math.min(...known.map(({ start }) => start)),
    end: Math.max(...known.map(({ end }) => end)),
  };
}
