/** A time series with a line, a band and points, as one SVG element. Colours are CSS variables of the page. */

import { niceTicks, tickText } from "./ticks.ts";

/** What a chart shows; x is numeric, years for example. */
export interface BandChart {
  /** For screen readers. */
  readonly description: string;
  readonly yLabel: string;
  readonly x: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  /** Observations; NaN = none. */
  readonly points?: ArrayLike<number>;
  /** Values that were held back, drawn hollow; NaN = none. */
  readonly hiddenPoints?: ArrayLike<number>;
  /** Stretches of x without data. */
  readonly gaps?: readonly (readonly [number, number])[];
  readonly pointRadius?: number;
}

const WIDTH = 960;
const HEIGHT = 320;
const MARGIN = { left: 64, right: 16, top: 12, bottom: 32 };

/** The SVG text. */
export function bandChart(chart: BandChart): string {
  const xs = Array.from(chart.x);
  const [yLow, yHigh] = padded(range([chart.lower, chart.upper, chart.points, chart.hiddenPoints]));
  const xLow = xs[0];
  const xHigh = Math.max(xs[xs.length - 1], xLow + 1e-9);
  const sx = (x: number) =>
    round(MARGIN.left + ((x - xLow) / (xHigh - xLow)) * (WIDTH - MARGIN.left - MARGIN.right));
  const sy = (y: number) =>
    round(HEIGHT - MARGIN.bottom - ((y - yLow) / (yHigh - yLow)) * (HEIGHT - MARGIN.top - MARGIN.bottom));
  const polyline = (ys: ArrayLike<number>) => xs.map((x, i) => `${sx(x)},${sy(ys[i])}`);
  const band = [...polyline(chart.upper), ...polyline(chart.lower).reverse()].join(" ");
  const dots = (ys: ArrayLike<number> | undefined, name: string) =>
    xs
      .map((x, i) =>
        ys && Number.isFinite(ys[i])
          ? `<circle class="${name}" cx="${sx(x)}" cy="${sy(ys[i])}" r="${chart.pointRadius ?? 3}"/>`
          : "",
      )
      .join("");
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(chart.description)}">`,
    ...(chart.gaps ?? []).map(
      ([from, to]) =>
        `<rect class="gap" x="${sx(from)}" y="${MARGIN.top}" width="${round(sx(to) - sx(from))}" ` +
        `height="${HEIGHT - MARGIN.top - MARGIN.bottom}"/>`,
    ),
    yAxis(yLow, yHigh, sy, chart.yLabel),
    xAxis(xLow, xHigh, sx),
    `<polygon class="band" points="${band}"/>`,
    dots(chart.points, "point"),
    dots(chart.hiddenPoints, "hidden-point"),
    `<polyline class="mean" points="${polyline(chart.mean).join(" ")}"/>`,
    "</svg>",
  ].join("\n");
}

function yAxis(low: number, high: number, sy: (y: number) => number, label: string): string {
  const ticks = niceTicks(low, high, 5);
  const lines = ticks.map(
    y =>
      `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${sy(y)}" y2="${sy(y)}"/>` +
      `<text class="tick" x="${MARGIN.left - 8}" y="${sy(y) + 4}" text-anchor="end">` +
      `${tickText(y, ticks.length > 1 ? ticks[1] - ticks[0] : 1)}</text>`,
  );
  const middle = (HEIGHT - MARGIN.bottom + MARGIN.top) / 2;
  return (
    lines.join("") +
    `<text class="label" transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${escapeText(label)}</text>`
  );
}

function xAxis(low: number, high: number, sx: (x: number) => number): string {
  const ticks = niceTicks(low, high, 10, high - low > 2);
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    `<line class="axis" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${bottom}" y2="${bottom}"/>` +
    ticks
      .map(
        x =>
          `<line class="axis" x1="${sx(x)}" x2="${sx(x)}" y1="${bottom}" y2="${bottom + 5}"/>` +
          `<text class="tick" x="${sx(x)}" y="${bottom + 19}" text-anchor="middle">` +
          `${tickText(x, ticks.length > 1 ? ticks[1] - ticks[0] : 1)}</text>`,
      )
      .join("")
  );
}

function range(arrays: readonly (ArrayLike<number> | undefined)[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const array of arrays) {
    for (let i = 0; array && i < array.length; i++) {
      if (!Number.isFinite(array[i])) continue;
      low = Math.min(low, array[i]);
      high = Math.max(high, array[i]);
    }
  }
  return [low, high];
}

const padded = ([low, high]: [number, number]): [number, number] => {
  const pad = (high - low) * 0.05 || 1;
  return [low - pad, high + pad];
};

const round = (value: number): number => Math.round(value * 10) / 10;

/** Text for HTML and SVG. */
export function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
