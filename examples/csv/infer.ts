/** A series and settings -> what a page shows and a visitor downloads. */

import {
  decompose,
  forecast,
  type InferenceOptions,
  LimitError,
  type ModelDocument,
  modelDocument,
  type Progress,
  type RunInfo,
  smooth,
} from "../../src/api/index.ts";
import { type GaussianChoice, makeModel, type RegimesChoice, type Variances } from "./models.ts";
import type { Series } from "./series.ts";
import type { ModelSettings } from "./settings.ts";

/** Means and bounds [T], or [h] of a forecast. */
export interface Band {
  readonly mean: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface ColumnResult {
  readonly name: string;
  readonly smoothed: Omit<Band, "lower" | "upper"> & Partial<Band>;
  /** Seasonal and level apart, where the model has both. */
  readonly parts: readonly (Band & { readonly name: string })[];
  readonly forecast: Band | undefined;
  readonly variances: Variances | undefined;
}

export interface Outcome {
  readonly columns: readonly ColumnResult[];
  /** p(regime k | all data) [K][T]; undefined for the other models */
  readonly probs: readonly Float64Array[] | undefined;
  readonly regimes: Pick<RegimesChoice, "centres" | "spreads"> | undefined;
  readonly logLikelihood: number;
  readonly run: RunInfo;
  readonly document: ModelDocument;
  readonly settings: ModelSettings;
}

export interface InferOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Bytes that a run may take; default what a page of this device should. */
  readonly memoryLimit?: number;
}

/** z of the probabilities that the page offers. */
const QUANTILES: Readonly<Record<string, number>> = {
  "0.5": 0.6744897501960817,
  "0.8": 1.2815515655446004,
  "0.9": 1.6448536269514722,
  "0.95": 1.959963984540054,
  "0.99": 2.5758293035489004,
};

/** @throws LimitError before any work when the run needs too much memory; and as the calls of the library */
export async function infer(
  series: Series,
  settings: ModelSettings,
  options: InferOptions = {},
): Promise<Outcome> {
  const { signal, onProgress } = options;
  const choice = makeModel(series, settings);
  checkMemory(series, choice, options.memoryLimit ?? pageLimit());
  const inference: InferenceOptions = { backend: settings.backend, signal, onProgress };
  return choice.kind === "gaussian"
    ? gaussian(series, settings, choice, inference)
    : regimes(series, settings, choice, inference);
}

async function gaussian(
  series: Series,
  settings: ModelSettings,
  { model, parts, variances }: GaussianChoice,
  options: InferenceOptions,
): Promise<Outcome> {
  const { confidence, horizon } = settings;
  const [single] = parts;
  const apart =
    parts.length > 1
      ? undefined
      : await decompose(single!, series.values[0]!, { ...options, level: confidence });
  const states = apart?.states ?? (await smooth(model, rows(series), { ...options, outputs: [] }));
  const ahead = horizon > 0 ? await forecast(model, states, horizon, { level: confidence }) : undefined;
  const bands = apart
    ? [bandOf(apart.fitted)]
    : blockBands(states as never, parts, QUANTILES[`${confidence}`]!);
  return {
    columns: bands.map((smoothed, c) => ({
      name: series.names[c]!,
      smoothed,
      parts:
        apart && apart.components.length > 1
          ? apart.components.map(part => ({ name: part.name, ...bandOf(part) }))
          : [],
      forecast: ahead && column(ahead, c, parts.length),
      variances: variances[c],
    })),
    probs: undefined,
    regimes: undefined,
    logLikelihood: states.marginalLogLikelihood,
    run: states.run,
    document: modelDocument(model as never),
    settings,
  };
}

async function regimes(
  series: Series,
  settings: ModelSettings,
  { model, centres, spreads }: RegimesChoice,
  options: InferenceOptions,
): Promise<Outcome> {
  const { confidence, horizon, regimes: K } = settings;
  const { numSteps: T } = series;
  const result = await smooth(model, rows(series), { ...options, outputs: [] });
  const ahead = horizon > 0 ? await forecast(model, result, horizon, { level: confidence }) : undefined;
  const p = result.smoothedProbs.data;
  const probs = Array.from({ length: K }, (_, k) =>
    Float64Array.from({ length: T }, (_, t) => p[t * K + k]!),
  );
  return {
    columns: series.names.map((name, c) => ({
      name,
      smoothed: {
        mean: Float64Array.from({ length: T }, (_, t) =>
          centres[c]!.reduce((sum, centre, k) => sum + centre * probs[k]![t]!, 0),
        ),
      },
      parts: [],
      forecast: ahead && column(ahead, c, centres.length),
      variances: undefined,
    })),
    probs,
    regimes: { centres, spreads },
    logLikelihood: result.marginalLogLikelihood,
    run: result.run,
    document: modelDocument(model),
    settings,
  };
}

