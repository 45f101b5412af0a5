/** Hamiltonian Monte Carlo sample after sample, the leapfrogs of every sample all at once. */
import { type NDArray, type Status, throwIfAborted } from "../engine/index.ts";
import { cooperation } from "../inference/index.ts";
import type { LogDensityFunction } from "../models/index.ts";
import type { EvaluateOptions } from "./evaluate.ts";
import { EvaluationResult } from "./evaluation_result.ts";
import { energy, leapfrogsOf } from "./leapfrog_run.ts";
import { refuseOption } from "./options.ts";
import type { DensitySamples } from "./sample_density.ts";
import { worstStatus } from "./status.ts";

interface Chain {
  readonly stepSize: number;
  readonly leapfrogSteps: number;
  readonly evaluate: EvaluateOptions | undefined;
}

/** Options that keep something of one evaluation. */
const OF_ONE = ["prefixes", "trace", "lyapunov"] as const;

/**
 * The chain that hmcFunction() steps through, from x [N, n] with noise [N, T, n + 1]. A trajectory that leaves the numbers is not taken.
 * @returns updates of all trajectories summed, the largest of their merits, the worst of their statuses
 */
export async function chainOfTrajectories(
  call: string,
  density: LogDensityFunction,
  start: NDArray,
  noise: NDArray,
  basis: Float64Array | undefined,
  { stepSize, leapfrogSteps: L, evaluate = {} }: Chain,
): Promise<Required<Pick<DensitySamples, "trajectoryIterations">> & { evaluation: EvaluationResult }> {
  const n = density.stateDim;
  const N = start.data.length / n;
  const T = noise.shape.at(-2) as number;
  for (const key of OF_ONE)
    if (evaluate[key])
      refuseOption(call, `evaluate.${key}`, 'nothing with parallel "leapfrogs"', evaluate[key]);
  const { signal, onProgress, ...rest } = evaluate;
  const leapfrogs = leapfrogsOf(call, density, stepSize, L, basis, {
    ...rest,
    dtype: "float64",
    signal,
    lyapunov: false,
    throwOnFailure: false,
  });
  const began = performance.now();
  const breathe = cooperation(call, "sample", T, { signal, onProgress });
  const states = new Float64Array(N * T * n);
  const iterations = new Uint32Array(N);
  const resets = new Uint32Array(N);
  const merits = new Float64Array(N);
  const statuses = new Array<Status>(N).fill("ok");
  const updates = new Uint32Array(N * T);
  const x = start.data.slice();
  const m = new Float64Array(N * n);
  const g = new Float64Array(n);
  let run: EvaluationResult["run"] | undefined;
  for (let t = 0; t < T; t++) {
    throwIfAborted(call, signal);
    for (let c = 0; c < N; c++)
      m.set(noise.data.subarray((c * T + t) * (n + 1), (c * T + t) * (n + 1) + n), c * n);
    const { evaluation, ell } = await leapfrogs({ data: x, shape: start.shape }, m);
    run ??= evaluation.run;
    const ends = evaluation.states.data;
    for (let c = 0; c < N; c++) {
      const end = ends.subarray((c + 1) * L * 2 * n - 2 * n, (c + 1) * L * 2 * n);
      const before = energy(ell, x.subarray(c * n), m.subarray(c * n));
      const z = end.subarray(0, n);
      ell.gradient(g, z);
      const momentum = Float64Array.from(g, (slope, i) => end[n + i] - 0.5 * stepSize * slope);
      const logUniform = noise.data[(c * T + t + 1) * (n + 1) - 1];
      const status = evaluation.statuses[c];
      if (status !== "nonFinite" && before - energy(ell, z, momentum) - logUniform > 0) x.set(z, c * n);
      states.set(x.subarray(c * n, (c + 1) * n), (c * T + t) * n);
      updates[c * T + t] = evaluation.iterations[c];
      iterations[c] += evaluation.iterations[c];
      resets[c] += evaluation.resets[c];
      if (status === "nonFinite") continue;
      merits[c] = Math.max(merits[c], evaluation.merit[c]);
      statuses[c] = worstStatus([statuses[c], status]);
    }
    await breathe(t + 1);
  }
  const { plan, ...place } = run as EvaluationResult["run"];
  const batch = start.shape.length === 2;
  return {
    trajectoryIterations: { data: updates, shape: [...start.shape.slice(0, -1), T] },
    evaluation: new EvaluationResult({
      call,
      batch,
      dtype: evaluate.dtype ?? "float64",
      stateDim: n,
      numSteps: T,
      lengths: new Uint32Array(N).fill(T),
      statuses,
      records: {
        states,
        iterations,
        resets,
        statuses,
        merits: Array.from(merits, merit => Float64Array.of(merit)),
        failed: new Uint32Array(N).fill(T),
      },
      along: undefined,
      alongFix: 'Look at the chain with parallel "samples".',
      prefixes: undefined,
      iterates: [],
      run: {
        ...place,
        plan: `${T} trajectories of ${L} leapfrogs one after the other, each: ${plan}`,
        seconds: (performance.now() - began) / 1000,
        passes: Math.max(1, ...updates),
      },
    }),
  };
}
