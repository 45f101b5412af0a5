/** Results and data as files: CSV by the row, JSON whole, the model document, and the series as the command line reads it. */

import type { Band, Outcome } from "./infer.ts";
import type { FileKind } from "./protocol.ts";
import type { Series } from "./series.ts";

/** Rows per piece of text: strings of a whole long table do not fit. */
const PIECE = 20_000;

export function makeFile(kind: FileKind, series: Series, outcome: Outcome, source: string): Blob {
  if (kind === "csv") return new Blob(resultCsv(series, outcome), { type: "text/csv" });
  if (kind === "data") return new Blob(dataCsv(series), { type: "text/csv" });
  const content = kind === "model" ? outcome.document : resultJson(series, outcome, source);
  return new Blob([`${JSON.stringify(content, undefined, kind === "model" ? 2 : undefined)}\n`], {
    type: "application/json",
  });
}

interface FileColumn {
  readonly name: string;
  /** [T], then [h] where there is a forecast. */
  readonly now?: ArrayLike<number>;
  readonly ahead?: ArrayLike<number>;
}

/** One row a step with the time as the file had it; steps of the forecast follow. */
export function resultCsv(series: Series, { columns, probs, settings }: Outcome): string[] {
  const table: FileColumn[] = columns.flatMap(({ name, smoothed, parts, forecast }, c) => [
    { name, now: series.values[c]! },
    { name: `${name}_smoothed`, now: smoothed.mean },
    ...(smoothed.lower ? [{ name: `${name}_lower`, now: smoothed.lower }] : []),
    ...(smoothed.upper ? [{ name: `${name}_upper`, now: smoothed.upper }] : []),
    ...parts.flatMap(part => bandColumns(`${name}_${part.name}`, part)),
    ...(forecast
      ? [
          { name: `${name}_forecast`, ahead: forecast.mean },
          { name: `${name}_forecast_lower`, ahead: forecast.lower },
          { name: `${name}_forecast_upper`, ahead: forecast.upper },
        ]
      : []),
  ]);
  probs?.forEach((now, k) => {
    table.push({ name: `regime_${k}`, now });
  });
  return csv(series, table, columns.some(({ forecast }) => forecast) ? settings.horizon : 0);
}

const bandColumns = (name: string, { mean, lower, upper }: Band): FileColumn[] => [
  { name, now: mean },
  { name: `${name}_lower`, now: lower },
  { name: `${name}_upper`, now: upper },
];

/** The series that the model ran over: missing steps are there, decimals have points, commas separate. */
export const dataCsv = (series: Series): string[] =>
  csv(
    series,
    dataNames(series).map((name, c) => ({ name, now: series.values[c]! })),
    0,
  );

/** Names of columns that a command line can take: without commas, spaces and quotes, each once. */
export function dataNames({ names, timeName }: Pick<Series, "names" | "timeName">): string[] {
  const used = new Set<string>([timeName]);
  return names.map(name => {
    const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^[-_]+|_+$/g, "");
    let own = /^\d*$/.test(plain) ? `y${plain}` : plain;
    while (used.has(own)) own += "_";
    used.add(own);
    return own;
  });
}

function csv(series: Series, table: readonly FileColumn[], horizon: number): string[] {
  const { numSteps: T } = series;
  const pieces: string[] = [];
  let text = `${[series.timeName, ...table.map(({ name }) => name)].map(quoted).join(",")}\n`;
  for (let t = 0; t < T + horizon; t++) {
    text += quoted(series.label(t));
    for (const { now, ahead } of table) {
      const value = t < T ? now?.[t] : ahead?.[t - T];
      text += value === undefined || Number.isNaN(value) ? "," : `,${value}`;
    }
    text += "\n";
    if (t % PIECE === PIECE - 1) {
      pieces.push(text);
      text = "";
    }
  }
  pieces.push(text);
  return pieces;
}

const quoted = (cell: string): string =>
  /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

function resultJson(series: Series, outcome: Outcome, source: string): object {
  const { columns, probs, settings, run, logLikelihood, document } = outcome;
  const labels = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => series.label(from + i));
  const list = (values: ArrayLike<number> | undefined) =>
    values && Array.from(values, value => (Number.isFinite(value) ? value : null));
  const band = ({ mean, lower, upper }: Partial<Band>) => ({
    mean: list(mean),
    lower: list(lower),
    upper: list(upper),
  });
  const { numSteps: T } = series;
  return {
    source,
    level: settings.confidence,
    marginalLogLikelihood: logLikelihood,
    run,
    notes: series.notes,
    model: document,
    [series.timeName]: labels(0, T),
    columns: Object.fromEntries(
      columns.map(({ name, smoothed, parts, forecast }, c) => [
        name,
        {
          observed: list(series.values[c]),
          smoothed: band(smoothed),
          ...Object.fromEntries(parts.map(part => [part.name, band(part)])),
          ...(forecast && {
            forecast: { [series.timeName]: labels(T, T + settings.horizon), ...band(forecast) },
          }),
        },
      ]),
    ),
    ...(probs && { regimes: { smoothedProbs: probs.map(list) } }),
  };
}

/** The command that smooths the same series with the same model. */
export function smoothCommand(series: Series, { settings, run }: Outcome): string {
  const columns = dataNames(series).join(",");
  const place = settings.backend === "auto" ? "" : ` --backend ${run.backend}`;
  return `statescan smooth --model model.json --data data.csv --columns ${columns}${place} --out smoothed.csv`;
}
