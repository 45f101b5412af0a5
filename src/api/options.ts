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
  refine: ["auto", "always", "never"],
  likelihood: ["exact", "diffuseOmitted", "burn"],
} as const;

/**
 * Checks every option before any work.
 * @throws ParameterError naming the option and, for an unknown one, the nearest known
 */
export function checkOptions(call: string, options: InferenceOptions): void {
  checkKeys(call, "options.", options, KNOWN);
  for (const [key, choices] of Object.entries(CHOICES)) {
    const value = options[key as keyof typeof CHOICES];
    if (value !== undefined && !(choices as readonly string[]).includes(value)) {
      refuse(call, key, choices.map(choice => `"${choice}"`).join(", "), value);
    }
  }
  const { outputs, signal, onProgress, throwOnFailure, memoryLimit, chunkLength, burnIn, engine } = options;
  if (outputs !== undefined) {
    const groups = ["predicted", "crossCovariances"];
    if (!Array.isArray(outputs)) refuse(call, "outputs", `an array of "${groups.join('", "')}"`, outputs);
    for (const group of outputs)
      if (!groups.includes(group)) refuse(call, "outputs", `"${groups.join('", "')}"`, group);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal))
    refuse(call, "signal", "an AbortSignal", signal);
  if (onProgress !== undefined && typeof onProgress !== "function")
    refuse(call, "onProgress", "a function", onProgress);
  if (throwOnFailure !== undefined && typeof throwOnFailure !== "boolean") {
    refuse(call, "throwOnFailure", "true or false", throwOnFailure);
  }
  if (memoryLimit !== undefined && !(typeof memoryLimit === "number" && memoryLimit > 0)) {
    refuse(call, "memoryLimit", "a number of bytes above 0", memoryLimit);
  }
  if (chunkLength !== undefined && !(Number.isInteger(chunkLength) && chunkLength >= 1)) {
    refuse(call, "chunkLength", "a whole number ≥ 1", chunkLength);
  }
  if (burnIn !== undefined && !(Number.isInteger(burnIn) && burnIn >= 0)) {
    refuse(call, "burnIn", "a whole number of steps ≥ 0", burnIn);
  }
  if (engine !== undefined && !(engine instanceof Engine)) {
    refuse(call, "engine", "an Engine from createEngine()", engine);
  }
}

function refuse(call: string, key: string, expected: string, got: unknown): never {
  throw new ParameterError(
    say(call, `options.${key}`, expected, valueText(got), "Correct the option or leave it out."),
  );
}
