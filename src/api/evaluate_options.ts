/** Options of evaluate(), checked, with their defaults. */
import { ParameterError } from "../engine/index.ts";
import type { IterationOptions, IterativeMethod } from "../inference/index.ts";
import { checkKeys, say } from "../models/index.ts";
import type { EvaluateOptions, EvaluationMethod } from "./evaluate.ts";
import { checkChoices, checkCommonOptions, checkWhole, refuseOption } from "./options.ts";

const COMMON = [
  "backend",
  "engine",
  "dtype",
  "signal",
  "onProgress",
  "throwOnFailure",
  "memoryLimit",
  "chunkLength",
];
const OWN: readonly (keyof EvaluateOptions)[] = [
  "method",
  "guess",
  "seed",
  "tolerance",
  "maxIterations",
  "polish",
  "damping",
  "clip",
  "diagonal",
  "blocks",
  "trustRegion",
  "stepSize",
  "window",
  "prefixes",
  "trace",
  "lyapunov",
];
const METHODS: readonly EvaluationMethod[] = [
  "auto",
  "newton",
  "quasi",
  "blockQuasi",
  "picard",
  "jacobi",
  "elk",
  "quasiElk",
  "gradient",
  "sequential",
];

/** Options of the iterations that do not depend on the data. */
export type Settings = Omit<IterationOptions, "guess" | "method" | "call" | "maxIterations" | "probe"> & {
  readonly method: EvaluationMethod;
};

/** @throws ParameterError naming the option */
export function evaluateSettings(call: string, options: EvaluateOptions, D: number): Settings {
  checkKeys(call, "options.", options, [...COMMON, ...OWN]);
  const { method = "auto", clip = {}, prefixes } = options;
  if (!METHODS.includes(method)) refuseOption(call, "method", METHODS.map(m => `"${m}"`).join(", "), method);
  const { method: _, ...rest } = options;
  checkChoices(call, rest);
  checkCommonOptions(call, options, []);
  const { seed, maxIterations, polish = 1, window, blocks = 2, diagonal, trace } = options;
  checkWhole(call, "seed", seed, 0);
  checkWhole(call, "maxIterations", maxIterations, 1);
  checkWhole(call, "polish", polish, 0);
  checkWhole(call, "window", window, 1);
  checkWhole(call, "blocks", blocks, 1);
  if (method === "blockQuasi" && D % blocks !== 0) {
    const got = options.blocks === undefined ? `nothing, which means ${blocks}` : `${blocks}`;
    const fix = "Give one that divides them, or take another method.";
    throw new ParameterError(say(call, "options.blocks", `a divisor of the ${D} states`, got, fix));
  }
  if (diagonal !== undefined && diagonal !== "exact" && diagonal !== "hutchinson")
    refuseOption(call, "diagonal", '"exact", "hutchinson"', diagonal);
  const { lyapunov } = options;
  if (lyapunov !== undefined && typeof lyapunov !== "boolean")
    refuseOption(call, "lyapunov", "true or false", lyapunov);
  if (trace !== undefined && typeof trace !== "boolean") refuseOption(call, "trace", "true or false", trace);
  if (window !== undefined && (prefixes || trace))
    refuseOption(call, "window", "nothing with prefixes or trace", window);
  if (
    prefixes &&
    !(
      Array.isArray(prefixes) &&
      prefixes.every((p, i) => Number.isInteger(p) && p > (i > 0 ? prefixes[i - 1] : 0))
    )
  )
    refuseOption(call, "prefixes", "whole numbers ≥ 1 in rising order", prefixes);
  const above = (key: "tolerance" | "trustRegion" | "stepSize", value: unknown): number =>
    typeof value === "number" && value > 0 && Number.isFinite(value)
      ? value
      : refuseOption(call, key, "a finite number above 0", value);
  const { damping = 0 } = options;
  if (!(typeof damping === "number" && damping >= 0 && damping <= 1))
    refuseOption(call, "damping", "a number from 0 to 1", damping);
  const limits =
    typeof clip === "number"
      ? { jacobian: clip }
      : (checkKeys(call, "options.clip.", clip, ["jacobian", "states"]) as {
          jacobian?: number;
          states?: number;
        });
  for (const value of [limits.jacobian, limits.states])
    if (value !== undefined && !(typeof value === "number" && value > 0))
      refuseOption(call, "clip", "numbers above 0", value);
  return {
    method,
    tolerance: above("tolerance", options.tolerance ?? 1e-10),
    polish,
    damping,
    clip: limits.jacobian ?? Number.POSITIVE_INFINITY,
    bound: limits.states ?? Number.POSITIVE_INFINITY,
    blocks,
    trustRegion: above("trustRegion", options.trustRegion ?? 100),
    stepSize: above("stepSize", options.stepSize ?? 0.25),
    ...(prefixes ? { prefixes: Uint32Array.from(prefixes) } : {}),
    signal: options.signal,
    onProgress: options.onProgress,
  };
}

/** Which of the iterative methods a word is. */
export const isIterative = (method: EvaluationMethod): method is IterativeMethod =>
  method !== "auto" && method !== "sequential";
