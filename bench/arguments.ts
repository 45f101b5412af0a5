/** The command line of the benchmark. */

import { HMM_METHODS, METHODS } from "./cell.ts";
import {
  type BenchOptions,
  type Grid,
  HMM_TASKS,
  type HmmBenchOptions,
  type HmmGrid,
  TASKS,
} from "./options.ts";

/** One long series at every size, then many short ones. */
const DEFAULT_GRIDS: readonly Grid[] = [
  { n: [1, 2, 4, 8], T: [1e3, 1e4, 1e5, 1e6], series: [1] },
  { n: [4], T: [100], series: [1, 100, 10_000] },
];
const DEFAULT_HMM_GRID: HmmGrid = { K: [4], T: [1e5], series: [1] };
const MODELS = ["linear-gaussian", "hmm"] as const;
const SWEEP = { chunks: [8, 16, 32, 64, 128, 256], leaves: [32, 64, 128] };

export const HELP = `npm run bench -- [options]

  --driver chrome|dawn      headless Chrome (default), or Dawn in Node (npm i --no-save webgpu@0.6.2)
  --gpu auto|hardware|software   hardware refuses a software adapter
  --adapter TEXT            Dawn only: part of the adapter's name
  --model linear-gaussian,hmm   default: both, but only the first when sizes are given; hmm when --K is
  --task filter,smoother    the smoother includes its filter; with --model hmm also decode
  --method LIST             of ${METHODS.join(", ")};
                            hmm: ${HMM_METHODS.join(", ")}
  --n 1,2,4,8               state dimensions; m = max(1, n/2)
  --K 4                     states of a hidden Markov model
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
  const seconds = (name: string, fallback: number): number => {
    const value = Number(given.get(name) ?? fallback);
    if (!(value > 0)) throw new Error(`bench: --${name} expected seconds above 0, got ${given.get(name)}.`);
    return value;
  };
  const models = chooseModels(given);
  const tasks = list("task", models.asked && models.hmm ? HMM_TASKS : TASKS);
  const methods = sweep ? (["parallel"] as const) : list("method", METHODS);
  const sized = ["n", "T", "series"].some(name => given.has(name));
  const [first, second] = DEFAULT_GRIDS;
  const own: Grid = {
    n: numbers("n", first.n),
    T: numbers("T", given.has("series") ? second.T : first.T),
    series: numbers("series", first.series),
  };
  const hmm: HmmBenchOptions = {
    tasks: given.has("task") ? tasks : HMM_TASKS,
    methods: HMM_METHODS.filter(method => methods.includes(method)),
    grids: models.hmm
      ? [
          {
            K: numbers("K", DEFAULT_HMM_GRID.K),
            T: numbers("T", given.has("series") ? second.T : DEFAULT_HMM_GRID.T),
            series: numbers("series", DEFAULT_HMM_GRID.series),
          },
        ]
      : [],
  };
  if (models.hmm && models.asked && hmm.methods.length === 0) {
    throw new Error(
      `bench: --method expected ${HMM_METHODS.join(", ")} with --model hmm, got ${given.get("method")}.`,
    );
  }
  return {
    driver: choice("driver", ["chrome", "dawn"], "chrome"),
    gpu: choice("gpu", ["auto", "hardware", "software"], "auto"),
    adapter: given.get("adapter"),
    tasks: TASKS.filter(task => tasks.includes(task)),
    methods,
    grids: !models.linearGaussian ? [] : sized ? [own] : sweep ? [first] : DEFAULT_GRIDS,
    chunks: numbers("chunk", sweep ? SWEEP.chunks : []),
    leaves: numbers("leaves", sweep ? SWEEP.leaves : []),
    sweep,
    repeat: numbers("repeat", [7])[0],
    budget: seconds("budget", 20),
    limit: seconds("limit", 3600),
    outputs: choice("outputs", ["least", "all"], "least"),
    seed: numbers("seed", [1])[0],
    json: given.get("json"),
    table: given.get("table"),
    hmm,
  };
}

/** Which models are measured, and whether they were asked for by name or by their sizes. */
function chooseModels(given: ReadonlyMap<string, string>): {
  readonly linearGaussian: boolean;
  readonly hmm: boolean;
  readonly asked: boolean;
} {
  const named = given.get("model")?.split(",") ?? (given.has("K") ? ["hmm"] : undefined);
  if (!named) {
    const corner = ["n", "T", "series", "chunk", "leaves", "sweep"].some(name => given.has(name));
    return { linearGaussian: true, hmm: !corner, asked: false };
  }
  const models = named.map(word => oneOf("model", word, MODELS));
  const has = {
    linearGaussian: models.includes("linear-gaussian"),
    hmm: models.includes("hmm"),
    asked: true,
  };
  if (given.has("n") && !has.linearGaussian)
    throw new Error(`bench: --n expected with --model linear-gaussian, got ${named}. Use --K.`);
  if (given.has("K") && !has.hmm)
    throw new Error(`bench: --K expected with --model hmm, got ${named}. Use --n.`);
  if (given.has("sweep") && has.hmm)
    throw new Error(`bench: --sweep expected with --model linear-gaussian, got ${named}. Use --chunk.`);
  return has;
}

const FLAGS = new Set(["sweep"]);
const KNOWN = new Set([
  ...FLAGS,
  ..."driver gpu adapter model task method n K T series chunk leaves outputs repeat budget limit seed json table".split(
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
