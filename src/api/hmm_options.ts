import { ParameterError } from "../engine/index.ts";
import { checkKeys, say, valueText } from "../models/index.ts";
import { checkChoices, checkCommonOptions, checkResults, checkWhole, resultsKey } from "./options.ts";

const KNOWN = [
  "inputs",
  "mask",
  "method",
  "backend",
  "engine",
  "dtype",
  "signal",
  "onProgress",
  "throwOnFailure",
  "memoryLimit",
  "chunkLength",
];

/** Options of linear Gaussian models, and why they mean nothing here. */
const OTHERS: Readonly<Record<string, string>> = {
  form: "it says how covariances are computed",
  refine: "it is about float32 means",
  likelihood: "it is about diffuse starts",
  burnIn: "it is about diffuse starts",
};

/** Options that only some calls take, by what they belong to. */
const SMOOTHING: Readonly<Record<string, string>> = {
  smoother: "it is about smoothing",
  lag: "it is about smoothing",
  transitions: "it is about smoothing",
};

export interface HmmOptionRules {
  /** Options of this call alone, which it checks itself. */
  readonly add?: readonly string[];
  /** Groups that `outputs` may name; none: the call takes no outputs. */
  readonly outputs?: readonly string[];
  /** The call smooths. */
  readonly smooths?: boolean;
}

/**
 * Checks every option of a call on a hidden Markov model before any work.
 * @throws ParameterError naming the option, and why it does not apply or which is nearest
 */
export function checkHmmOptions(
  call: string,
  options: object,
  { add = [], outputs, smooths = false }: HmmOptionRules = {},
): void {
  const known = [
    ...KNOWN,
    ...resultsKey(call, options),
    ...(outputs ? ["outputs"] : []),
    ...(smooths ? Object.keys(SMOOTHING) : []),
    ...add,
  ];
  const given = options as Record<string, unknown>;
  const others = smooths ? OTHERS : { ...SMOOTHING, ...OTHERS };
  for (const [key, why] of Object.entries(others)) {
    if (known.includes(key) || given === null || typeof given !== "object" || !Object.hasOwn(given, key))
      continue;
    throw new ParameterError(
      say(
        call,
        `options.${key}`,
        "nothing for a hidden Markov model",
        valueText(given[key]),
        `Leave it out: ${why}.`,
      ),
    );
  }
  checkKeys(call, "options.", options, known);
  checkChoices(call, given);
  checkCommonOptions(call, options, outputs ?? []);
  checkResults(call, options);
  if (!smooths) return;
  const { lag, transitions, smoother, outputs: asked } = given;
  checkWhole(call, "lag", lag, 0);
  if (transitions !== undefined && transitions !== "sum" && transitions !== "steps")
    refuse(call, "transitions", '"sum" or "steps"', transitions);
  if (lag === undefined) return;
  if (smoother === "twoFilter") refuse(call, "smoother", '"auto" or "rts" with a lag', smoother);
  if (transitions !== undefined) refuse(call, "transitions", "nothing with a lag", transitions);
  if ((asked as string[] | undefined)?.includes("expectedTransitions"))
    refuse(call, "outputs", 'no "expectedTransitions" with a lag', "expectedTransitions");
}

function refuse(call: string, key: string, expected: string, got: unknown): never {
  throw new ParameterError(
    say(call, `options.${key}`, expected, valueText(got), "Correct the option or leave it out."),
  );
}
