/** The GPU inputs of a linear Gaussian problem, block of time by block of time: float64 in, float32 buffers out. */
import type { BufferSpec, Recording } from "../engine/index.ts";
import { isCovarianceProblem } from "./covariance_form.ts";
import type { Field, LinearGaussianProblem } from "./linear_gaussian_problem.ts";

/** Inputs of one block, shared by the filter and the smoother. */
export interface BlockInputs {
  readonly start: number;
  readonly steps: number;
  readonly parameters: BufferSpec;
  readonly indices: BufferSpec;
  readonly observations: BufferSpec;
  /** Offsets and strides, by the names in shaders/elements/kalman_params.wgsl. */
  readonly uniforms: Readonly<Record<string, number>>;
}

const isConstant = (problem: LinearGaussianProblem): boolean =>
  [problem.dynamicsWeights, problem.dynamicsBias, problem.dynamicsFactor].every(f => f.stepStride === 0) &&
  problem.emissionIndex.stepStride === 0;

/** Declares and uploads the inputs of all blocks. Constant parameters are uploaded once. */
export function recordBlockInputs(
  recording: Recording,
  problem: LinearGaussianProblem,
  blocks: readonly (readonly [number, number])[],
): readonly BlockInputs[] {
  const { emissionDim: m, numSeries: N, numSteps: T } = problem;
  let shared: Omit<BlockInputs, "start" | "steps" | "observations"> | undefined;
  return blocks.map(([start, end]) => {
    const steps = end - start;
    const observations = recording.buffer(`observations ${start}`, [N, steps, m], "input");
    recording.upload(observations, () => sliceSteps(problem.observations, N, T, m, start, end));
    const own = shared ?? recordParameters(recording, problem, start, end);
    if (isConstant(problem)) shared = own;
    return { start, steps, observations, ...own };
  });
}

/** [N, T, size] → [N, end − start, size], as float32. */
export function sliceSteps(
  data: Float64Array,
  N: number,
  T: number,
  size: number,
  start: number,
  end: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(N * (end - start) * size);
  for (let s = 0; s < N; s++)
    out.set(data.subarray((s * T + start) * size, (s * T + end) * size), s * (end - start) * size);
  return out;
}

function recordParameters(recording: Recording, problem: LinearGaussianProblem, start: number, end: number) {
  const { stateDim: n, emissionDim: m, numSeries: N, numSteps: T } = problem;
  const covariance = isCovarianceProblem(problem) ? problem : undefined;
  // The smoother of the block's last step needs the transition into the step after it.
  const last = Math.min(end + 1, T);
  const fields = [
    { name: "weights", field: problem.dynamicsWeights, size: n * n },
    { name: "bias", field: problem.dynamicsBias, size: n },
    { name: "noise", field: covariance?.dynamicsCovariance ?? problem.dynamicsFactor, size: n * n },
  ].map(f => ({ ...f, layout: layoutField(f.field, f.size, N, last - start) }));
  const uniforms: Record<string, number> = {};
  let floats = 0;
  for (const { name, layout } of fields) {
    uniforms[`${name}_offset`] = floats;
    uniforms[`${name}_step`] = layout.stepStride;
    uniforms[`${name}_series`] = layout.seriesStride;
    floats += layout.length;
  }
  const index = problem.emissionIndex;
  const [first, final] = recordRange(problem, start, end);
  // Whitened noise needs no factor.
  const size = m * n + (covariance ? 0 : m * m);
  uniforms["emission_offset"] = floats;
  const parameters = recording.buffer(`parameters ${start}`, [floats + (final - first) * size], "input");
  recording.upload(parameters, () => {
    const out = new Float32Array(floats + (final - first) * size);
    for (const { name, field, size: entry, layout } of fields)
      packField(out, uniforms[`${name}_offset`]!, field, entry, layout, N, start);
    for (let record = first; record < final; record++) {
      const at = floats + (record - first) * size;
      out.set(problem.emissionWeights.subarray(record * m * n, (record + 1) * m * n), at);
      if (!covariance)
        out.set(problem.emissionFactor.subarray(record * m * m, (record + 1) * m * m), at + m * n);
    }
    return out;
  });
  const rows = index.stepStride === 0 ? 1 : end - start;
  const series = index.seriesStride === 0 ? 1 : N;
  const indices = recording.buffer(`indices ${start}`, [N + series * rows], "input", "u32");
  uniforms["record_offset"] = N;
  uniforms["record_step"] = rows === 1 && index.stepStride === 0 ? 0 : 1;
  uniforms["record_series"] = series === 1 ? 0 : rows;
  recording.upload(indices, () => {
    const out = new Uint32Array(N + series * rows);
    out.set(problem.lengths);
    for (let s = 0; s < series; s++)
      for (let t = 0; t < rows; t++)
        out[N + s * rows + t] =
          index.data[s * index.seriesStride + (index.stepStride === 0 ? 0 : start + t) * index.stepStride]! -
          first;
    return out;
  });
  return { parameters, indices, uniforms };
}

/** Emission records [first, end) that a block uses. */
function recordRange(problem: LinearGaussianProblem, start: number, end: number): readonly [number, number] {
  const { data, stepStride, seriesStride } = problem.emissionIndex;
  const rows = stepStride === 0 ? 1 : end - start;
  const series = seriesStride === 0 ? 1 : problem.numSeries;
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (let s = 0; s < series; s++) {
    for (let t = 0; t < rows; t++) {
      const record = data[s * seriesStride + (stepStride === 0 ? 0 : start + t) * stepStride]!;
      low = Math.min(low, record);
      high = Math.max(high, record);
    }
  }
  return [low, high + 1];
}

interface FieldLayout {
  readonly stepStride: number;
  readonly seriesStride: number;
  readonly length: number;
  readonly rows: number;
  readonly series: number;
}

function layoutField(field: Field, size: number, N: number, steps: number): FieldLayout {
  const rows = field.stepStride === 0 ? 1 : steps;
  const series = field.seriesStride === 0 ? 1 : N;
  return {
    stepStride: rows === 1 && field.stepStride === 0 ? 0 : size,
    seriesStride: series === 1 ? 0 : rows * size,
    length: series * rows * size,
    rows,
    series,
  };
}

function packField(
  out: Float32Array,
  offset: number,
  field: Field,
  size: number,
  layout: FieldLayout,
  N: number,
  start: number,
): void {
  for (let s = 0; s < Math.min(N, layout.series); s++) {
    for (let t = 0; t < layout.rows; t++) {
      // The transition into step 0 is never read, and may hold anything.
      if (field.stepStride !== 0 && start + t === 0) continue;
      const from = s * field.seriesStride + (field.stepStride === 0 ? 0 : start + t) * field.stepStride;
      out.set(field.data.subarray(from, from + size), offset + s * layout.rows * size + t * size);
    }
  }
}
