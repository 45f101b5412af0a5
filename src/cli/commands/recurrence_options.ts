/** The options of evaluate and lyapunov, as a job takes them. What numbers may be, the library checks. */
import { type EvaluationMethod, nearestKey } from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import { DATA_SUFFIXES } from "../data/read_data.ts";
import { UsageError } from "../exit_codes.ts";
import type { RecurrenceCall, RecurrenceHeader } from "../recurrence_job.ts";
import { checkBackend, checkStandardInput, isTable, listOf, wholeOption } from "./check_options.ts";
import { numberOf, numbersOf } from "./nonlinear_options.ts";

type Options = Arguments["options"];

const METHODS: Readonly<Record<string, EvaluationMethod>> = {
  "block-quasi": "blockQuasi",
  "quasi-elk": "quasiElk",
};
export const GUESSES = ["normal", "zeros", "tiled"] as const;

/** Numbers by their names in the library. */
const NUMBERS = {
  tolerance: "tolerance",
  damping: "damping",
  "trust-region": "trustRegion",
  "step-size": "stepSize",
} as const;
const WHOLE = { "max-iterations": "maxIterations", window: "window", blocks: "blocks" } as const;

/** What the library calls an argument, and the command an option. */
export const RECURRENCE_ARGUMENTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [...Object.entries(NUMBERS), ...Object.entries(WHOLE)].map(([option, name]) => [name, `--${option}`]),
  ),
  prefixes: "--prefixes",
  trace: "--fields iterates",
};

/**
 * Checks the options that need no file.
 * @throws UsageError
 */
export function checkRecurrenceOptions(call: RecurrenceCall, options: Options): void {
  const { model, system, wgsl, backend, method } = options;
  if ((model === undefined) === (system === undefined)) {
    const got = model === undefined ? "nothing" : `--system ${system} too`;
    throw new UsageError(
      `${call}: --model expected a file, or --system a name in its place, got ${got}. Give one of the two.`,
    );
  }
  if (system !== undefined && wgsl !== undefined) {
    throw new UsageError(
      `${call}: --wgsl expected nothing with --system, got ${wgsl}. Leave one of the two out.`,
    );
  }
  checkBackend(call, options);
  checkStandardInput(call, (options.data as string[] | undefined) ?? []);
  if (method === "gradient" && (backend === "webgpu" || options.gpu !== "auto")) {
    throw new UsageError(
      `${call}: --method expected one that runs on a GPU, got gradient, which is there for reference. Use --backend cpu.`,
    );
  }
  if (listOf(options.fields)?.includes("iterates")) refuseIterates(call, options);
  guessFile(options);
  if (call === "evaluate") evaluateOptions(call, options);
}

/** A table has no room for trajectories of trajectories, and not every method has them. @throws UsageError */
function refuseIterates(call: RecurrenceCall, { out, method }: Options): void {
  if (isTable(String(out)))
    throw new UsageError(
      `${call}: --fields expected no iterates for a table, got them with --out ${out}. Name a .npz or .json file.`,
    );
  if (method === "auto" || method === "sequential")
    throw new UsageError(
      `${call}: --fields expected no iterates with --method ${method}, got them. Choose one that updates trajectories, as newton.`,
    );
}

/** The file of --guess, if it is none of the words. @throws UsageError for what is neither */
export function guessFile({ guess }: Options): string | undefined {
  if (guess === undefined || GUESSES.includes(guess as (typeof GUESSES)[number])) return undefined;
  const text = guess as string;
  if (DATA_SUFFIXES.some(suffix => text.toLowerCase().endsWith(suffix))) return text;
  const near = nearestKey(text, GUESSES);
  throw new UsageError(
    `evaluate: --guess expected ${GUESSES.join(", ")} or a file ending in ${DATA_SUFFIXES.join(", ")}, got "${text}". ` +
      (near ? `Did you mean "${near}"?` : "Choose one of these."),
  );
}

/** @throws UsageError for text where a number should be */
export function evaluateOptions(
  call: RecurrenceCall,
  options: Options,
): NonNullable<RecurrenceHeader["evaluate"]> {
  const given: Record<string, unknown> = {};
  const method = options.method as string;
  given.method = METHODS[method] ?? method;
  const words = {
    guess: guessFile(options) === undefined ? options.guess : undefined,
    diagonal: options.diagonal,
  };
  for (const [name, value] of Object.entries(words)) if (value !== undefined) given[name] = value;
  for (const [option, name] of Object.entries(NUMBERS)) {
    const value = numberOf(call, options, option);
    if (value !== undefined) given[name] = value;
  }
  for (const [option, name] of Object.entries(WHOLE)) {
    const value = wholeOption(call, options, option, 1);
    if (value !== undefined) given[name] = value;
  }
  for (const name of ["seed", "polish"]) {
    const value = wholeOption(call, options, name, 0);
    if (value !== undefined) given[name] = value;
  }
  const prefixes = numbersOf(call, options, "prefixes");
  if (prefixes) given.prefixes = prefixes;
  const clip = numbersOf(call, options, "clip");
  if (clip && clip.length > 2) {
    throw new UsageError(
      `${call}: --clip expected a bound of the Jacobian's entries, and one of the states after a comma, got ${clip.length} numbers. Leave some out.`,
    );
  }
  if (clip) given.clip = { jacobian: clip[0], ...(clip.length > 1 && { states: clip[1] }) };
  return given;
}
