/** The rows of the accuracy table of hidden Markov inference, as data, and one measurement of a row. */
import type { Engine } from "../src/engine/index.ts";
import { type HmmRequest, hmmDecodeGpu, hmmSmootherGpu } from "../src/inference/index.ts";
import { type HmmCaseOptions, hmmCase, problemOf } from "./hmm_cases.ts";
import { type HmmDifferences, hmmDifferences } from "./hmm_compare.ts";
import { logJoint, viterbi } from "./hmm_oracle.ts";

export interface HmmRow extends HmmCaseOptions {
  readonly name: string;
}

/** The four models of the table at T = 1e5 (1e4 with outliers). */
export const hmmRows: readonly HmmRow[] = [
  { name: "mix, K = 4", kind: "mix", numStates: 4, numSteps: 100_000 },
  { name: "sticky, K = 4", kind: "sticky", numStates: 4, numSteps: 100_000, separation: 2 },
  { name: "ring with zeros, K = 8", kind: "ring", numStates: 8, numSteps: 100_000 },
  {
    name: "ring with zeros, sharp and outliers, K = 8",
    kind: "ring",
    numStates: 8,
    numSteps: 10_000,
    separation: 8,
    outliers: true,
  },
];

export interface HmmRowResult extends HmmDifferences {
  readonly plan: string;
  readonly forms: readonly string[];
  /** |Δ log p(path, y)| / |log p(path, y)| of the decoded path, scored by the oracle. */
  readonly path: number;
  /** Steps at which the decoded path is another than the oracle's. */
  readonly pathDifferences: number;
  readonly seconds: { readonly smooth: number; readonly decode: number };
}

export async function measureHmmRow(
  engine: Engine,
  row: HmmRow,
  method: HmmRequest["method"],
): Promise<HmmRowResult> {
  const given = hmmCase(row);
  const problem = problemOf([given]);
  const options = {
    call: "accuracy",
    engine,
    request: { call: "accuracy", method, predicted: true, transitions: "sum" },
  } as const;
  const started = performance.now();
  const run = await hmmSmootherGpu(problem, options);
  const smoothed = performance.now();
  const decoded = await hmmDecodeGpu(problem, options);
  const done = performance.now();
  const { path, best } = viterbi(given);
  const got = [...decoded.mostLikelyStates];
  return {
    ...hmmDifferences(run, [given]),
    plan: run.plan,
    forms: run.forms,
    path: Math.abs(logJoint(given, got) - best) / Math.abs(best),
    pathDifferences: got.filter((k, t) => k !== path[t]).length,
    seconds: { smooth: (smoothed - started) / 1000, decode: (done - smoothed) / 1000 },
  };
}
