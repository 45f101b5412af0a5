/**
 * Derivatives through a recurrence, along a trajectory that is known: two linear recursions, no iterations.
 *
 *   tangent  d_t = J_t d_{t−1} + (∂f_t/∂u) du_t + (∂f_t/∂p) dp            forwards
 *   adjoint  λ_t = g_t + J_{t+1}' λ_{t+1},  dL/ds_{−1} = J_0' λ_0,  dL/du_t = (∂f_t/∂u)' λ_t,  dL/dp = Σ (∂f_t/∂p)' λ_t   backwards
 * @see Lim et al. 2023, arXiv:2309.12252, §3.3
 */
import { cooperation, type LoopOptions, stepsPerLook } from "../cooperate.ts";
import { type RecurrenceProblem, stepInputs } from "./recurrence_problem.ts";

export interface AdjointRecords {
  /** dL/ds_{−1} [N, D] */
  readonly initialState: Float64Array;
  /** dL/du [N, T, d], where the function has a pullback */
  readonly inputs?: Float64Array;
  /** dL/dp [P], over all series, where the function has a pullback */
  readonly parameters?: Float64Array;
}

/**
 * @param states [N, T, D]
 * @param cotangents g = ∂L/∂s_t [N, T, D], as if every state stood by itself
 * @throws AbortedError
 */
export async function adjointCpu(
  problem: RecurrenceProblem,
  states: Float64Array,
  cotangents: Float64Array,
  { call, ...loop }: LoopOptions & { readonly call: string },
): Promise<AdjointRecords> {
  const { stateDim: D, numSeries: N, numSteps: T, lengths, initial, inputs, step, shader } = problem;
  const [d, P] = [inputs.dim, shader.parameters.length];
  const initialState = new Float64Array(N * D);
  const ofInputs = new Float64Array(N * T * d);
  const ofParameters = new Float64Array(P);
  const out = new Float64Array(D + d + P);
  const J = new Float64Array(D * D);
  const breathe = cooperation(call, "adjoint", N * T, loop);
  const look = stepsPerLook(D);
  for (let s = 0; s < N; s++) {
    const lambda = new Float64Array(D);
    for (let t = lengths[s] - 1; t >= 0; t--) {
      const at = (s * T + t) * D;
      for (let i = 0; i < D; i++) lambda[i] += cotangents[at + i];
      const x = t > 0 ? states.subarray(at - D, at) : initial.subarray(s * D, (s + 1) * D);
      const u = stepInputs(problem, s, t);
      if (step.pullback) {
        step.pullback(out, x, u, t, lambda);
        for (let k = 0; k < d; k++) ofInputs[(s * T + t) * d + k] = out[D + k];
        for (let k = 0; k < P; k++) ofParameters[k] += out[D + d + k];
        lambda.set(out.subarray(0, D));
      } else {
        step.jacobian(J, x, u, t);
        const ahead = lambda.slice();
        for (let j = 0; j < D; j++) {
          lambda[j] = 0;
          for (let i = 0; i < D; i++) lambda[j] += J[i * D + j] * ahead[i];
        }
      }
      if (t % look === look - 1) await breathe(s * T + lengths[s] - t);
    }
    initialState.set(lambda, s * D);
  }
  await breathe(N * T);
  return { initialState, ...(step.pullback ? { inputs: ofInputs, parameters: ofParameters } : {}) };
}

/** A change of what a trajectory comes from. */
export interface Change {
  /** [N, D] */
  readonly initialState: Float64Array;
  /** [N, T, d] and [P]; both need a function with a pullback */
  readonly inputs?: Float64Array;
  readonly parameters?: Float64Array;
}

/** d [N, T, D], what a change makes of the states to first order. @throws AbortedError */
export async function tangentCpu(
  problem: RecurrenceProblem,
  states: Float64Array,
  change: Change,
  { call, ...loop }: LoopOptions & { readonly call: string },
): Promise<Float64Array> {
  const { stateDim: D, numSeries: N, numSteps: T, lengths, initial, inputs, step, shader } = problem;
  const [d, P] = [inputs.dim, shader.parameters.length];
  const { inputs: du, parameters: dp } = change;
  const out = new Float64Array(N * T * D);
  const J = new Float64Array(D * D);
  const row = new Float64Array(D + d + P);
  const weights = new Float64Array(D);
  const breathe = cooperation(call, "tangent", N * T, loop);
  const look = stepsPerLook(D);
  for (let s = 0; s < N; s++)
    for (let t = 0; t < lengths[s]; t++) {
      const at = (s * T + t) * D;
      const x = t > 0 ? states.subarray(at - D, at) : initial.subarray(s * D, (s + 1) * D);
      const before = t > 0 ? out.subarray(at - D, at) : change.initialState.subarray(s * D, (s + 1) * D);
      const u = stepInputs(problem, s, t);
      step.jacobian(J, x, u, t);
      for (let i = 0; i < D; i++) {
        for (let j = 0; j < D; j++) out[at + i] += J[i * D + j] * before[j];
        if (!step.pullback || !(du || dp)) continue;
        weights.fill(0);
        weights[i] = 1;
        step.pullback(row, x, u, t, weights);
        for (let k = 0; k < (du ? d : 0); k++)
          out[at + i] += row[D + k] * (du as Float64Array)[(s * T + t) * d + k];
        for (let k = 0; k < (dp ? P : 0); k++) out[at + i] += row[D + d + k] * (dp as Float64Array)[k];
      }
      if (t % look === look - 1) await breathe(s * T + t);
    }
  await breathe(N * T);
  return out;
}
