/** Ways through statements. */
import type { Stmt } from "./autodiff/tree.ts";

/** The end of the statements is never reached. */
export function returns(body: readonly Stmt[]): boolean {
  return body.some(s => {
    if (s.kind === "return") return true;
    if (s.kind === "block") return returns(s.body);
    if (s.kind === "if") return returns(s.whenTrue) && returns(s.otherwise);
    if (s.kind === "loop") return s.breakIf === null && !breaks(s.body);
    if (s.kind === "for") return s.condition === null && !breaks(s.body);
    if (s.kind === "switch") return s.cases.every(c => returns(c.body) && !breaks(c.body));
    return false;
  });
}

/** Leaves the loop or switch around it. */
export function breaks(body: readonly Stmt[]): boolean {
  return body.some(s => {
    if (s.kind === "break") return true;
    if (s.kind === "block") return breaks(s.body);
    return s.kind === "if" && (breaks(s.whenTrue) || breaks(s.otherwise));
  });
}
