/**
 * What hiddenMarkovModel() must know of a formula to refuse it at once. Compiling it takes the whole language, which is loaded by the
 * first call (load_compiler.ts).
 */
import {
  CONSTANTS,
  checkBranches,
  checkCount,
  checkKind,
  signatureOf,
  unknownFunction,
  unknownName,
} from "../../language/expressions/signatures.ts";
import { foldTree, LanguageFault, type Tree } from "../../language/expressions/tree.ts";

/**
 * @param names that may stand in the formula, beside constants
 * @param lengths how many y0 … and u0 … there are, for texts
 * @throws LanguageFault
 */
export function checkFormula(
  formula: Tree,
  names: { has(name: string): boolean; keys(): Iterable<string> },
  lengths: Readonly<Record<string, number>>,
): void {
  const check = (tree: Tree): void => {
    if (tree.kind === "name") {
      if (names.has(tree.name) || Object.hasOwn(CONSTANTS, tree.name)) return;
      throw unknownName(tree, names.keys(), lengths);
    }
    if (tree.kind !== "call") return;
    const { name, args, span } = tree;
    const signature = signatureOf(name);
    if (signature === undefined) throw unknownFunction(name, span);
    if (signature.arrays)
      throw new LanguageFault("functions of numbers", `"${name}"`, "Write entries.", span);
    checkCount(name, args.length, signature, span);
  };
  const isComparison = foldTree<boolean>(formula, check, (tree, truths) => {
    if (tree.kind !== "call") return false;
    const { name, args, span } = tree;
    const { takes, truth } = signatureOf(name)!;
    args.forEach((arg, i) => {
      checkKind(name, i, takes, truths[i], truths[i] ? "a comparison" : "a number", arg.span);
    });
    if (name !== "?:") return truth;
    checkBranches(truths[1], truths[2], span);
    return truths[1];
  });
  if (isComparison)
    throw new LanguageFault("a number", "a comparison", "Choose by it: c ? 1 : 0.", formula.span);
}
