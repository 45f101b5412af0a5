/** The command line of the benchmark. */

import { HMM_METHODS, LINEAR_GAUSSIAN_METHODS, METHODS, type Method, RECURRENCE_METHODS } from "./cell.ts";
import { type BenchOptions, type Grid, HMM_TASKS, type HmmGrid, TASKS } from "./options.ts";
import { RECURRENCES } from "./recurrence_problems.ts";

/** One long series at every size, then many short ones. */
const DEFAULT_GRIDS: readonly Grid[] = [
  { n: [1, 2, 4, 8], T: [1e3, 1e4, 1e5, 1e6], series: [1] },
  { n: [4], T: [100], series: [1, 100, 10_000] },
];
const DEFAULT_HMM_GRID: HmmGrid = { K: [4], T: [1e5], series: [1] };
const DEFAULT_RECURRENCE_GRID: Grid = { n: [16], T: [1e4], series: [1] };
/** Of the mean-field network: predictable. */
const DEFAULT_GAIN = 0.9;
const MODELS = ["linear-gaussian", "hmm", "recurrence"] as const;
type Model = (typeof MODELS)[number];
const SWEEP = { chunks: [8, 16, 32, 64, 128, 256], leaves: [32, 64, 128] };

export const HELP = `npm run bench -- [options]

  --driver chrome|dawn      headless Chrome (default), or Dawn in Node (npm i --no-save webgpu@0.6.2)
  --gpu auto|hardware|software   hardware refuses a software adapter
  --adapter TEXT            Dawn only: part of the adapter's name
  --model linear-gaussian,hmm,recurrence   default: all, but only the first when sizes are given; hmm when --K
                            is, recurrence when --system is
  --task filter,smoother    the smoother includes its filter; with --model hmm also decode
  --method LIST             of ${METHODS.join(", ")};
                            hmm: ${HMM_METHODS.join(", ")};
                            recurrence: ${RECURRENCE_METHODS.join(", ")}
  --n 1,2,4,8               state dimensions; m = max(1, n/2); units of a recurrence
  --K 4                     states of a hidden Markov model
  --system LIST             recurrences: ${RECURRENCES.join(", ")} (of the Lorenz system, n = 3)
  --gain 0.9                of the mean-field network: chaotic above about 1.2
  --T 1e3,1e4,1e5,1e6       steps
  --series 1,100            how many series of T steps
  --chunk 8,16  --leaves 32,64   try these instead of the planner's choice
  --sweep                   compute time of every chunk length and leaves; prints the best per size
  --outputs least|all       all adds predicted moments and cross-covariances
  --repeat 7                repetitions of a cell
  --budget 20               seconds for a cell: fewer repetitions, or none
  --limit 3600              seconds after which no cell is started
  --seed 1
  --json FILE  --table FILE write the results, after every cell and at the end`;

