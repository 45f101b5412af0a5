/** The options of a command that need no file to be checked. */

import { type Stats, statSync } from "node:fs";
import { nearestKey } from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import { UsageError } from "../exit_codes.ts";
import { type CovarianceForm, fieldLabel, knownFields, type ModelKind, wantedFields } from "../fields.ts";
import type { Call, CallName, JobHeader } from "../job.ts";
import { checkKind, modelKind } from "./model_kind.ts";
import { scenarioFiles } from "./read_future.ts";

type Options = Arguments["options"];

/**
 * Labels of the result fields the options ask for; also checks the options that need no file.
 * @throws UsageError
 */
export function checkOptions(call: Call, options: Options): string[] {
  requireFiles(call, options, ["model", "data"]);
  const kind = modelKind(options);
  checkKind(call, options, kind);
  const own = fieldLabels(call, options, kind);
  const names = call === "forecast" ? scenarioFiles(call, options).map(({ name }) => name) : [];
  const labels = [own, ...names.map(name => own.map(label => `scenarios/${name}/${label}`))].flat();
  ownOptions(call, options);
  checkTable(call, options);
  if (call === "decompose" && String(options.out).toLowerCase().endsWith(".npy")) {
    throw new UsageError(
      `${call}: --out expected a file that holds several arrays, got ${options.out}. Name a .npz file.`,
    );
  }
  const files = options.data as string[];
  const inputs = options.inputs as string[] | undefined;
  if (inputs && inputs.length !== files.length) {
    throw new UsageError(
      `${call}: --inputs expected as many files as --data (${files.length}), got ${inputs.length}. Give one for each.`,
    );
  }
  checkBackend(call, options);
  const future = call === "forecast" ? scenarioFiles(call, options).map(({ path }) => path) : [];
  if (options["future-inputs"] !== undefined) future.push(options["future-inputs"] as string);
  const data = [...files, ...(inputs ?? []), ...future];
  checkStandardInput(call, data);
  keepOutput(call, options, [options.model as string, ...data]);
  return labels;
}

/** @throws UsageError for an adapter where none is used */
export function checkBackend(call: CallName, { backend, gpu }: Options): void {
  if (backend !== "cpu" || gpu === "auto") return;
  throw new UsageError(
    `${call}: --gpu expected auto with --backend cpu, got ${gpu}. Leave one of the two out.`,
  );
}

/** @throws UsageError where several files are standard input */
export function checkStandardInput(call: CallName, files: readonly string[]): void {
  if (files.filter(path => path === "-").length < 2) return;
  throw new UsageError(`${call}: "-" expected once, got it twice. Standard input can be read only once.`);
}

/** @throws UsageError for the first of these options that is not there */
export function requireFiles(call: CallName, options: Options, names: readonly string[]): void {
  for (const name of names) {
    if (options[name] === undefined) {
      throw new UsageError(`${call}: --${name} expected a file, got nothing. See statescan help ${call}.`);
    }
  }
}

/** Whether a file is a table, by its name. */
export const isTable = (path: string): boolean => /\.(csv|tsv)$/i.test(path);

/** @throws UsageError where --fields names a field without rows of steps and --out a table */
function checkTable(call: Call, options: Options): void {
  const name = "expectedTransitions";
  if (
    !isTable(String(options.out)) ||
    options.transitions === "steps" ||
    !listOf(options.fields)?.includes(name)
  )
    return;
  throw new UsageError(
    `${call}: --out expected a file ending in .json, .npy or .npz for ${name}, one matrix for all steps, got ${options.out}. ` +
      "Choose one of these suffixes, or --transitions steps.",
  );
}

