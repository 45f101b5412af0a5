/** The calls behind the page. */

import {
  add,
  decompose,
  forecast,
  type InferenceOptions,
  irregular,
  level,
  localLinearTrend,
  logLikelihood,
  type RunInfo,
  trigonometricSeasonal,
} from "../../src/api/index.ts";
import { SERIES, type Series } from "./series.ts";

export interface Asked {
  readonly series: Series;
  /** Of level, slope (undefined: none), season and noise; squared units. */
  readonly variances: {
    readonly level: number;
    readonly slope?: number;
    readonly season: number;
    readonly noise: number;
  };
  /** Steps [from, to) hidden from the model. */
  readonly hidden: readonly [from: number, to: number];
  readonly horizon: number;
  readonly level: number;
  readonly backend: "auto" | "cpu" | "webgpu";
}

export interface Part {
  readonly mean: ArrayLike<number>;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
}

export interface Analysis {
  /** What the model saw [T]; NaN where hidden. */
  readonly seen: Float64Array;
  readonly fitted: Part;
  readonly trend: Part;
  readonly season: Part | undefined;
  /** Observed minus fitted [T]; NaN where hidden. */
  readonly rest: ArrayLike<number>;
  /** Means and variances of the observations ahead [h]. */
  readonly ahead: { readonly means: ArrayLike<number>; readonly variances: ArrayLike<number> };
  readonly logLikelihoods: Readonly<Record<"exact" | "diffuseOmitted" | "burn", number>>;
  readonly numStates: number;
  readonly run: RunInfo;
}

/** Settings of the form, as readForm() gives them. */
export function askedOf(values: Readonly<Record<string, string>>): Asked {
  const series = SERIES[values.series as keyof typeof SERIES];
  const power = (name: string) => 10 ** Number(values[name]);
  const T = series.values.length;
  const from = Math.floor((Number(values.hideFrom) / 100) * T);
  return {
    series,
    variances: {
      level: power("levelVariance"),
      slope: values.slope === "on" ? power("slopeVariance") : undefined,
      season: power("seasonVariance"),
      noise: power("noiseVariance"),
    },
    hidden: [from, Math.min(T, from + Math.round((Number(values.hideLength) / 100) * T))],
    horizon: Number(values.horizon),
    level: Number(values.level),
    backend: values.backend as Asked["backend"],
  };
}

export function modelOf({ series, variances }: Pick<Asked, "series" | "variances">) {
  const trend =
    variances.slope === undefined
      ? level({ variance: variances.level, name: "trend" })
      : localLinearTrend({ levelVariance: variances.level, slopeVariance: variances.slope, name: "trend" });
  const noise = irregular({ variance: variances.noise });
  if (series.period === 0) return add(trend, noise);
  const season = trigonometricSeasonal({
    period: series.period,
    harmonics: 2,
    variance: variances.season,
    name: "season",
  });
  return add(trend, season, noise);
}

export async function analyse(asked: Asked, signal: AbortSignal): Promise<Analysis> {
  const { series, hidden, horizon, level: share, backend } = asked;
  const model = modelOf(asked);
  const seen = series.values.map((value, t) => (t >= hidden[0] && t < hidden[1] ? Number.NaN : value));
  const options: Pick<InferenceOptions, "backend" | "signal"> = { backend, signal };
  const parts = await decompose(model, seen, { ...options, level: share });
  const ahead = await forecast(model, seen, horizon, options);
  const likelihood = (convention: "exact" | "diffuseOmitted" | "burn") =>
    logLikelihood(model, seen, { ...options, likelihood: convention });
  return {
    seen,
    fitted: read(parts.fitted),
    trend: read(parts.component("trend")),
    season: series.period === 0 ? undefined : read(parts.component("season")),
    rest: seen.map((value, t) => value - parts.fitted.mean.data[t]!),
    ahead: { means: ahead.means.data, variances: ahead.variances.data },
    logLikelihoods: {
      exact: await likelihood("exact"),
      diffuseOmitted: await likelihood("diffuseOmitted"),
      burn: await likelihood("burn"),
    },
    numStates: model.stateDim,
    run: parts.run,
  };
}

const read = ({ mean, lower, upper }: Record<keyof Part, { data: ArrayLike<number> }>): Part => ({
  mean: mean.data,
  lower: lower.data,
  upper: upper.data,
});