/** @throws Error with one sentence when an argument is not understood */
export function parseArguments(args: readonly string[]): BenchOptions {
  const given = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const [key, inline] = splitOnce(args[i]);
    if (!key.startsWith("--") || !KNOWN.has(key.slice(2)))
      throw new Error(`bench: an option expected, got ${args[i]}. See --help.`);
    const name = key.slice(2);
    if (FLAGS.has(name)) given.set(name, "");
    else {
      const value = inline ?? args[++i];
      if (value === undefined) throw new Error(`bench: ${key} expected a value, got none. See --help.`);
      given.set(name, value);
    }
  }
  const sweep = given.has("sweep");
  const choice = <K extends string>(name: string, choices: readonly K[], fallback: K): K =>
    given.has(name) ? oneOf(name, given.get(name)!, choices) : fallback;
  const list = <K extends string>(name: string, choices: readonly K[]): readonly K[] =>
    given.has(name)
      ? given
          .get(name)!
          .split(",")
          .map(word => oneOf(name, word, choices))
      : choices;
  const numbers = (name: string, fallback: readonly number[]): readonly number[] =>
    given.has(name) ? wholeNumbers(name, given.get(name)!) : fallback;
  const positive = (name: string, fallback: number): number => {
    const value = Number(given.get(name) ?? fallback);
    if (value > 0 && Number.isFinite(value)) return value;
    throw new Error(`bench: --${name} expected a number above 0, got ${given.get(name)}.`);
  };
  const { models, asked } = chooseModels(given, sweep);
  const has = (model: Model): boolean => models.includes(model);
  const tasks = list("task", asked && has("hmm") ? HMM_TASKS : TASKS);
  const methods = sweep ? (["parallel"] as const) : list("method", METHODS);
  /** Those of a model that were asked for. */
  const own = <M extends Method>(model: Model, all: readonly M[]): readonly M[] => {
    const found = all.filter(method => (methods as readonly Method[]).includes(method));
    if (found.length > 0 || !has(model) || !asked) return found;
    const got = given.get("method");
    throw new Error(`bench: --method expected ${all.join(", ")} with --model ${model}, got ${got}.`);
  };
  const sized = ["n", "T", "series"].some(name => given.has(name));
  const [first, second] = DEFAULT_GRIDS;
  /** T is short for many series. */
  const sizesOf = ({ T, series }: Pick<Grid, "T" | "series">): Pick<Grid, "T" | "series"> => ({
    T: numbers("T", given.has("series") ? second.T : T),
    series: numbers("series", series),
  });
  const chosen: Grid = { n: numbers("n", first.n), ...sizesOf(first) };
  return {
    driver: choice("driver", ["chrome", "dawn"], "chrome"),
    gpu: choice("gpu", ["auto", "hardware", "software"], "auto"),
    adapter: given.get("adapter"),
    tasks: TASKS.filter(task => tasks.includes(task)),
    methods: own("linear-gaussian", LINEAR_GAUSSIAN_METHODS),
    grids: !has("linear-gaussian") ? [] : sized ? [chosen] : sweep ? [first] : DEFAULT_GRIDS,
    chunks: numbers("chunk", sweep ? SWEEP.chunks : []),
    leaves: numbers("leaves", sweep ? SWEEP.leaves : []),
    sweep,
    repeat: numbers("repeat", [7])[0],
    budget: positive("budget", 20),
    limit: positive("limit", 3600),
    outputs: choice("outputs", ["least", "all"], "least"),
    seed: numbers("seed", [1])[0],
    json: given.get("json"),
    table: given.get("table"),
    hmm: {
      tasks: given.has("task") ? tasks : HMM_TASKS,
      methods: own("hmm", HMM_METHODS),
      grids: has("hmm") ? [{ K: numbers("K", DEFAULT_HMM_GRID.K), ...sizesOf(DEFAULT_HMM_GRID) }] : [],
    },
    recurrence: {
      systems: list("system", RECURRENCES),
      gain: positive("gain", DEFAULT_GAIN),
      methods: own("recurrence", RECURRENCE_METHODS),
      grids: has("recurrence")
        ? [{ n: numbers("n", DEFAULT_RECURRENCE_GRID.n), ...sizesOf(DEFAULT_RECURRENCE_GRID) }]
        : [],
    },
  };
}

/** Which models are measured, and whether they were asked for by name or by what only they have. */
function chooseModels(
  given: ReadonlyMap<string, string>,
  sweep: boolean,
): { readonly models: readonly Model[]; readonly asked: boolean } {
  const named = given.get("model")?.split(",");
  if (!named) {
    if (given.has("K")) return check(["hmm"]);
    if (given.has("system") || given.has("gain")) return check(["recurrence"]);
    const corner = ["n", "T", "series", "chunk", "leaves", "sweep"].some(name => given.has(name));
    return { models: corner ? ["linear-gaussian"] : MODELS, asked: false };
  }
  return check(named.map(word => oneOf("model", word, MODELS)));

  function check(models: readonly Model[]) {
    const needs = (option: string, those: readonly Model[], fix: string): void => {
      if (given.has(option) && !models.some(model => those.includes(model)))
        throw new Error(
          `bench: --${option} expected with --model ${those.join(" or ")}, got ${models.join(",")}. Use ${fix}.`,
        );
    };
    needs("n", ["linear-gaussian", "recurrence"], "--K");
    needs("K", ["hmm"], "--n");
    needs("system", ["recurrence"], "--model recurrence");
    needs("gain", ["recurrence"], "--model recurrence");
    if (sweep && models.some(model => model !== "linear-gaussian"))
      throw new Error(`bench: --sweep expected with --model linear-gaussian, got ${models}. Use --chunk.`);
    return { models, asked: true };
  }
}

const FLAGS = new Set(["sweep"]);
const KNOWN = new Set([
  ...FLAGS,
  ..."driver gpu adapter model task method n K system gain T series chunk leaves outputs repeat budget limit seed json table".split(
    " ",
  ),
]);

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function oneOf<K extends string>(name: string, word: string, choices: readonly K[]): K {
  if ((choices as readonly string[]).includes(word)) return word as K;
  throw new Error(`bench: --${name} expected ${choices.join(", ")}, got ${word}.`);
}

function wholeNumbers(name: string, text: string): number[] {
  return text.split(",").map(word => {
    const value = word.trim() === "" ? Number.NaN : Number(word);
    if (Number.isSafeInteger(value) && value >= 1) return value;
    throw new Error(`bench: --${name} expected whole numbers from 1, got ${word || "nothing"}.`);
  });
}
