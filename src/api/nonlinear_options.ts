import { LimitError } from "../engine/index.ts";
import {
  cubaturePoints,
  drawnPoints,
  gaussHermitePoints,
  type Linearisation,
  unscentedPoints,
} from "../inference/index.ts";
import { say } from "../models/index.ts";
import type {
  LinearizationOptions,
  NonlinearFilterOptions,
  NonlinearSmootherOptions,
} from "./nonlinear_types.ts";
import { checkOptions, checkWhole, refuseOption } from "./options.ts";

const RULES = ["taylor", "unscented", "cubature", "gauss-hermite", "slr"] as const;
export const LINEARIZATION_OPTIONS = ["linearization", "alpha", "beta", "kappa", "order", "points"];
const DROPPED = ["form", "likelihood", "burnIn", "results"];
/** Points beyond which a rule is refused. */
const MOST_POINTS = 100_000;

/** @throws ParameterError naming the option */
export function checkNonlinearOptions(
  call: string,
  options: NonlinearFilterOptions & NonlinearSmootherOptions,
  {
    smooths,
    add = [],
    drop = [],
  }: { readonly smooths: boolean; readonly add?: readonly string[]; readonly drop?: readonly string[] },
): void {
  const own = [
    ...LINEARIZATION_OPTIONS,
    ...add,
    ...(smooths ? ["iterations", "tolerance", "damping"] : ["updates"]),
  ];
  checkOptions(call, options, { add: own, drop: [...DROPPED, ...drop] });
  const { linearization, damping, tolerance } = options;
  const oneOf = (key: string, value: unknown, words: readonly string[]): void => {
    if (value !== undefined && !words.includes(value as string))
      refuseOption(call, key, words.map(word => `"${word}"`).join(", "), value);
  };
  oneOf("linearization", linearization, RULES);
  oneOf("damping", damping, ["lineSearch", "none"]);
  checkWhole(call, "updates", options.updates, 1);
  checkWhole(call, "iterations", options.iterations, 0);
  checkWhole(call, "order", options.order, 1);
  checkWhole(call, "points", options.points, 1);
  if (tolerance !== undefined && !(Number.isFinite(tolerance) && tolerance > 0))
    refuseOption(call, "tolerance", "a number > 0", tolerance);
  const rule = linearization ?? "unscented";
  for (const [keys, word] of [
    [["alpha", "beta", "kappa"], "unscented"],
    [["order"], "gauss-hermite"],
    [["points"], "slr"],
  ] as const)
    for (const key of keys)
      if (options[key] !== undefined && rule !== word)
        refuseOption(call, key, `nothing with linearization "${rule}"`, options[key]);
}

/** @throws ParameterError, LimitError where a rule has too many points */
export function linearisationOf(call: string, n: number, options: LinearizationOptions): Linearisation {
  const { linearization = "unscented", alpha = 1, beta = 0, kappa = Math.max(0, 3 - n) } = options;
  if (linearization === "taylor") return "taylor";
  if (linearization === "cubature") return cubaturePoints(n);
  if (linearization === "slr") {
    const { points = 1024 } = options;
    checkCount(call, "points", points, points);
    return drawnPoints(n, points, 0);
  }
  if (linearization === "gauss-hermite") {
    const { order = 5 } = options;
    if (order > 64) refuseOption(call, "order", "a whole number from 1 to 64", order);
    checkCount(call, "order", order, order ** n);
    return gaussHermitePoints(n, order);
  }
  if (!(Number.isFinite(alpha) && alpha > 0)) refuseOption(call, "alpha", "a number > 0", alpha);
  if (!Number.isFinite(beta)) refuseOption(call, "beta", "a finite number", beta);
  if (!(Number.isFinite(kappa) && kappa > -n)) refuseOption(call, "kappa", `a number > −n = ${-n}`, kappa);
  return unscentedPoints(n, alpha, beta, kappa);
}

function checkCount(call: string, key: string, value: number, count: number): void {
  if (count <= MOST_POINTS) return;
  throw new LimitError(
    say(
      call,
      `options.${key}`,
      `at most ${MOST_POINTS} points for a step`,
      `${value}, which makes ${count}`,
      'Use a smaller one, or linearization "cubature".',
    ),
  );
}
