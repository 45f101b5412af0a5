/** Settings and data -> a model with starting values. */

import {
  add,
  type Component,
  DataError,
  type HiddenMarkovModel,
  hiddenMarkovModel,
  irregular,
  type LinearGaussianSSM,
  level,
  linearGaussianSSM,
  localLinearTrend,
  type StructuralModel,
  smoothTrend,
  trigonometricSeasonal,
} from "../../src/api/index.ts";
import { levelVariances, seasonalVariances, trendVariances } from "./estimates.ts";
import type { Series } from "./series.ts";
import type { ModelSettings } from "./settings.ts";

/** Variances by the slider that moves them. */
export type Variances = Partial<Record<"level" | "slope" | "seasonal" | "noise", number>>;

export interface GaussianChoice {
  readonly kind: "gaussian";
  /** One per column; they are independent of one another. */
  readonly parts: readonly StructuralModel[];
  /** All columns together; the only part where there is one. */
  readonly model: LinearGaussianSSM;
  /** As used, per column. */
  readonly variances: readonly Variances[];
}

export interface RegimesChoice {
  readonly kind: "regimes";
  readonly model: HiddenMarkovModel;
  /** Means or rates of every regime, per column [m][K]. */
  readonly centres: readonly (readonly number[])[];
  readonly spreads: readonly (readonly number[])[] | undefined;
}

export function makeModel(series: Series, settings: ModelSettings): GaussianChoice | RegimesChoice {
  if (settings.model === "regimes" || settings.model === "counts") return regimes(series, settings);
  const variances = series.values.map(y => startingValues(y, settings));
  const parts = variances.map(v => add(...components(v, settings)));
  return { kind: "gaussian", parts, model: parts.length === 1 ? parts[0]! : sideBySide(parts), variances };
}

function startingValues(y: Float64Array, settings: ModelSettings): Variances {
  const { model, period, harmonics } = settings;
  const found: Variances =
    model === "level"
      ? levelVariances(y)
      : model === "seasonal"
        ? seasonalVariances(y, period, Math.min(harmonics, Math.floor(period / 2)))
        : trendVariances(y, model === "smooth");
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, value * 10 ** settings[name as keyof Variances]]),
  );
}

function components(v: Variances, { model, period, harmonics }: ModelSettings): Component[] {
  const noise = irregular({ variance: v.noise! });
  if (model === "trend")
    return [localLinearTrend({ levelVariance: v.level!, slopeVariance: v.slope! }), noise];
  if (model === "smooth") return [smoothTrend({ slopeVariance: v.slope! }), noise];
  if (model === "level") return [level({ variance: v.level! }), noise];
  const most = Math.min(harmonics, Math.floor(period / 2));
  return [
    level({ variance: v.level! }),
    trigonometricSeasonal({ period, harmonics: most, variance: v.seasonal! }),
    noise,
  ];
}

/** Models of one column each as one model of all columns: their matrices along a diagonal. */
function sideBySide(parts: readonly StructuralModel[]): LinearGaussianSSM {
  const n = parts.reduce((sum, { stateDim }) => sum + stateDim, 0);
  const m = parts.length;
  const zeros = (rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  const [F, Q, H, R] = [zeros(n, n), zeros(n, n), zeros(m, n), zeros(m, m)];
  let at = 0;
  parts.forEach(({ stateDim: k, parameters: { dynamics, emissions } }, c) => {
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        F[at + i]![at + j] = dynamics.weights.data[i * k + j]!;
        Q[at + i]![at + j] = dynamics.covariance.data[i * k + j]!;
      }
      H[c]![at + i] = emissions.weights.data[i]!;
    }
    R[c]![c] = emissions.covariance.data[0]!;
    at += k;
  });
  return linearGaussianSSM({
    initial: "diffuse",
    dynamics: { weights: F, covariance: Q },
    emissions: { weights: H, covariance: R },
  });
}

/** Regimes start from groups of steps: a K-th of the values of the first column each, from the lowest up. */
function regimes(series: Series, { model, regimes: K, stay, noise }: ModelSettings): RegimesChoice {
  if (model === "counts") checkCounts(series);
  const [first] = series.values;
  const order = Array.from(first!.keys()).filter(t => !Number.isNaN(first![t]));
  order.sort((a, b) => first![a]! - first![b]!);
  const groups = Array.from({ length: K }, (_, k) =>
    order.slice(Math.floor((k * order.length) / K), Math.floor(((k + 1) * order.length) / K)),
  );
  const moments = series.values.map(column => groups.map(group => meanAndVariance(column, group)));
  const transitionMatrix = groups.map((_, i) =>
    groups.map((_, k) => (i === k ? stay : (1 - stay) / (K - 1))),
  );
  const centres = moments.map(column => column.map(({ mean }) => mean));
  // [K, m]
  const byRegime = (of: (column: number, regime: number) => number) =>
    groups.map((_, k) => series.values.map((_, c) => of(c, k)));
  if (model === "counts")
    return {
      kind: "regimes",
      centres: centres.map(column => column.map(rate => Math.max(rate, 0.1))),
      spreads: undefined,
      model: hiddenMarkovModel({
        initialProbs: "stationary",
        transitionMatrix,
        emissions: { family: "poisson", rates: byRegime((c, k) => Math.max(centres[c]![k]!, 0.1)) },
      }),
    };
  // One spread for all: groups cut out of the middle of a column look narrower than they are.
  const spreads = moments.map(column => {
    const within = column.reduce((sum, { variance }) => sum + variance, 0) / K;
    const centre = column.reduce((sum, { mean }) => sum + mean, 0) / K;
    const between = column.reduce((sum, { mean }) => sum + (mean - centre) ** 2, 0) / K;
    const floor = between > 0 ? 1e-4 * between : Math.max(1, centre * centre) * 1e-6;
    return column.map(() => Math.max(within, floor) * 10 ** noise);
  });
  return {
    kind: "regimes",
    centres,
    spreads: spreads.map(column => column.map(Math.sqrt)),
    model: hiddenMarkovModel({
      initialProbs: "stationary",
      transitionMatrix,
      emissions: {
        family: "diagonal-gaussian",
        means: byRegime((c, k) => centres[c]![k]!),
        variances: byRegime((c, k) => spreads[c]![k]!),
      },
    }),
  };
}

function meanAndVariance(y: Float64Array, steps: readonly number[]): { mean: number; variance: number } {
  const values = steps.map(t => y[t]!).filter(value => !Number.isNaN(value));
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  return { mean, variance };
}

function checkCounts({ values, names, label, timeName }: Series): void {
  values.forEach((y, c) => {
    const t = y.findIndex(value => !Number.isNaN(value) && !(Number.isInteger(value) && value >= 0));
    if (t >= 0)
      throw new DataError(
        `Column “${names[c]}”, ${timeName} ${label(t)}: a whole number from 0 on expected, got ${y[t]}. ` +
          "Regimes of counts are for counts: choose “Regimes (Gaussian)” for measurements.",
      );
  });
}
