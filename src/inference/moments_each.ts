/**
 * moments_each: the moments of a recorded pass as dense float32 arrays in the units of the model, made on the GPU and left
 * there, with the few numbers that the host judges the pass by.
 */
import type { BufferSpec, Recording } from "../engine/index.ts";
import type { Units } from "./conditioning.ts";
import { isCovarianceProblem } from "./covariance_form.ts";
import { EACH_WORKGROUP, eachGrid } from "./each_grid.ts";
import type { MomentsName, RecordedGroup, RecordedPass } from "./kalman_pass.ts";
import type { Floats, LinearGaussianProblem, Rows } from "./linear_gaussian_problem.ts";

const COVARIANCE = 1;
const TABLE = 2;
const JUDGE = 4;

/** Names of the arrays of a group. */
export type MomentsArray = `${MomentsName}${"Means" | "Covariances"}`;

export interface MomentsEach {
  /** Means [N, T, n] and covariances [N, T, n, n], NaN past the end of short series. */
  readonly arrays: ReadonlyMap<MomentsArray, BufferSpec>;
  /** [N] largest |mean| / sd of filter and smoother, in the units of the pass; Infinity where a number is not finite or a mark. */
  readonly verdicts: BufferSpec;
  /** [N, 2, n(n+1)/2] filtered factors (covariances in covariance form) of the last step t of a series and of step t >> 1. */
  readonly ends: BufferSpec;
}

/** Appends the making of the arrays to the recording of a pass. */
export function recordMomentsEach(
  problem: LinearGaussianProblem,
  units: Units,
  pass: RecordedPass,
): MomentsEach {
  const { stateDim: n, numSeries: N, numSteps: T } = problem;
  const { recording } = pass;
  const size = (n * (n + 1)) / 2;
  const scratch = recording.buffer("spreads not asked for", [N, 2, size], "scratch");
  const own = {
    units: recording.buffer("units", [n + 2 * N * n], "input"),
    verdicts: recording.buffer("verdicts", [N], "output"),
  };
  recording.upload(own.units, () => packUnits(problem, units));
  const ends = recording.buffer("spreads of last and middle steps", [N, 2, size], "output");
  const arrays = new Map<MomentsArray, BufferSpec>();
  let total = 0;
  for (const group of pass.groups) {
    const { name } = group;
    const means_out = recording.buffer(`${name}Means`, [N, T, n], "output");
    const covariances_out = recording.buffer(`${name}Covariances`, [N, T, n, n], "output");
    arrays.set(`${name}Means`, means_out).set(`${name}Covariances`, covariances_out);
    const table = group.factors && uploadTable(recording, group.factors, n);
    const flags =
      (table || isCovarianceProblem(problem) ? COVARIANCE : 0) |
      (table ? TABLE : 0) |
      (name === "predicted" ? 0 : JUDGE);
    pass.blocks.forEach(([start, end], k) => {
      const steps = end - start;
      const means = group.buffers[k]!;
      const [, rows, floats] = means.shape as [number, number, number];
      const shared = group.factors === undefined || hasSharedRows(problem);
      recording.dispatch({
        kernel: { name: "moments_each", constants: { WORKGROUP: EACH_WORKGROUP }, unroll: false },
        uniforms: {
          state_dim: n,
          num_series: N,
          num_steps: T,
          block_start: start,
          block_steps: steps,
          mean_step: floats,
          mean_series: rows * floats,
          table_series: shared ? 0 : steps,
          flags,
        },
        buffers: {
          ...own,
          means,
          spreads: table ?? means,
          indices: uploadIndices(recording, problem, group, start, steps),
          means_out,
          covariances_out,
          ends: name === "filtered" ? ends : scratch,
        },
        workgroups: eachGrid(N * steps * n * n),
        cost: N * steps * n * n * (n + 8),
      });
      total += steps;
      recording.mark("arrays", total, T * pass.groups.length);
    });
  }
  return { arrays, ends, verdicts: own.verdicts };
}

/** The scale of each state, and the centres as sums of two floats. */
function packUnits(
  { stateDim: n, numSeries: N }: LinearGaussianProblem,
  { exponents, centres }: Units,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(n + 2 * N * n);
  for (let i = 0; i < n; i++) out[i] = 2 ** (exponents?.[i] ?? 0);
  centres?.forEach((c, k) => {
    const at = n + 2 * k;
    out[at] = c;
    out[at + 1] = c - out[at]!;
  });
  return out;
}

const hasSharedRows = ({ lengths }: LinearGaussianProblem): boolean =>
  lengths.every(length => length === lengths[0]);

/** Lengths, and where the covariances of the steps of a block stand in the table. */
function uploadIndices(
  recording: Recording,
  problem: LinearGaussianProblem,
  { factors }: RecordedGroup,
  start: number,
  steps: number,
): BufferSpec {
  const { numSeries: N, lengths } = problem;
  const series = factors === undefined ? 0 : hasSharedRows(problem) ? 1 : N;
  const buffer = recording.buffer(`steps ${start}`, [N + series * steps], "input", "u32");
  recording.upload(buffer, () => {
    const out = new Uint32Array(N + series * steps);
    out.set(lengths);
    for (let s = 0; s < series; s++)
      for (let t = start; t < Math.min(start + steps, lengths[s]!); t++)
        out[N + s * steps + t - start] = factors!.at(s, t);
    return out;
  });
  return buffer;
}

/** Packed covariances, made in float64, in the places of their factors. */
function uploadTable(recording: Recording, { data }: Rows, n: number): BufferSpec {
  const table = recording.buffer("covariances", [data.length], "input");
  recording.upload(table, () => packedProducts(data, n));
  return table;
}

function packedProducts(factors: Floats, n: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(factors.length);
  for (let at = 0; at < factors.length; at += (n * (n + 1)) / 2) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const [left, right] = [at + (i * (i + 1)) / 2, at + (j * (j + 1)) / 2];
        let sum = 0;
        for (let k = 0; k <= j; k++) sum += factors[left + k]! * factors[right + k]!;
        out[left + j] = sum;
      }
    }
  }
  return out;
}
