/** Which options and fields go with which kind of model. */

import { readFileSync } from "node:fs";
import type { Arguments } from "../arguments.ts";
import { COMMANDS } from "../command_table.ts";
import { UsageError } from "../exit_codes.ts";
import { knownFields, type ModelKind } from "../fields.ts";
import type { CallName } from "../job.ts";
import { NONLINEAR_OPTIONS, PARTICLE_OPTIONS } from "./nonlinear_options.ts";

const MOMENTS: readonly ModelKind[] = ["linear-gaussian", "nonlinear"];
const WITH_COVARIANCES: readonly ModelKind[] = [...MOMENTS, "particles"];

/** The kinds of models for which an option means something, where it is not all; --covariances goes with moments. */
const FOR: Readonly<Record<string, readonly ModelKind[]>> = {
  refine: MOMENTS,
  covariances: WITH_COVARIANCES,
  form: ["linear-gaussian"],
  likelihood: ["linear-gaussian"],
  "burn-in": ["linear-gaussian"],
  lag: ["hmm"],
  transitions: ["hmm"],
  seed: ["particles"],
  wgsl: ["nonlinear", "particles"],
  ...Object.fromEntries(PARTICLE_OPTIONS.map(name => [name, ["particles"] as const])),
  ...Object.fromEntries(NONLINEAR_OPTIONS.map(name => [name, ["nonlinear"] as const])),
};

/** Options that mean something for every kind in some commands. */
const EVERYWHERE: Readonly<Partial<Record<CallName, readonly string[]>>> = {
  forecast: ["covariances"],
  sample: ["seed"],
  simulate: ["seed"],
};

const NAMES: Readonly<Record<ModelKind, string>> = {
  "linear-gaussian": "a linear Gaussian model",
  nonlinear: "a nonlinear model",
  particles: "a nonlinear model with --particles",
  hmm: "a hidden Markov model",
  recurrence: "a recurrence",
};

const KINDS: Readonly<Record<string, ModelKind>> = {
  hmm: "hmm",
  "nonlinear-gaussian": "nonlinear",
  "generalized-gaussian": "nonlinear",
  recurrence: "recurrence",
};

/** What a model document says it is, and what the options make of it; whatever is wrong with it, its reader says. */
export function modelKind(options: Arguments["options"]): ModelKind {
  try {
    const kind = KINDS[JSON.parse(readFileSync(options.model as string, "utf8"))?.type] ?? "linear-gaussian";
    return kind === "nonlinear" && options.particles !== undefined ? "particles" : kind;
  } catch {
    return "linear-gaussian";
  }
}

/** @throws UsageError for a command or an option that is not for such a model */
export function checkKind(call: CallName, options: Arguments["options"], kind: ModelKind): void {
  if (knownFields(call, kind).length === 0) {
    if (kind === "particles") {
      const expected =
        "--particles expected nothing for this command, got it. Leave it out, or use filter, smooth, loglik or sample.";
      throw new UsageError(`${call}: ${expected}`);
    }
    if (kind === "recurrence") {
      const expected = "a model of observations, got a recurrence, which has none. Use evaluate or lyapunov.";
      throw new UsageError(`${call}: --model expected ${expected}`);
    }
    const wanted = call === "decode" ? 'of type "hmm"' : "of components";
    const got = kind === "hmm" ? "smooth or decode" : "smooth";
    throw new UsageError(
      `${call}: --model expected a document ${wanted}, got one of ${NAMES[kind]}. For such a model, use ${got}.`,
    );
  }
  for (const [name, kinds] of Object.entries(FOR)) {
    const value = options[name];
    if (kinds.includes(kind)) continue;
    // Forecasts of any model have covariances, draws of any model a seed.
    if (value === undefined || EVERYWHERE[call]?.includes(name)) continue;
    if (value === COMMANDS[call]?.[name]?.choices?.[0]) continue;
    throw new UsageError(
      `${call}: --${name} expected nothing for ${NAMES[kind]}, got ${String(value)}. Leave it out.`,
    );
  }
}
