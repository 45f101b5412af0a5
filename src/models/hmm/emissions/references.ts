import type { Emissions, GpuEmissions } from "../../../inference/index.ts";
import type { EmissionData } from "./family.ts";
import { type StepRecords, stepRecords, tableFits } from "./records.ts";

/** Tables larger than this, in floats, are not made: then the densities are worked out on the host. */
export const MOST_TABLE_FLOATS = 2 ** 24;

/** A density that is this much less likely than the best, nats, hardly counts, nor does what float32 does to it. */
const CLOSE = 8;

/**
 * The density that those of one entry are compared with: the one whose centre is nearest, as deviations from it round least; but the
 * most likely one where the entry says much else of it, as an outlier does: the difference of two large numbers would be left.
 * @param logDensities, distances [E] from `at`
 * @param best the most likely density, of the whole step
 */
export function chooseReference(
  logDensities: Float64Array,
  distances: Float64Array,
  best: number,
  at: number,
  numEmissions: number,
  close = CLOSE,
): number {
  let nearest = 0;
  for (let e = 1; e < numEmissions; e++) if (distances[at + e] < distances[at + nearest]) nearest = e;
  return Math.abs(logDensities[at + best] - logDensities[at + nearest]) < close ? nearest : best;
}

/** Where the largest of E values is. */
export function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let e = 1; e < values.length; e++) if (values[e] > values[best]) best = e;
  return best;
}

/** What is worked out for a count below this is kept. */
const MOST_KEPT = 2 ** 14;

/** log p_e(y), all e at once, of a channel; those of counts are worked out once. */
function densitiesOf({ logDensity, counts }: ChannelKernel, E: number, m: number) {
  const known: Float64Array[][] = Array.from({ length: m }, () => []);
  const make = (i: number, y: number): Float64Array =>
    Float64Array.from({ length: E }, (_, e) => logDensity(e, i, y));
  return (i: number, y: number, out: Float64Array, at: number): void => {
    if (!counts || !(y < MOST_KEPT)) {
      for (let e = 0; e < E; e++) out[at + e] = logDensity(e, i, y);
      return;
    }
    known[i][y] ??= make(i, y);
    const row = known[i][y];
    for (let e = 0; e < E; e++) out[at + e] = row[e];
  };
}

/** How a family of independent channels goes to its kernel. */
export interface ChannelKernel {
  readonly stem: string;
  /** Constants of its text beside CHANNELS and EMISSIONS. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Floats of the record of a channel, the reference included. */
  readonly recordFloats: number;
  /** Floats of a pair of densities in the table. */
  readonly pairFloats: number;
  /** log p(y | e), nats */
  readonly logDensity: (e: number, i: number, y: number) => number;
  /** How far y is from the centre of e, in units that e has not chosen; default −logDensity. */
  readonly distance?: (e: number, i: number, y: number) => number;
  /** Writes the entries of e against the reference r to out[at …]. */
  readonly pair: (i: number, r: number, e: number, out: Float32Array, at: number) => void;
  /**
   * Writes what follows the reference in the record.
   * @param best the most likely density of the whole step
   */
  readonly record: (i: number, r: number, y: number, out: Float32Array, at: number, best: number) => void;
  /** The kernel takes the log-density of `best` off, by its record, so that the nearest density can always be the reference. */
  readonly levelled?: boolean;
  /** Observations are counts, few of them different: what is worked out for one is kept. */
  readonly counts?: boolean;
}

/**
 * Records (reference, …) of every channel, −1 where missing, and a table of pairs of densities [channel, reference, density].
 * @param otherwise what a GPU takes where the table would be too large, or its numbers too large for float32
 */
export function channelGpu(
  kernel: ChannelKernel,
  numEmissions: number,
  emissionDim: number,
  data: EmissionData,
  otherwise: GpuEmissions,
): GpuEmissions {
  const [E, m] = [numEmissions, emissionDim];
  const { recordFloats, pairFloats } = kernel;
  if (m * E * E * pairFloats > MOST_TABLE_FLOATS) return otherwise;
  const parameters = new Float32Array(m * E * E * pairFloats);
  for (let i = 0; i < m; i++)
    for (let r = 0; r < E; r++)
      for (let e = 0; e < E; e++) kernel.pair(i, r, e, parameters, ((i * E + r) * E + e) * pairFloats);
  if (!tableFits(parameters)) return otherwise;
  const densities = densitiesOf(kernel, E, m);
  const logDensities = new Float64Array(m * E);
  const distances = new Float64Array(m * E);
  const totals = new Float64Array(E);
  const references = new Int32Array(m);
  const close = kernel.levelled ? Number.POSITIVE_INFINITY : CLOSE;
  let best = 0;
  /** Finds the reference of every channel of a step, −1 where missing; returns where its row is. */
  const compare = (series: number, step: number): number => {
    const at = (series * data.numSteps + step) * m;
    totals.fill(0);
    for (let i = 0; i < m; i++) {
      const y = data.observations[at + i];
      if (Number.isNaN(y)) continue;
      densities(i, y, logDensities, i * E);
      for (let e = 0; e < E; e++) {
        const value = logDensities[i * E + e];
        distances[i * E + e] = kernel.distance === undefined ? -value : kernel.distance(e, i, y);
        totals[e] += value;
      }
    }
    best = indexOfLargest(totals);
    for (let i = 0; i < m; i++) {
      if (Number.isNaN(data.observations[at + i])) references[i] = -1;
      else references[i] = chooseReference(logDensities, distances, best, i * E, E, close);
    }
    return at;
  };
  const record: StepRecords["record"] = (series, step, out, at) => {
    const from = compare(series, step);
    let baseline = 0;
    for (let i = 0; i < m; i++) {
      const to = at + i * recordFloats;
      const r = references[i];
      out[to] = r;
      if (r < 0) {
        out.fill(0, to + 1, to + recordFloats);
        continue;
      }
      kernel.record(i, r, data.observations[from + i], out, to + 1, best);
      baseline += logDensities[i * E + (kernel.levelled ? best : r)];
    }
    return baseline;
  };
  const constants = { ...kernel.constants, CHANNELS: m, EMISSIONS: E };
  /** Records and baselines of small counts, where there is one channel. */
  const known: { readonly record: Float32Array; readonly baseline: number }[] = [];
  const keep: StepRecords["record"] = (series, step, out, at) => {
    const y = data.observations[series * data.numSteps + step];
    if (!(y < MOST_KEPT)) return record(series, step, out, at);
    known[y] ??= { baseline: record(series, step, out, at), record: out.slice(at, at + recordFloats) };
    out.set(known[y].record, at);
    return known[y].baseline;
  };
  return stepRecords(
    {
      kernel: { stem: kernel.stem },
      constants,
      parameters,
      recordFloats: m * recordFloats,
      record: kernel.counts && m === 1 ? keep : record,
    },
    data,
  );
}

/** Emissions of independent channels with a kernel of their own. */
export function withChannelKernel(
  emissions: Emissions,
  kernel: ChannelKernel,
  m: number,
  data: EmissionData,
): Emissions {
  return { ...emissions, gpu: channelGpu(kernel, emissions.numEmissions, m, data, emissions.gpu) };
}
