/** The options of nonlinear models, as a job takes them. What they may be, the library checks. */
import type { Arguments } from "../arguments.ts";
import { parseCell } from "../data/number.ts";
import { UsageError } from "../exit_codes.ts";
import type { Call, CallName, JobHeader } from "../job.ts";

const WORDS = ["linearization", "damping"] as const;
const NUMBERS = ["alpha", "beta", "kappa", "order", "points", "updates", "iterations", "tolerance"] as const;

export const NONLINEAR_OPTIONS: readonly string[] = [...WORDS, ...NUMBERS];

/** Those of the particle filter; seed goes with them where a command has no seed of its own. */
export const PARTICLE_OPTIONS: readonly string[] = ["particles", "trajectories", "proposal"];

/** @throws UsageError for text where a number should be */
export function nonlinearOptions(
  call: Call,
  options: Arguments["options"],
): Pick<JobHeader, "nonlinear" | "particles"> {
  const given: Record<string, string | number> = {};
  for (const name of WORDS) if (options[name] !== undefined) given[name] = options[name] as string;
  for (const name of NUMBERS) {
    const value = numberOf(call, options, name);
    if (value !== undefined) given[name] = value;
  }
  return {
    ...(Object.keys(given).length > 0 && { nonlinear: given }),
    ...(options.particles !== undefined && { particles: particleOptions(call, options) }),
  };
}

function particleOptions(call: Call, options: Arguments["options"]): JobHeader["particles"] {
  const trajectories = numberOf(call, options, call === "sample" ? "samples" : "trajectories");
  return {
    numParticles: numberOf(call, options, "particles"),
    seed: numberOf(call, options, "seed"),
    ...(options.proposal !== undefined && { proposal: options.proposal as "bootstrap" | "auxiliary" }),
    ...(trajectories !== undefined && { numTrajectories: trajectories }),
  };
}

/** @throws UsageError unless the option is left out or a number */
export function numberOf(call: CallName, options: Arguments["options"], name: string): number | undefined {
  const text = options[name] as string | undefined;
  if (text === undefined) return undefined;
  const cell = parseCell(text);
  if (cell.kind === "number") return cell.value;
  throw new UsageError(`${call}: --${name} expected a number, got "${text}". Correct it.`);
}

/** Numbers separated by commas. @throws UsageError for anything else */
export function numbersOf(call: CallName, options: Arguments["options"], name: string): number[] | undefined {
  const text = options[name] as string | undefined;
  if (text === undefined) return undefined;
  return text.split(",").map(part => {
    const cell = parseCell(part);
    if (cell.kind === "number") return cell.value;
    throw new UsageError(
      `${call}: --${name} expected numbers separated by commas, got "${part.trim()}". Write --${name}=1,-2.`,
    );
  });
}
