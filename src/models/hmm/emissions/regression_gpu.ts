import type { GpuEmissions } from "../../../inference/index.ts";
import { logistic, softplus } from "../special.ts";
import { firstRow, moveRow } from "./bind_rows.ts";
import type { EmissionData, Row } from "./family.ts";
import { type StepRecords, stepRecords, tableFits } from "./records.ts";
import { MOST_TABLE_FLOATS } from "./references.ts";

/** Scores that are linear in inputs: weights [E, m, d] u + biases [E, m], m channels or categories. */
interface Scores {
  readonly weights: Float64Array;
  readonly biases?: Float64Array;
  readonly m: number;
  readonly d: number;
}

/** ū [d], the mean of the inputs over all steps. */
function inputCentre(data: EmissionData, d: number): Float64Array {
  const sum = new Float64Array(d);
  const row = firstRow(data);
  let count = 0;
  for (let s = 0; s < data.numSeries; s++) {
    for (let t = 0; t < data.lengths[s]; t++) {
      moveRow(row, data, 0, d, s, t);
      count++;
      for (let k = 0; k < d; k++) sum[k] += (row.inputs![row.inputsAt + k] - sum[k]) / count;
    }
  }
  return sum;
}

/** The score of entry i of e less that of r, as a function of u − ū: (constant, weights) to out[at …]. */
function packDifference(
  { weights, biases, m, d }: Scores,
  centre: Float64Array,
  i: number,
  r: number,
  e: number,
  out: Float32Array,
  at: number,
): void {
  const [k, reference] = [e * m + i, r * m + i];
  let constant = (biases?.[k] ?? 0) - (biases?.[reference] ?? 0);
  for (let j = 0; j < d; j++) {
    const difference = weights[k * d + j] - weights[reference * d + j];
    constant += difference * centre[j];
    out[at + 1 + j] = difference;
  }
  out[at] = constant;
}

/** The state that gives the largest value. */
function best(E: number, value: (e: number) => number): { r: number; most: number } {
  let [r, most] = [0, Number.NEGATIVE_INFINITY];
  for (let e = 0; e < E; e++) {
    const own = value(e);
    if (own > most) [r, most] = [e, own];
  }
  return { r, most };
}

/** For shaders/emissions/logistic_regression.wgsl; undefined where the table would be too large. */
export function logisticGpu(
  E: number,
  scores: Scores,
  logOdds: (k: number, row: Row) => number,
  data: EmissionData,
): GpuEmissions | undefined {
  const { m, d } = scores;
  if (m * E * E * (1 + d) > MOST_TABLE_FLOATS) return undefined;
  const centre = inputCentre(data, d);
  const parameters = new Float32Array(m * E * E * (1 + d));
  for (let i = 0; i < m; i++)
    for (let r = 0; r < E; r++)
      for (let e = 0; e < E; e++)
        packDifference(scores, centre, i, r, e, parameters, ((i * E + r) * E + e) * (1 + d));
  if (!tableFits(parameters)) return undefined;
  const row = firstRow(data);
  const recordFloats = 4 * m + d;
  /** log-odds of what was not seen */
  const against = (e: number, i: number, y: number): number => {
    const η = logOdds(e * m + i, row);
    return y === 1 ? -η : η;
  };
  const record: StepRecords["record"] = (series, step, out, at) => {
    moveRow(row, data, m, d, series, step);
    let baseline = 0;
    for (let i = 0; i < m; i++) {
      const y = row.observations[row.at + i];
      const to = at + 4 * i;
      out.fill(0, to, to + 4);
      out[to] = -1;
      if (Number.isNaN(y)) continue;
      const { r, most } = best(E, e => -against(e, i, y));
      out[to] = r;
      out[to + 1] = y === 1 ? -1 : 1;
      out[to + 2] = logistic(-most);
      out[to + 3] = -most;
      baseline -= softplus(-most);
    }
    for (let k = 0; k < d; k++) out[at + 4 * m + k] = row.inputs![row.inputsAt + k] - centre[k];
    return baseline;
  };
  const constants = { CHANNELS: m, EMISSIONS: E, INPUTS: d };
  return stepRecords(
    { kernel: { stem: "logistic_regression" }, constants, parameters, recordFloats, record },
    data,
  );
}

/** For shaders/emissions/categorical_regression.wgsl; undefined where the table would be too large. */
export function categoricalRegressionGpu(
  E: number,
  scores: Scores,
  logProbs: (e: number, row: Row) => Float64Array,
  data: EmissionData,
): GpuEmissions | undefined {
  const { m: C, d } = scores;
  if (C * E * E * (1 + d) > MOST_TABLE_FLOATS) return undefined;
  const centre = inputCentre(data, d);
  const parameters = new Float32Array(C * E * E * (1 + d));
  for (let r = 0; r < E; r++)
    for (let e = 0; e < E; e++)
      for (let c = 0; c < C; c++)
        packDifference(scores, centre, c, r, e, parameters, ((r * E + e) * C + c) * (1 + d));
  if (!tableFits(parameters)) return undefined;
  const row = firstRow(data);
  const recordFloats = 2 + C + d;
  const record: StepRecords["record"] = (series, step, out, at) => {
    moveRow(row, data, 1, d, series, step);
    out.fill(0, at, at + recordFloats);
    const y = row.observations[row.at];
    out[at] = -1;
    if (Number.isNaN(y)) return 0;
    const { r, most } = best(E, e => logProbs(e, row)[y]);
    out[at] = r;
    out[at + 1] = y;
    out.set(logProbs(r, row), at + 2);
    for (let k = 0; k < d; k++) out[at + 2 + C + k] = row.inputs![row.inputsAt + k] - centre[k];
    return most;
  };
  const constants = { CATEGORIES: C, EMISSIONS: E, INPUTS: d };
  return stepRecords(
    { kernel: { stem: "categorical_regression" }, constants, parameters, recordFloats, record },
    data,
  );
}
