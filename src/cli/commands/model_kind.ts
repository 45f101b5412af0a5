/** Which options and fields go with which kind of model. */

import { readFileSync } from "node:fs";
import type { Arguments } from "../arguments.ts";
import { COMMANDS } from "../command_table.ts";
import { UsageError } from "../exit_codes.ts";
import { knownFields, type ModelKind } from "../fields.ts";
import type { CallName } from "../job.ts";
import { NONLINEAR_OPTIONS } from "./nonlinear_options.ts";

const MOMENTS: readonly ModelKind[] = ["linear-gaussian", "nonlinear"];

/** The kinds of models for which an option means something, where it is not all; --covariances goes with moments. */
const FOR: Readonly<Record<string, readonly ModelKind[]>> = {
  refine: MOMENTS,
  covariances: MOMENTS,
  form: ["linear-gaussian"],
  likelihood: ["linear-gaussian"],
  "burn-in": ["linear-gaussian"],
  lag: ["hmm"],
  transitions: ["hmm"],
  wgsl: ["nonlinear"],
  ...Object.fromEntries(NONLINEAR_OPTIONS.map(name => [name, ["nonlinear"] as const])),
};

const NAMES: Readonly<Record<ModelKind, string>> = {
  "linear-gaussian": "a linear Gaussian model",
  nonlinear: "a nonlinear model",
  hmm: "a hidden Markov model",
};

const KINDS: Readonly<Record<string, ModelKind>> = {
  hmm: "hmm",
  "nonlinear-gaussian": "nonlinear",
  "generalized-gaussian": "nonlinear",
};

/** What a model document says it is; whatever is wrong with it, its reader says. */
export function modelKind(path: string): ModelKind {
  try {
    return KINDS[JSON.parse(readFileSync(path, "utf8"))?.type] ?? "linear-gaussian";
  } catch {
    return "linear-gaussian";
  }
}

/** @throws UsageError for a command or an option that is not for such a model */
export function checkKind(call: CallName, options: Arguments["options"], kind: ModelKind): void {
  if (knownFields(call, kind).length === 0) {
    const wanted = call === "decode" ? 'of type "hmm"' : "of components";
    const got = kind === "hmm" ? "smooth or decode" : "smooth";
    throw new UsageError(
      `${call}: --model expected a document ${wanted}, got one of ${NAMES[kind]}. For such a model, use ${got}.`,
    );
  }
  for (const [name, kinds] of Object.entries(FOR)) {
    const value = options[name];
    if (kinds.includes(kind)) continue;
    // Forecasts of any model have covariances.
    if (value === undefined || (name === "covariances" && call === "forecast")) continue;
    if (value === COMMANDS[call]?.[name]?.choices?.[0]) continue;
    throw new UsageError(
      `${call}: --${name} expected nothing for ${NAMES[kind]}, got ${String(value)}. Leave it out.`,
    );
  }
}
