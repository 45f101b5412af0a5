/** How far the GPU is from float64 on one of the twenty models, in the units that the project promises. */
import { linearGaussianSSM, type SmootherResult, smooth } from "../src/api/index.ts";
import type { Engine } from "../src/engine/index.ts";
import { accuracyCase } from "./accuracy_models.ts";
import { textbookOracle } from "./oracle.ts";

/** Largest errors over all steps. */
export interface Errors {
  /** Filtered and smoothed means, in posterior standard deviations. */
  readonly filteredMeans: number;
  readonly smoothedMeans: number;
  /** |ΔP_ij| / √(P_ii P_jj) */
  readonly filteredCovariances: number;
  readonly smoothedCovariances: number;
  /** |Δ| / |log-likelihood| */
  readonly logLikelihood: number;
}

export interface Measured extends Errors {
  readonly model: string;
  readonly steps: number;
  readonly form: "auto" | "squareRoot";
  readonly refine: "auto" | "never";
  readonly passes: number;
  readonly plan: string;
  readonly seconds: number;
  readonly adapter: string;
  readonly software: boolean;
  readonly status: string;
}

type Fields = Pick<
  SmootherResult,
  "filteredMeans" | "filteredCovariances" | "smoothedMeans" | "smoothedCovariances" | "marginalLogLikelihood"
>;

/** The textbook oracle as flat arrays. */
export function textbookReference(name: string, T: number): Fields {
  const { model, observations } = accuracyCase(name, T);
  const oracle = textbookOracle(model, observations);
  const n = model.initial.mean.length;
  const array = (data: number[], shape: number[]) => ({ data: Float64Array.from(data), shape });
  return {
    filteredMeans: array(oracle.filteredMeans.flat(), [T, n]),
    filteredCovariances: array(oracle.filteredCovariances.flat(2), [T, n, n]),
    smoothedMeans: array(oracle.smoothedMeans.flat(), [T, n]),
    smoothedCovariances: array(oracle.smoothedCovariances.flat(2), [T, n, n]),
    marginalLogLikelihood: oracle.marginalLogLikelihood,
  };
}

/** The square-root recursion in float64 on the host, every covariance computed or settled: the reference for long series. */
export async function hostReference(name: string, T: number): Promise<SmootherResult> {
  const { model, observations } = accuracyCase(name, T);
  return smooth(linearGaussianSSM(model), observations, {
    backend: "cpu",
    form: "squareRoot",
    outputs: [],
  });
}

export async function measure(
  engine: Engine,
  name: string,
  T: number,
  reference: Fields,
  form: "auto" | "squareRoot",
  refine: "auto" | "never" = "auto",
): Promise<Measured> {
  const { model, observations } = accuracyCase(name, T);
  const result = await smooth(linearGaussianSSM(model), observations, {
    backend: "webgpu",
    engine,
    method: "parallel",
    form,
    refine,
    outputs: [],
    throwOnFailure: false,
  });
  const { passes, plan, seconds, adapter, software } = result.run;
  const { status } = result;
  const worst = errors(result, reference);
  return { model: name, steps: T, form, refine, passes, plan, seconds, adapter, software, status, ...worst };
}

export function errors(got: Fields, exact: Fields): Errors {
  const n = exact.filteredMeans.shape[1]!;
  const moments = (kind: "filtered" | "smoothed") => {
    const [m, M] = [got[`${kind}Means`].data, exact[`${kind}Means`].data];
    const [p, P] = [got[`${kind}Covariances`].data, exact[`${kind}Covariances`].data];
    let [means, covariances] = [0, 0];
    for (let t = 0; t < M.length / n; t++) {
      for (let i = 0; i < n; i++) {
        const at = t * n * n;
        const variance = P[at + i * n + i]!;
        // A variance that is zero up to rounding has no scale: there the mean counts by its own size.
        const scale = variance > 1e-18 ? Math.sqrt(variance) : Math.max(1, Math.abs(M[t * n + i]!));
        means = worse(means, Math.abs(m[t * n + i]! - M[t * n + i]!) / scale);
        for (let j = 0; j <= i; j++) {
          const both = Math.sqrt(variance * P[at + j * n + j]!);
          const change = Math.abs(p[at + i * n + j]! - P[at + i * n + j]!);
          covariances = worse(covariances, both > 1e-18 ? change / both : change);
        }
      }
    }
    return { means, covariances };
  };
  const [filtered, smoothed] = [moments("filtered"), moments("smoothed")];
  const [l, L] = [got.marginalLogLikelihood, exact.marginalLogLikelihood];
  return {
    filteredMeans: filtered.means,
    smoothedMeans: smoothed.means,
    filteredCovariances: filtered.covariances,
    smoothedCovariances: smoothed.covariances,
    logLikelihood: worse(0, Math.abs(l - L) / Math.max(1, Math.abs(L))),
  };
}

/** The larger; NaN counts as infinite. */
const worse = (a: number, b: number): number => (Number.isNaN(b) ? Number.POSITIVE_INFINITY : Math.max(a, b));
