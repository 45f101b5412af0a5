/** Langevin dynamics in two wells, and in K random ones. */
import { type ArrayInput, ParameterError, ShapeError } from "../../../engine/index.ts";
import { CounterRandom } from "../../../inference/index.ts";
import { checkKeys } from "../../check_keys.ts";
import { readArray } from "../../read_array.ts";
import { say, shapeText } from "../../say.ts";
import { type Recurrence, recurrence } from "../recurrence.ts";
import { cellFunction } from "./cells/cell.ts";
import { langevinCell, type Wells } from "./cells/langevin.ts";
import { normalInputs } from "./draw_inputs.ts";
import { readNumber, readWhole } from "./options.ts";

export interface TwoWellOptions {
  /** ε, the length of a step; default 0.01 */
  readonly eps?: number;
  /** s_{−1}; default 0 */
  readonly initialState?: ArrayInput;
}

export interface KWellsOptions extends TwoWellOptions {
  /** D; default 2 */
  readonly size?: number;
  /** K; default 2 */
  readonly wells?: number;
  readonly seed?: number;
  /** μ [K, D]; default normals */
  readonly centres?: ArrayInput;
}

async function wells(
  call: string,
  D: number,
  parts: Wells,
  start: ArrayInput | undefined,
): Promise<Recurrence> {
  const f = await cellFunction(call, langevinCell(D, parts));
  return {
    ...recurrence({ function: f, initialState: start ?? new Float64Array(D), timeStep: parts.eps }),
    drawInputs: normalInputs(D),
  };
}

/** 0.49 N((−1.4, 0), diag(0.45, 0.45)) + 0.51 N((1.6, 0), diag(0.54, 0.45)) */
export function twoWell(options: TwoWellOptions = {}): Promise<Recurrence> {
  const call = "twoWell";
  checkKeys(call, "", options, ["eps", "initialState"]);
  const variances = [
    [0.45, 0.45],
    [0.54, 0.45],
  ];
  const logWeights = [0.49, 0.51].map(
    (weight, k) => Math.log(weight) - 0.5 * Math.log(variances[k][0] * variances[k][1]),
  );
  const parts = {
    logWeights,
    centres: Float64Array.of(-1.4, 0, 1.6, 0),
    precisions: Float64Array.from(variances.flatMap(([x, y]) => [1 / x, 0, 0, 1 / y])),
    eps: readNumber(call, "eps", options.eps, 0.01, 0),
  };
  return wells(call, 2, parts, options.initialState);
}

/** Equal weights exp(−(x − μ_k)' Z_k' Z_k (x − μ_k)), Z_k [D + 1, D] of normals. */
export function kWells(options: KWellsOptions = {}): Promise<Recurrence> {
  const call = "kWells";
  checkKeys(call, "", options, ["size", "wells", "seed", "eps", "centres", "initialState"]);
  const D = readWhole(call, "size", options.size, 1, 2);
  const K = readWhole(call, "wells", options.wells, 1, 2);
  const seed = readWhole(call, "seed", options.seed, 0, 0);
  const random = new CounterRandom(seed, WELLS);
  const drawn = Float64Array.from({ length: K * D }, () => random.normal());
  const precisions = new Float64Array(K * D * D);
  for (let k = 0; k < K; k++) {
    const Z = Float64Array.from({ length: (D + 1) * D }, () => random.normal());
    for (let i = 0; i < D; i++)
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let row = 0; row <= D; row++) sum += Z[row * D + i] * Z[row * D + j];
        // Λ = 2 Z'Z: there is no ½ in the exponent.
        precisions[(k * D + i) * D + j] = 2 * sum;
        precisions[(k * D + j) * D + i] = 2 * sum;
      }
  }
  const centres = options.centres === undefined ? drawn : readCentres(call, options.centres, K, D);
  const eps = readNumber(call, "eps", options.eps, 1e-5, 0);
  return wells(call, D, { logWeights: new Array(K).fill(0), centres, precisions, eps }, options.initialState);
}

/** Stream of the draws: "WELL". */
const WELLS = 0x57454c4c;

function readCentres(call: string, value: ArrayInput, K: number, D: number): Float64Array {
  const { data, shape } = readArray(call, "centres", value);
  if (shape.length !== 2 || shape[0] !== K || shape[1] !== D)
    throw new ShapeError(
      say(call, "centres", shapeText([K, D]), shapeText(shape), "Give one row for every well."),
    );
  const bad = data.findIndex(entry => !Number.isFinite(entry));
  if (bad >= 0)
    throw new ParameterError(say(call, "centres", "finite numbers", `${data[bad]}`, "Correct it."));
  return data;
}