/** y [T] of one column, [T, m] of several. */
function rows({ values, numSteps: T }: Series): { data: Float64Array; shape: number[] } {
  const m = values.length;
  if (m === 1) return { data: values[0]!, shape: [T] };
  const data = new Float64Array(T * m);
  values.forEach((column, c) => {
    for (let t = 0; t < T; t++) data[t * m + c] = column[t]!;
  });
  return { data, shape: [T, m] };
}

type Numbers = { readonly data: ArrayLike<number> };
type Bounds = { readonly mean: Numbers; readonly lower: Numbers; readonly upper: Numbers };

const bandOf = ({ mean, lower, upper }: Bounds): Band => ({
  mean: mean.data as Float64Array,
  lower: lower.data as Float64Array,
  upper: upper.data as Float64Array,
});

/** Column c of [h, m]. */
function column(ahead: { means: Numbers; lower: Numbers; upper: Numbers }, c: number, m: number): Band {
  const take = ({ data }: Numbers) =>
    Float64Array.from({ length: data.length / m }, (_, k) => data[k * m + c]!);
  return { mean: take(ahead.means), lower: take(ahead.lower), upper: take(ahead.upper) };
}

/** H z of every column with H P H', from the states that are its own. */
function blockBands(
  states: { smoothedMeans: Numbers; smoothedCovariances: Numbers },
  parts: GaussianChoice["parts"],
  z: number,
): Band[] {
  const { data: means } = states.smoothedMeans;
  const { data: covariances } = states.smoothedCovariances;
  const n = parts.reduce((sum, { stateDim }) => sum + stateDim, 0);
  const T = means.length / n;
  let from = 0;
  return parts.map(({ stateDim: k, parameters }) => {
    const weights = parameters.emissions.weights.data;
    const band = { mean: new Float64Array(T), lower: new Float64Array(T), upper: new Float64Array(T) };
    for (let t = 0; t < T; t++) {
      let [mean, variance] = [0, 0];
      for (let i = 0; i < k; i++) {
        mean += weights[i]! * means[t * n + from + i]!;
        for (let j = 0; j < k; j++)
          variance += weights[i]! * weights[j]! * covariances[(t * n + from + i) * n + from + j]!;
      }
      const reach = z * Math.sqrt(Math.max(0, variance));
      band.mean[t] = mean;
      band.lower[t] = mean - reach;
      band.upper[t] = mean + reach;
    }
    from += k;
    return band;
  });
}

/** A quarter of the memory that the browser admits to, at most 2 GiB. */
function pageLimit(): number {
  const { deviceMemory = 8 } = (globalThis.navigator ?? {}) as { deviceMemory?: number };
  return Math.min(2, deviceMemory / 4) * 2 ** 30;
}

function checkMemory(
  { numSteps: T, values }: Series,
  { kind, model }: GaussianChoice | RegimesChoice,
  limit: number,
): void {
  const m = values.length;
  let numbers: number;
  if (kind === "gaussian") {
    const { stateDim: n } = model;
    // Means and covariances as the smoother keeps them and as the page reads them, bands of every part.
    numbers = 2 * (n + (n * (n + 1)) / 2) + n + n * n + m * (n + m + 1) + (m === 1 && n > 1 ? 16 : 12) * m;
  } else numbers = 6 * model.numStates + 4 * m;
  const bytes = 8 * T * numbers;
  if (bytes <= limit) return;
  const size = (of: number): string =>
    of >= 2 ** 29 ? `${(of / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(of / 2 ** 20)} MiB`;
  throw new LimitError(
    `At most ${size(limit)} of memory expected for a run in a page, got ${size(bytes)} for ${T.toLocaleString("en")} steps of this model. ` +
      `Keep every ${Math.ceil(bytes / limit)}th row (under “How the file was read”), choose fewer columns or a smaller model, or use the command line.`,
  );
}
