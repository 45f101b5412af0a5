import { ShapeError, StatescanError } from "../../api/index.ts";
import type { CallName } from "../job.ts";
import { NONLINEAR_OPTIONS } from "./nonlinear_options.ts";
import { RECURRENCE_ARGUMENTS } from "./recurrence_options.ts";

/** What the library says, and what it is called on the command line. */
const WORDS: readonly (readonly [string, string])[] = [
  ["Pass the option inputs.", "Give a file with --inputs."],
  ["Pass the option futureInputs.", "Give a file with --future-inputs."],
  ["Pass the option initialState, or give", "Give z_0 with --initial-state, or"],
  ["Pass the number of steps.", "Give --steps."],
  [
    "Give one here or with the recurrence.",
    'Give it with --initial-state, or add "initialState" to the document.',
  ],
  ['Use form: "squareRoot".', "Use --form squareRoot."],
  ["Make it with add(), as add(level({ variance: 1 })).", 'Give a document of type "structural".'],
];

/** Arguments that are options here, right after the name of the call. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  futureInputs: "--future-inputs",
  numSteps: "--steps",
  numSamples: "--samples",
  initialState: "--initial-state",
  burnIn: "--burn-in",
  form: "--form",
  numParticles: "--particles",
  numTrajectories: "--trajectories",
  proposal: "--proposal",
  system: "--system",
  clip: "--clip",
  discard: "--discard",
  ...RECURRENCE_ARGUMENTS,
  ...Object.fromEntries(NONLINEAR_OPTIONS.map(name => [name, `--${name}`])),
};

/**
 * The library's error in the words of the command line.
 * @param columns of the data that are used
 */
export function inOurWords(error: unknown, call: CallName, columns: readonly string[]): unknown {
  if (!(error instanceof StatescanError)) return error;
  // loglik runs filter(), decompose smooth() or filter(), sample samplePosterior().
  error.message = error.message.replace(
    /^(filter|smooth|samplePosterior|particleFilter|particleSmooth):/,
    `${call}:`,
  );
  for (const [from, to] of WORDS) error.message = error.message.replace(from, to);
  error.message = error.message
    .replace(/(?<=^\w+: )(options\.)?(\w+)/, (word, _, name: string) => ARGUMENTS[name] ?? word)
    .replace(/(?<=^\w+: )scenarios\./, "--scenario ");
  if (error instanceof ShapeError && error.message.startsWith(`${call}: observations`)) {
    error.message += ` The columns used are ${columns.join(", ")}; choose others with --columns.`;
  }
  return error;
}
