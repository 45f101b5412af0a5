/** Which options and fields go with which kind of model. */

import { readFileSync } from "node:fs";
import type { Arguments } from "../arguments.ts";
import { COMMANDS } from "../command_table.ts";
import { UsageError } from "../exit_codes.ts";
import { knownFields, type ModelKind } from "../fields.ts";
import type { CallName } from "../job.ts";

/** Options that mean something for one kind of model only; --covariances goes with moments. */
const ONLY: Readonly<Record<ModelKind, readonly string[]>> = {
  "linear-gaussian": ["refine", "form", "likelihood", "burn-in", "covariances"],
  hmm: ["lag", "transitions"],
};

const NAMES: Readonly<Record<ModelKind, string>> = {
  "linear-gaussian": "a linear Gaussian model",
  hmm: "a hidden Markov model",
};

/** What a model document says it is; whatever is wrong with it, its reader says. */
export function modelKind(path: string): ModelKind {
  try {
    return JSON.parse(readFileSync(path, "utf8"))?.type === "hmm" ? "hmm" : "linear-gaussian";
  } catch {
    return "linear-gaussian";
  }
}

/** @throws UsageError for a command or an option that is not for such a model */
export function checkKind(call: CallName, options: Arguments["options"], kind: ModelKind): void {
  if (knownFields(call, kind).length === 0) {
    const [wanted, got] =
      kind === "hmm" ? ["of components", "smooth or decode"] : ['of type "hmm"', "smooth"];
    throw new UsageError(
      `${call}: --model expected a document ${wanted}, got one of ${NAMES[kind]}. For such a model, use ${got}.`,
    );
  }
  const other = kind === "hmm" ? "linear-gaussian" : "hmm";
  for (const name of ONLY[other]) {
    const value = options[name];
    // Forecasts of any model have covariances.
    if (value === undefined || (name === "covariances" && call === "forecast")) continue;
    if (value === COMMANDS[call]?.[name]?.choices?.[0]) continue;
    throw new UsageError(
      `${call}: --${name} expected nothing for ${NAMES[kind]}, got ${String(value)}. Leave it out.`,
    );
  }
}
