/** Updates within a trust region (ELK) by the kernels of the Kalman filter. */
import { type BufferSpec, type Dispatch, LimitError, Recording } from "../../engine/index.ts";
import { kalmanFilterElement, recordScan, scanLevels, scanScratch } from "../../scan/index.ts";
import { EACH_WORKGROUP, eachGrid } from "../each_grid.ts";
import { stateRecordLength } from "../linear_gaussian_problem.ts";
import { recordRecurrenceInputs, recurrenceSizes, systemRequest } from "./recurrence_buffers.ts";
import type { RecurrenceProblem } from "./recurrence_problem.ts";
import { type GpuIterationOptions, kept, settingsOf, type UpdateRecording } from "./update_parts.ts";

/** The change δ is the state of a filter: δ_t = A_t δ_{t−1} + r_t + q, 0 = δ_t + e. @throws LimitError for cells */
export function trustRegionRecording(
  setup: Recording,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
): UpdateRecording {
  const { numSeries: N, numSteps: T, stateDim: D } = problem;
  const { call, engine, method, trustRegion, probe } = options;
  const { splice, constants, cell } = systemRequest(call, problem);
  if (cell)
    throw new LimitError(
      `${call}: options.method expected one without a trust region for a cell on the GPU, got "${method}". Use backend "cpu".`,
    );
  const diagonal = method === "quasiElk";
  const copies = diagonal ? D : 1;
  const [n, series] = diagonal ? [1, N * D] : [D, N];
  const element = kalmanFilterElement(call, n, n, engine.caps);
  const sizes = recurrenceSizes({ ...problem, numSeries: series }, options);
  const inputs = recordRecurrenceInputs(setup, problem, settingsOf(options), "output");
  const weights = series * T * n * n;
  const constantAt = weights + N * T * D;
  const model = setup.buffer("trust region model", [constantAt + 3 * n * n], "output");
  setup.upload(model, () => modelOf(constantAt, n, Math.sqrt(trustRegion)));
  const indices = lengthsOf(setup, problem, copies);
  const observations = setup.buffer("no change", [series, T, n], "output");
  const record = stateRecordLength(n);
  const moments = setup.buffer("filtered changes", [series, T, record], "output");
  const others = ["predicted", "likelihoods"].map(name =>
    setup.buffer(name, [name === "predicted" ? 4 : series * T], "output"),
  );
  const scratch = kept(setup, () => scanScratch(setup, element, sizes, T, true));
  const partials = Math.ceil(T / EACH_WORKGROUP);
  const merits = setup.buffer("merits of workgroups", [N, partials], "output");
  const levels = scanLevels(T, sizes);
  const own = { ...inputs.uniforms, num_series: N, block_steps: T };
  return {
    indices,
    elements: merits,
    uniforms: {
      top_offset: 0,
      top_stride: partials,
      leaf_steps: EACH_WORKGROUP,
      element_floats: 1,
      copies,
      sums: 1,
    },
    stoppable: 2 + 2 * levels.length - 1,
    words: `a Kalman filter of ${T} steps for the change, ${diagonal ? "coordinate by coordinate, " : ""}σ² = ${trustRegion}`,
    record(recording, from, to, decide, groups) {
      const stop = (word: number): Pick<Dispatch, "indirect"> => ({
        indirect: { buffer: groups, word: 3 * word },
      });
      recording.dispatch({
        kernel: {
          name: "recurrence_linearise",
          constants: {
            ...constants,
            STATE_DIM: D,
            WORKGROUP: EACH_WORKGROUP,
            DIAGONAL: diagonal ? (probe ? 1 : 0) : 3,
          },
          unroll: false,
          splice,
        },
        uniforms: { ...own, bias_offset: weights, state_floats: record, partials },
        buffers: {
          parameters: inputs.parameters,
          indices,
          current: from,
          elements: merits,
          states: scratch.states,
          next: model,
        },
        workgroups: [partials, Math.min(N, 65_535), Math.ceil(N / 65_535)],
        ...stop(0),
        cost: N * T * (D + 1) * (20 * D + 2 * D * D),
      });
      decide();
      const inner = new Recording();
      recordScan(inner, element, sizes, { start: 0, steps: T, reverse: false }, true, scratch, {
        uniforms: filterUniforms(n, T, weights, constantAt, series),
        buffers: {
          parameters: model,
          indices,
          observations,
          filtered: moments,
          predicted: others[0],
          likelihoods: others[1],
        },
        groups,
      });
      // The filter's dispatches stand behind the one before it.
      for (const dispatch of inner.dispatches)
        recording.dispatch({
          ...dispatch,
          indirect: { buffer: groups, word: (dispatch.indirect?.word ?? 0) + 3 },
        });
      recording.dispatch({
        kernel: {
          name: "recurrence_move",
          constants: { STATE_DIM: D, WORKGROUP: EACH_WORKGROUP, INPUT_DIM: 1, PARAMETERS: 1 },
          unroll: false,
        },
        uniforms: { ...own, record_floats: record, copies },
        buffers: { parameters: inputs.parameters, indices, current: from, filtered: moments, next: to },
        workgroups: eachGrid(N * T * D),
        ...stop(1 + inner.dispatches.length),
        cost: 10 * N * T * D,
      });
    },
  };
}

/** Zeros, then the factors of process noise and emissions: I, and H = I with σ I. */
function modelOf(constantAt: number, n: number, sigma: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(constantAt + 3 * n * n);
  for (let i = 0; i < n; i++) {
    const at = constantAt + i * (n + 1);
    out[at] = out[at + n * n] = 1;
    out[at + 2 * n * n] = sigma;
  }
  return out;
}

/** Lengths of all filters, and behind them the one emission record. */
function lengthsOf(setup: Recording, { lengths }: RecurrenceProblem, copies: number): BufferSpec {
  const own = setup.buffer("filter lengths", [lengths.length * copies + 1], "output", "u32");
  setup.upload(own, () =>
    Uint32Array.from([...lengths].flatMap(length => new Array(copies).fill(length)).concat(0)),
  );
  return own;
}

const filterUniforms = (n: number, T: number, weights: number, constantAt: number, series: number) => ({
  weights_offset: 0,
  weights_step: n * n,
  weights_series: T * n * n,
  bias_offset: weights,
  bias_step: n,
  bias_series: T * n,
  noise_offset: constantAt,
  noise_step: 0,
  noise_series: 0,
  record_offset: series,
  record_step: 0,
  record_series: 0,
  emission_offset: constantAt + n * n,
  flags: 1,
});
