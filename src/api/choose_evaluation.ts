/** method "auto" of evaluate(): what each method will cost, and one step after the other. */
import {
  blocksOf,
  evaluateSequentially,
  firstStepsOf,
  type IterationOptions,
  type IterativeMethod,
  type JacobianShape,
  lyapunovSync,
  predictUpdates,
  type RecurrenceProblem,
  sampleJacobians,
  updateCost,
  valueFlops,
} from "../inference/index.ts";
import type { Recurrence } from "../models/index.ts";
import type { EvaluationMethod } from "./evaluate.ts";
import type { RecurrencePlace } from "./recurrence_place.ts";

/** Steps that tell the Lyapunov exponent well enough, and those on which methods are tried: fewer where Jacobians are large. */
const PROBED = { least: 100, most: 1000, entries: 1e6 } as const;
const TRIED = { least: 80, most: 200, entries: 2e5 } as const;
/** λ T beyond which differences have grown so much that no update sees through them. */
const UNPREDICTABLE = 3;
/** Seconds of a step of one lone invocation, or of a workgroup for a cell, beside its arithmetic; per flop of one; of a dispatch. */
const STEP = 5e-7;
const CELL_STEP = 3e-6;
const LONE_FLOP = 4e-9;
const DISPATCH = 1e-5;
/** Invocations that share a step of a cell. */
const CELL_LANES = 64;

export interface Chosen {
  readonly method: IterativeMethod | "sequential";
  readonly words: string;
  /** B of blockQuasi */
  readonly blocks?: number;
}

interface Candidate {
  readonly method: IterativeMethod | "sequential";
  readonly updates: number;
  readonly seconds: number;
}

/** Options of the iterations that are tried, and the first trajectory of the first steps. */
export type ChoiceOptions = Omit<IterationOptions, "maxIterations" | "method" | "guess"> & {
  guess(first: RecurrenceProblem): Float64Array;
};

/** @throws AbortedError */
export async function chooseMethod(
  given: EvaluationMethod,
  model: Recurrence,
  problem: RecurrenceProblem,
  place: RecurrencePlace,
  options: ChoiceOptions,
): Promise<Chosen> {
  if (given !== "auto") return { method: given, words: `${given} as asked for` };
  if (place.run.backend === "cpu")
    return {
      method: "sequential",
      words: "sequential: an update takes all steps that sequential takes, and one core takes them in turn",
    };
  const { numSteps: T, stateDim: D } = problem;
  const known = Math.min(problem.lengths[0], stepsFor(PROBED, D));
  const states = new Float64Array(known * D);
  if (evaluateSequentially(firstStepsOf(problem, known), 0, states) < known)
    return { method: "sequential", words: "sequential: the function has no finite value on the way" };
  const shape = shapeOf(model, problem, states);
  const { lambda } = lyapunovSync(problem, states, known);
  const why = `${shapeWords(shape, D)}, λ ≈ ${lambda.toPrecision(2)} a step over the first ${known}`;
  const seen = Math.min(T, options.window ?? T);
  if (lambda * seen > UNPREDICTABLE && !shape.linear)
    return { method: "sequential", words: `sequential: not predictable, ${why}` };
  const first = firstStepsOf(problem, Math.min(known, stepsFor(TRIED, D)));
  const own = { ...options, guess: options.guess(first), blocks: shape.blocks };
  const candidates: Candidate[] = [lone(problem, place)];
  for (const [at, method] of methodsFor(shape, D).entries()) {
    const given = { first, states, options: own, whole: at === 0, lambda, steps: seen };
    const updates = shape.linear ? 1 : await predictUpdates(method, given);
    candidates.push(costOf(method, updates, shape, problem, place, options));
  }
  candidates.sort((a, b) => a.seconds - b.seconds);
  const [best, ...others] = candidates.map(candidateWords);
  return {
    method: candidates[0].method,
    words: `${best}, predicted before ${others.join(", ")}: ${why}`,
    ...(candidates[0].method === "blockQuasi" ? { blocks: shape.blocks } : {}),
  };
}

const stepsFor = ({ least, most, entries }: typeof PROBED | typeof TRIED, D: number): number =>
  Math.min(most, Math.max(least, Math.floor(entries / D ** 2)));

/** What is known of the function's Jacobian; where that is nothing, its values at some points. */
function shapeOf(model: Recurrence, problem: RecurrenceProblem, states: Float64Array): JacobianShape {
  const { structure, blocks } = model.function;
  const D = problem.stateDim;
  if (structure.entries.every(entry => entry === "varying")) {
    const sampled = sampleJacobians(problem, states);
    return blocks === undefined ? sampled : { ...sampled, blocks };
  }
  return {
    linear: !structure.entries.includes("varying"),
    blocks: blocks ?? blocksOf((i, j) => structure.entries[i * D + j] !== "zero", D),
  };
}

const shapeWords = ({ linear, blocks }: JacobianShape, D: number): string => {
  if (linear) return "f is linear";
  if (blocks === 1) return "a diagonal Jacobian";
  return blocks < D ? `a Jacobian of ${blocks} × ${blocks} diagonal blocks` : "a dense Jacobian";
};

/** Newton's method by the cheapest scan that has all of the Jacobian, then those that leave some of it out. */
function methodsFor({ linear, blocks }: JacobianShape, D: number): readonly IterativeMethod[] {
  const whole = blocks === 1 ? "quasi" : blocks < D ? "blockQuasi" : "newton";
  if (linear) return [whole];
  return whole === "quasi" ? [whole, "jacobi"] : [whole, "quasi", "jacobi"];
}

/** One step after the other. */
function lone(problem: RecurrenceProblem, place: RecurrencePlace): Candidate {
  const { numSeries: N, numSteps: T, stateDim: D, shader } = problem;
  const flops = valueFlops(D) * LONE_FLOP;
  const step = shader.cooperative ? CELL_STEP + flops / Math.min(D, CELL_LANES) : STEP + flops;
  return { method: "sequential", updates: T, seconds: T * step * Math.max(1, N / place.lanes) };
}

function costOf(
  method: IterativeMethod,
  updates: number,
  { blocks }: JacobianShape,
  problem: RecurrenceProblem,
  place: RecurrencePlace,
  { polish, window }: ChoiceOptions,
): Candidate {
  const { numSeries: N, numSteps: T, stateDim: D, inputs, shader } = problem;
  const seen = Math.min(T, window ?? T);
  const cost = updateCost(method, {
    stateDim: D,
    inputDim: inputs.dim,
    steps: N * seen,
    blocks,
    cell: shader.cooperative,
  });
  const one =
    cost.dispatches * DISPATCH + Math.max(cost.flops / place.throughput, cost.bytes / place.bandwidth);
  const all = updates * Math.ceil(T / seen);
  return { method, updates: all, seconds: (all + polish + 1) * one };
}

const candidateWords = ({ method, updates, seconds }: Candidate): string => {
  if (method === "sequential") return `sequential (${secondsText(seconds)})`;
  if (updates === Number.POSITIVE_INFINITY) return `${method} (not in 60 updates)`;
  return `${method} (${updates} ${updates === 1 ? "update" : "updates"}, ${secondsText(seconds)})`;
};

function secondsText(s: number): string {
  const two = (value: number): string => `${Number(value.toPrecision(2))}`;
  if (s < 1e-3) return `${two(s * 1e6)} µs`;
  return s < 1 ? `${two(s * 1e3)} ms` : `${two(s)} s`;
}
