/** Updates within a trust region (ELK) by the kernels of the Kalman filter. */
import { kalmanFilterElement, recordScan, scanLevels, scanScratch } from "../../scan/index.ts";
import { EACH_WORKGROUP, eachGrid } from "../each_grid.ts";
import { stateRecordLength } from "../linear_gaussian_problem.ts";
import { partialSums, stepKernel } from "./each_recording.ts";
import { recurrenceSizes } from "./recurrence_buffers.ts";
import { kept, stepsSeen, type UpdateMaker } from "./update_parts.ts";

/** The change δ is the state of a filter: δ_t = A_t δ_{t−1} + r_t + q, 0 = δ_t + e. */
export const trustRegionRecording: UpdateMaker = (setup, problem, options, inputs) => {
  const { numSeries: N, stateDim: D } = problem;
  const { call, engine, trustRegion } = options;
  const { parameters, indices } = inputs;
  const steps = stepsSeen(problem, options);
  const element = kalmanFilterElement(call, D, D, engine.caps);
  const sizes = recurrenceSizes({ ...problem, numSteps: steps }, options);
  const weights = N * steps * D * D;
  const constantAt = weights + N * steps * D;
  const model = setup.buffer("trust region model", [constantAt + 3 * D * D], "output");
  setup.upload(model, () => modelOf(constantAt, D, Math.sqrt(trustRegion)));
  const observations = setup.buffer("no change", [N, steps, D], "output");
  const record = stateRecordLength(D);
  const moments = setup.buffer("filtered changes", [N, steps, record], "output");
  const predicted = setup.buffer("predicted changes", [4], "output");
  const likelihoods = setup.buffer("likelihoods", [N * steps], "output");
  const scratch = kept(setup, () => scanScratch(setup, element, sizes, steps, true));
  const linearise = stepKernel("recurrence_linearise", problem, options);
  const merits = setup.buffer("merits of workgroups", [N, linearise.partials], "output");
  const filterDispatches = 2 * scanLevels(steps, sizes).length - 1;
  const own = { ...inputs.uniforms, ...linearise.uniforms };
  return {
    elements: merits,
    uniforms: partialSums(linearise),
    stoppable: 2 + filterDispatches,
    words: `a Kalman filter of ${steps} steps for the change, σ² = ${trustRegion}`,
    record(recording, { from, to, decide, groups, firstGroup }) {
      const stop = (at: number) => ({ indirect: { buffer: groups, word: 3 * (firstGroup + at) } });
      recording.dispatch({
        kernel: linearise.kernel,
        uniforms: { ...own, bias_offset: weights, state_floats: record },
        buffers: {
          parameters,
          indices,
          current: from,
          elements: merits,
          states: scratch.states,
          next: model,
        },
        workgroups: linearise.workgroups,
        ...stop(0),
        cost: linearise.costs.jacobian,
      });
      decide();
      recordScan(recording, element, sizes, { start: 0, steps, reverse: false }, true, scratch, {
        uniforms: filterUniforms(D, steps, weights, constantAt, N),
        buffers: { parameters: model, indices, observations, filtered: moments, predicted, likelihoods },
        groups,
        firstGroup: firstGroup + 1,
      });
      recording.dispatch({
        kernel: {
          name: "recurrence_move",
          constants: { STATE_DIM: D, WORKGROUP: EACH_WORKGROUP, INPUT_DIM: 1, PARAMETERS: 1 },
          unroll: false,
        },
        uniforms: { ...own, record_floats: record },
        buffers: { parameters, indices, current: from, filtered: moments, next: to },
        workgroups: eachGrid(N * steps * D),
        ...stop(1 + filterDispatches),
        cost: 10 * N * steps * D,
      });
    },
  };
};

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

/** Lengths of the windows are those of the series, and the one emission record stands behind them and their starts. */
const filterUniforms = (n: number, steps: number, weights: number, constantAt: number, N: number) => ({
  weights_offset: 0,
  weights_step: n * n,
  weights_series: steps * n * n,
  bias_offset: weights,
  bias_step: n,
  bias_series: steps * n,
  noise_offset: constantAt,
  noise_step: 0,
  noise_series: 0,
  record_offset: 2 * N,
  record_step: 0,
  record_series: 0,
  emission_offset: constantAt + n * n,
  flags: 1,
});
