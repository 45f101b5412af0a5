import { Engine, ParameterError } from "../engine/index.ts";
import { checkKeys, say, valueText } from "../models/index.ts";
import type { InferenceOptions } from "./types.ts";

const KNOWN: readonly (keyof InferenceOptions)[] = [
  "inputs",
  "mask",
  "method",
  "backend",
  "engine",
  "dtype",
  "outputs",
  "form",
  "smoother",
  "refine",
  "signal",
  "onProgress",
  "throwOnFailure",
  "memoryLimit",
  "likelihood",
  "burnIn",
  "chunkLength",
];

const CHOICES = {
  method: ["auto", "parallel", "sequential"],
  backend: ["auto", "webgpu", "cpu"],
  dtype: ["float64", "float32"],
  form: ["auto", "timeInvariant", "squareRoot", "covariance"],
  smoother: ["auto", "rts", "twoFilter"],
  refine: ["auto", "always", "never"],
  likelihood: ["exact", "diffuseOmitted", "burn"],
  results: ["host", "gpu"],
} as const;

/**
 * Checks every option before any work.
 * @param add options of this call alone, which it checks itself; drop: options it does not take
 * @throws ParameterError naming the option and, for an unknown one, the nearest known
 */
export function checkOptions(
  call: string,
  options: InferenceOptions,
  { add = [], drop = [] }: { readonly add?: readonly string[]; readonly drop?: readonly string[] } = {},
): void {
  const known = KNOWN.filter(key => !drop.includes(key));
  checkKeys(call, "options.", options, [...known, ...resultsKey(call, options, drop), ...add]);
  checkChoices(call, options);
  if (options.form === "timeInvariant" && options.smoother === "twoFilter")
    refuseOption(call, "smoother", '"auto" or "rts" with form "timeInvariant"', options.smoother);
  checkCommonOptions(call, options, ["predicted", "crossCovariances"]);
  checkResults(call, options);
  const { burnIn } = options;
  if (burnIn !== undefined && !(Number.isInteger(burnIn) && burnIn >= 0)) {
    refuseOption(call, "burnIn", "a whole number of steps ≥ 0", burnIn);
  }
}

/** @throws ParameterError for a value that is none of an option's words */
export function checkChoices(call: string, options: object): void {
  for (const [key, choices] of Object.entries(CHOICES)) {
    const value = (options as Record<string, unknown>)[key];
    if (value !== undefined && !(choices as readonly unknown[]).includes(value)) {
      refuseOption(call, key, choices.map(choice => `"${choice}"`).join(", "), value);
    }
  }
}

/** Calls that may leave their results on the GPU. */
const LEAVING = ["filter", "smooth"];

/** The key of the option `results`, for calls that take it. @throws ParameterError where another call is given it */
export function resultsKey(call: string, options: object, drop: readonly string[] = []): readonly string[] {
  if (LEAVING.includes(call) && !drop.includes("results")) return ["results"];
  const { results } = (options ?? {}) as Record<string, unknown>;
  if (results === undefined) return [];
  const fix =
    "Leave it out: filter() and smooth() of linear Gaussian and hidden Markov models alone leave results on the GPU.";
  throw new ParameterError(say(call, "options.results", "nothing for this call", valueText(results), fix));
}

/** @throws ParameterError where other options do not go with results that stay on the GPU */
export function checkResults(call: string, options: object): void {
  const { results, backend, outputs, transitions } = options as Record<string, unknown>;
  if (results !== "gpu") return;
  if (backend === "cpu") refuseOption(call, "backend", '"webgpu" or "auto" with results "gpu"', backend);
  for (const group of (outputs ?? []) as readonly unknown[])
    if (group !== "predicted") refuseOption(call, "outputs", '"predicted" or none with results "gpu"', group);
  if (transitions !== undefined) refuseOption(call, "transitions", 'nothing with results "gpu"', transitions);
}

/** Checks the options that calls on all models share. @param groups of fields that outputs may name */
export function checkCommonOptions(call: string, options: object, groups: readonly string[]): void {
  const { outputs, signal, onProgress, throwOnFailure, memoryLimit, chunkLength, engine } = options as Record<
    string,
    unknown
  >;
  if (outputs !== undefined) {
    if (!Array.isArray(outputs))
      refuseOption(call, "outputs", `an array of "${groups.join('", "')}"`, outputs);
    for (const group of outputs as unknown[])
      if (!groups.includes(group as string)) refuseOption(call, "outputs", `"${groups.join('", "')}"`, group);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal))
    refuseOption(call, "signal", "an AbortSignal", signal);
  if (onProgress !== undefined && typeof onProgress !== "function")
    refuseOption(call, "onProgress", "a function", onProgress);
  if (throwOnFailure !== undefined && typeof throwOnFailure !== "boolean") {
    refuseOption(call, "throwOnFailure", "true or false", throwOnFailure);
  }
  if (memoryLimit !== undefined && !(typeof memoryLimit === "number" && memoryLimit > 0)) {
    refuseOption(call, "memoryLimit", "a number of bytes above 0", memoryLimit);
  }
  if (chunkLength !== undefined && !(Number.isInteger(chunkLength) && (chunkLength as number) >= 1)) {
    refuseOption(call, "chunkLength", "a whole number ≥ 1", chunkLength);
  }
  if (engine !== undefined && !(engine instanceof Engine)) {
    refuseOption(call, "engine", "an Engine from createEngine()", engine);
  }
}

/** @throws ParameterError unless the option is left out or a whole number from `least` on */
export function checkWhole(call: string, key: string, value: unknown, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= least)) return;
  const most = Number.MAX_SAFE_INTEGER;
  const range =
    Number.isInteger(value) && (value as number) > most ? `from ${least} to ${most}` : `≥ ${least}`;
  refuseOption(call, key, `a whole number ${range}`, value);
}

/** @throws ParameterError unless the option is left out or a probability strictly between 0 and 1 */
export function checkLevel(call: string, value: unknown): void {
  if (value === undefined || (typeof value === "number" && value > 0 && value < 1)) return;
  refuseOption(call, "level", "a probability between 0 and 1", value);
}

/** @throws ParameterError about an option */
export function refuseOption(call: string, key: string, expected: string, got: unknown): never {
  throw new ParameterError(
    say(call, `options.${key}`, expected, valueText(got), "Correct the option or leave it out."),
  );
}
