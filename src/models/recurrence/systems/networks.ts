/** Recurrent networks as recurrences: sizes and weights read, inputs, initial states. */
import { type ArrayInput, ParameterError } from "../../../engine/index.ts";
import { CounterRandom } from "../../../inference/index.ts";
import { checkKeys } from "../../check_keys.ts";
import { say } from "../../say.ts";
import { type Recurrence, recurrence } from "../recurrence.ts";
import { type CellParts, cellFunction } from "./cells/cell.ts";
import { gruCell, gruRows } from "./cells/gru.ts";
import { lstmCell, lstmRows } from "./cells/lstm.ts";
import { minimalRnnCell, minimalRnnRows } from "./cells/minimal_rnn.ts";
import { paraGruCell, paraGruRows } from "./cells/para_gru.ts";
import { paraLstmCell, paraLstmRows } from "./cells/para_lstm.ts";
import { saturatedAfter, saturatedBefore } from "./cells/rnn.ts";
import { normals, readWeights, type WeightRow, type Weights, zeros } from "./cells/weights.ts";
import { type DrawInputs, normalInputs, waveInputs } from "./draw_inputs.ts";
import { checkWord, readNumber, readWhole } from "./options.ts";

export interface NetworkOptions {
  /** Units H; default 32 */
  readonly size?: number;
  /** d; default as many as units */
  readonly inputDim?: number;
  /** Of the weights that are not given; default 0 */
  readonly seed?: number;
  /** Weights by name, some or all. */
  readonly weights?: Readonly<Record<string, ArrayInput>>;
  /** s_{−1}; default zeros */
  readonly initialState?: ArrayInput;
}

export interface HeadedNetworkOptions extends NetworkOptions {
  /** Heads, a divisor of units and inputs; default 1. */
  readonly heads?: number;
}

export interface MeanFieldOptions extends Omit<NetworkOptions, "inputDim"> {
  /** g: entries of W have the variance g²/D; chaotic above about 1.2. Default 1 */
  readonly gain?: number;
  /** before: s' = W tanh(s) + u. after: s' = tanh(W s + u). Default before */
  readonly when?: "before" | "after";
}

const SIZES = ["size", "inputDim", "seed", "weights", "initialState"];

interface Sizes {
  readonly size: number;
  readonly inputDim: number;
  readonly seed: number;
}

function readSizes(call: string, options: NetworkOptions, extra: readonly string[] = []): Sizes {
  checkKeys(call, "", options, [...SIZES, ...extra]);
  const size = readWhole(call, "size", options.size, 1, 32);
  return {
    size,
    inputDim: readWhole(call, "inputDim", options.inputDim, 1, size),
    seed: readWhole(call, "seed", options.seed, 0, 0),
  };
}

async function network(
  call: string,
  parts: CellParts,
  initialState: ArrayInput,
  drawInputs: DrawInputs,
): Promise<Recurrence> {
  return { ...recurrence({ function: await cellFunction(call, parts), initialState }), drawInputs };
}

type Rows = (size: number, inputDim: number) => Readonly<Record<string, WeightRow>>;
type Cell = (size: number, inputDim: number, weights: Weights) => CellParts;

const plain =
  (call: string, rows: Rows, cell: Cell) =>
  (options: NetworkOptions = {}): Promise<Recurrence> => {
    const { size, inputDim, seed } = readSizes(call, options);
    const parts = cell(size, inputDim, readWeights(call, options.weights, rows(size, inputDim), seed));
    const start = options.initialState ?? new Float64Array(parts.stateDim);
    return network(call, parts, start, normalInputs(inputDim));
  };

export const gru = plain("gru", gruRows, gruCell);
export const lstm = plain("lstm", lstmRows, lstmCell);
export const minimalRnn = plain("minimalRnn", minimalRnnRows, minimalRnnCell);

export function vanillaRnn(options: NetworkOptions = {}): Promise<Recurrence> {
  const call = "vanillaRnn";
  const { size, inputDim, seed } = readSizes(call, { inputDim: 4, ...options });
  const rows = {
    W: { shape: [size, size], draw: normals(1 / Math.sqrt(size)) },
    B: { shape: [size, inputDim], draw: normals(1 / Math.sqrt(inputDim)) },
    b: { shape: [size], draw: zeros },
  };
  const parts = saturatedAfter(size, inputDim, readWeights(call, options.weights, rows, seed));
  const start = options.initialState ?? normals(1)(new CounterRandom(seed, START), [size]);
  return network(call, parts, start, normalInputs(inputDim));
}

/** Stream of initial states: "STRT". */
const START = 0x53545254;

export function meanFieldRnn(options: MeanFieldOptions = {}): Promise<Recurrence> {
  const call = "meanFieldRnn";
  checkKeys(call, "", options, ["size", "gain", "when", "seed", "weights", "initialState"]);
  const { gain, when = "before", ...rest } = options;
  const { size, seed } = readSizes(call, { size: 100, ...rest });
  checkWord(call, "when", when, ["before", "after"]);
  const deviation = readNumber(call, "gain", gain, 1, 0) / Math.sqrt(size);
  const draw: WeightRow["draw"] = (random, shape) =>
    normals(deviation)(random, shape).map((value, at) => (at % (size + 1) === 0 ? 0 : value));
  const weights = readWeights(call, options.weights, { W: { shape: [size, size], draw } }, seed);
  const parts = when === "before" ? saturatedBefore(size, weights) : saturatedAfter(size, size, weights);
  const random = new CounterRandom(seed, START);
  const start = options.initialState ?? Float64Array.from({ length: size }, () => 2 * random.uniform() - 1);
  return network(call, parts, start, waveInputs(size));
}

const headed =
  (call: string, rows: typeof paraGruRows, cell: typeof paraGruCell) =>
  (options: HeadedNetworkOptions = {}): Promise<Recurrence> => {
    const { size, inputDim, seed } = readSizes(call, options, ["heads"]);
    const heads = readWhole(call, "heads", options.heads, 1, 1);
    if (size % heads !== 0 || inputDim % heads !== 0) {
      const expected = `a divisor of ${size} units and ${inputDim} inputs`;
      throw new ParameterError(say(call, "heads", expected, `${heads}`, "Correct one of them."));
    }
    const sizes = { size, inputDim, heads };
    const parts = cell(sizes, readWeights(call, options.weights, rows(sizes), seed));
    const start = options.initialState ?? new Float64Array(parts.stateDim);
    return network(call, parts, start, normalInputs(inputDim));
  };

export const paraGru = headed("paraGru", paraGruRows, paraGruCell);
export const paraLstm = headed("paraLstm", paraLstmRows, paraLstmCell);