/** Labels of the fields chosen by --fields and --covariances. */
export function fieldLabels(call: CallName, options: Options, kind: ModelKind): string[] {
  const form = covarianceForm(options);
  const known = knownFields(call, kind);
  const fields = listOf(options.fields)?.map(name => {
    if (known.includes(name)) return name;
    const near = nearestKey(name, known);
    throw new UsageError(
      `${call}: --fields expected ${known.join(", ")}, got "${name}". ` +
        (near ? `Did you mean "${near}"?` : "Choose from these."),
    );
  });
  const lag = call === "smooth" ? wholeOption(call, options, "lag", 0) : undefined;
  const labels = wantedFields({ call, covariances: form, fields, kind, lag }).map(name =>
    fieldLabel(name, form),
  );
  if (labels.length > 0) return labels;
  if (lag !== undefined && fields?.includes("expectedTransitions")) {
    throw new UsageError(
      `${call}: --fields expected no expectedTransitions with --lag, got them. Leave one of the two out.`,
    );
  }
  throw new UsageError(
    `${call}: --fields ${String(options.fields)} expected a field that --covariances ${form} leaves, got none. ` +
      "Use --covariances full.",
  );
}

export const covarianceForm = (options: Options): CovarianceForm =>
  (options.covariances as CovarianceForm | undefined) ?? "full";

/** @throws UsageError if --out names a file that is read */
export function keepOutput(call: CallName, options: Options, read: readonly string[]): void {
  const over = read.find(path => path !== "-" && isSameFile(path, options.out as string | undefined));
  if (over === undefined) return;
  throw new UsageError(
    `${call}: --out expected a file of its own, got ${options.out}, which is also read. Choose another name.`,
  );
}

/** The options of some calls alone, as their jobs take them. */
export function ownOptions(
  call: Call,
  options: Options,
): Pick<
  JobHeader,
  "steps" | "level" | "states" | "numSamples" | "seed" | "likelihood" | "burnIn" | "lag" | "transitions"
> {
  if (call === "sample") {
    return {
      numSamples: wholeOption(call, options, "samples", 1) ?? 1,
      seed: wholeOption(call, options, "seed", 0) ?? 0,
    };
  }
  if (call === "decompose")
    return { level: levelOption(call, options), states: options.states as JobHeader["states"] };
  if (call === "smooth") {
    const lag = wholeOption(call, options, "lag", 0);
    const transitions = options.transitions as JobHeader["transitions"];
    if (lag !== undefined && transitions !== undefined) {
      throw new UsageError(
        `${call}: --transitions expected nothing with --lag, got ${transitions}: with a lag there are no expected transitions. Leave one of the two out.`,
      );
    }
    return { ...likelihoodOptions(call, options), lag, transitions };
  }
  if (call !== "forecast") return likelihoodOptions(call, options);
  const steps = wholeOption(call, options, "steps", 1);
  if (steps === undefined) {
    throw new UsageError(
      `${call}: --steps expected the number of steps to forecast, got nothing. See statescan help ${call}.`,
    );
  }
  return { steps, level: levelOption(call, options) };
}

function levelOption(call: Call, options: Options): number {
  const level = options.level === undefined ? 0.95 : Number(options.level);
  if (!(level > 0 && level < 1)) {
    throw new UsageError(
      `${call}: --level expected a probability between 0 and 1, got "${options.level}". 0.95 leaves 1 in 20 outside.`,
    );
  }
  return level;
}

function likelihoodOptions(call: Call, options: Options): Pick<JobHeader, "likelihood" | "burnIn"> {
  const likelihood = options.likelihood as JobHeader["likelihood"];
  const burnIn = wholeOption(call, options, "burn-in", 0);
  if (burnIn === undefined || likelihood === "burn") return { likelihood, burnIn };
  throw new UsageError(
    `${call}: --burn-in expected only with --likelihood burn, got it with ${likelihood}. Leave one of the two out.`,
  );
}

/** @throws UsageError unless the option is left out or a whole number from `least` on */
export function wholeOption(
  call: CallName,
  options: Options,
  name: string,
  least: number,
): number | undefined {
  const text = options[name] as string | undefined;
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${call}: --${name} expected a whole number ≥ ${least}, got "${text}". Correct it.`);
}

function isSameFile(path: string, out: string | undefined): boolean {
  if (out === undefined) return false;
  const [a, b] = [path, out].map(name => statOf(name));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    // Whoever opens it says why.
    return undefined;
  }
}

/** The parts of a list with commas. */
export function listOf(option: Options[string]): string[] | undefined {
  if (typeof option !== "string") return undefined;
  return option
    .split(",")
    .map(part => part.trim())
    .filter(Boolean);
}
