/** What can be written to, and pointed to. */
import type { Expr } from "./autodiff/tree.ts";

/** The variable that an expression is a part of, if it can be written to or pointed to. */
export function rootOf(e: Expr): Expr | undefined {
  if (e.kind === "name" || e.kind === "deref") return e;
  if (e.kind === "member" || e.kind === "index") return rootOf(e.a);
  if (e.kind === "swizzle" && e.components.length === 1) return rootOf(e.a);
  return undefined;
}

export const isWritable = (e: Expr): boolean => {
  const root = rootOf(e);
  return root?.kind === "deref" || (root?.kind === "name" && root.variable.kind === "var");
};

/** The place does not move: all indices are constant. */
export function isFixed(e: Expr): boolean {
  if (e.kind === "member" || e.kind === "swizzle") return isFixed(e.a);
  if (e.kind === "index") return e.index.kind === "literal" && isFixed(e.a);
  return true;
}
