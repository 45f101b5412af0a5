/** Weights of cells: given by name, or drawn. */
import { type ArrayInput, ParameterError, ShapeError } from "../../../../engine/index.ts";
import { CounterRandom } from "../../../../inference/index.ts";
import { checkKeys } from "../../../check_keys.ts";
import { readArray } from "../../../read_array.ts";
import { say, shapeText } from "../../../say.ts";

/** Stream of the draws: "WGTS". */
const STREAM = 0x57475453;

export interface WeightRow {
  readonly shape: readonly number[];
  /** The standard value, drawn in the order of the rows. */
  draw(random: CounterRandom, shape: readonly number[]): Float64Array;
}

export interface Weights {
  /** p, one behind the other */
  readonly parameters: Float64Array;
  /** Where each begins. */
  readonly at: Readonly<Record<string, number>>;
}

/** @throws ParameterError, ShapeError naming the weight */
export function readWeights(
  call: string,
  given: Readonly<Record<string, ArrayInput>> | undefined,
  rows: Readonly<Record<string, WeightRow>>,
  seed: number,
): Weights {
  const own = given === undefined ? {} : checkKeys(call, "weights.", given, Object.keys(rows));
  const at: Record<string, number> = {};
  const numbers: Float64Array[] = [];
  let total = 0;
  Object.entries(rows).forEach(([name, { shape, draw }], index) => {
    at[name] = total;
    const value = own[name];
    // A stream of its own: other weights stay as they are when this one is given.
    const data =
      value === undefined
        ? draw(new CounterRandom(seed, STREAM, index), shape)
        : readWeight(call, `weights.${name}`, value as ArrayInput, shape);
    numbers.push(data);
    total += data.length;
  });
  const parameters = new Float64Array(total);
  let from = 0;
  for (const data of numbers) {
    parameters.set(data, from);
    from += data.length;
  }
  return { parameters, at };
}

function readWeight(
  call: string,
  argument: string,
  value: ArrayInput,
  shape: readonly number[],
): Float64Array {
  const got = readArray(call, argument, value);
  if (got.shape.length !== shape.length || got.shape.some((size, i) => size !== shape[i]))
    throw new ShapeError(
      say(call, argument, shapeText(shape), shapeText(got.shape), "Give one row per output."),
    );
  const bad = got.data.findIndex(entry => !Number.isFinite(entry));
  if (bad >= 0)
    throw new ParameterError(say(call, argument, "finite numbers", `${got.data[bad]}`, "Correct it."));
  return got.data;
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Normals of a standard deviation. */
export const normals =
  (deviation: number): WeightRow["draw"] =>
  (random, shape) =>
    Float64Array.from({ length: count(shape) }, () => deviation * random.normal());

/** Uniforms from low to high. */
export const uniforms =
  (low: number, high: number): WeightRow["draw"] =>
  (random, shape) =>
    Float64Array.from({ length: count(shape) }, () => low + (high - low) * random.uniform());

export const zeros: WeightRow["draw"] = (_, shape) => new Float64Array(count(shape));

/** A square matrix, uniform on the orthogonal ones: rows of normals made orthonormal, twice for accuracy. */
export const orthogonal: WeightRow["draw"] = (random, [n]) => {
  const out = Float64Array.from({ length: n * n }, () => random.normal());
  for (let i = 0; i < n; i++) {
    const row = out.subarray(i * n, (i + 1) * n);
    for (let again = 0; again < 2; again++)
      for (let k = 0; k < i; k++) {
        const other = out.subarray(k * n, (k + 1) * n);
        const along = row.reduce((sum, value, j) => sum + value * other[j], 0);
        for (let j = 0; j < n; j++) row[j] -= along * other[j];
      }
    const size = Math.hypot(...row);
    for (let j = 0; j < n; j++) row[j] /= size;
  }
  return out;
};
