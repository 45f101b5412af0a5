import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";

export type Smoother = "auto" | "rts" | "twoFilter";

export interface SmootherChoice {
  readonly smoother: "rts" | "twoFilter";
  /** For run.plan. */
  readonly words: string;
}

export function chooseSmoother(
  _call: string,
  _problem: LinearGaussianProblem,
  smoother: Smoother = "rts",
  _arithmetic: "float32" | "float64" = "float64",
): SmootherChoice {
  return { smoother: smoother === "twoFilter" ? "twoFilter" : "rts", words: "" };
}
