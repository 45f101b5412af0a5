/** Charts of series: lines, points and bands over one axis, drawn by uPlot in the page's colours. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { thin } from "./decimate.ts";
import { THEME_EVENT } from "./shell.ts";

/** A colour of look.css: "c1" … "c6", "dots", "soft". */
export type Colour = `c${1 | 2 | 3 | 4 | 5 | 6}` | "dots" | "soft";

export interface Line {
  readonly label: string;
  /** [T]; NaN = a gap. */
  readonly values: ArrayLike<number>;
  readonly colour: Colour;
  /** A line, points alone, both, or a line that stays level until the next value. */
  readonly mark?: "line" | "points" | "both" | "steps";
  readonly dash?: readonly number[];
  readonly width?: number;
  /** The line goes on over gaps. */
  readonly spans?: boolean;
}

/** Between two series, filled. */
export interface Band {
  readonly label: string;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  readonly colour: Colour;
}

export interface ChartSpec {
  /** What a screen reader says of the chart: what is shown and what it shows. */
  readonly description: string;
  readonly x: ArrayLike<number>;
  /** x are seconds since 1970 (UTC) and the axis has dates. */
  readonly dates?: boolean;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly lines: readonly Line[];
  readonly bands?: readonly Band[];
  /** Stretches of x to shade. */
  readonly shades?: readonly (readonly [from: number, to: number])[];
  /** Upright lines at x, with words. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  readonly log?: { readonly x?: boolean; readonly y?: boolean };
  /** Bounds of y; default from the data. */
  readonly y?: readonly [low: number, high: number];
  readonly height?: number;
  /** Charts of one name share their cursor. */
  readonly sync?: string;
  /** A legend with the values under the cursor; default true. */
  readonly legend?: boolean;
}

const plain = (_: uPlot, splits: readonly number[]): string[] =>
  splits.map(value => String(Number(value.toPrecision(12))));
const FONT = "12px system-ui, sans-serif";

/** A chart in `place`; `update()` draws new data in the same axes where only data changed. */
export class Chart {
  readonly #place: HTMLElement;
  readonly #observer: ResizeObserver;
  #plot: uPlot | undefined;
  #spec: ChartSpec | undefined;
  #shape = "";

  constructor(place: HTMLElement) {
    this.#place = place;
    place.classList.add("chart");
    this.#observer = new ResizeObserver(() => {
      const width = place.clientWidth;
      if (this.#plot && width > 0 && width !== this.#plot.width) this.#rebuild();
    });
    this.#observer.observe(place);
    window.addEventListener(THEME_EVENT, this.#rebuild);
  }

  update(spec: ChartSpec): void {
    this.#spec = spec;
    // An image from the first data on: before there is nothing to describe.
    this.#place.setAttribute("role", "img");
    this.#place.setAttribute("aria-label", spec.description);
    const shape = shapeOf(spec);
    if (this.#plot && shape === this.#shape) this.#plot.setData(this.#data(spec));
    else this.#rebuild();
    this.#shape = shape;
  }

  dispose(): void {
    this.#observer.disconnect();
    window.removeEventListener(THEME_EVENT, this.#rebuild);
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  readonly #rebuild = (): void => {
    if (!this.#spec) return;
    this.#plot?.destroy();
    this.#plot = new uPlot(
      options(this.#spec, this.#place, () => this.#spec!),
      this.#data(this.#spec),
      this.#place,
    );
  };

  #data(spec: ChartSpec): uPlot.AlignedData {
    const columns = [
      ...(spec.bands ?? []).flatMap(band => [band.upper, band.lower]),
      ...spec.lines.map(l => l.values),
    ];
    const { x, columns: thinned } = thin(spec.x, columns, Math.max(200, this.#place.clientWidth));
    return [
      x,
      ...thinned.map(column => Array.from(column, v => (Number.isFinite(v) ? v : null))),
    ] as uPlot.AlignedData;
  }
}

/** What needs a new plot rather than new data. */
const shapeOf = ({
  lines,
  bands = [],
  dates,
  log,
  y,
  height,
  xLabel,
  yLabel,
  sync,
  legend,
}: ChartSpec): string =>
  JSON.stringify([
    lines.map(({ label, colour, mark, dash, width, spans }) => [label, colour, mark, dash, width, spans]),
    bands.map(({ label, colour }) => [label, colour]),
    dates,
    log,
    y,
    height,
    xLabel,
    yLabel,
    sync,
    legend,
  ]);

function options(spec: ChartSpec, place: HTMLElement, current: () => ChartSpec): uPlot.Options {
  const { lines, bands = [], log = {}, y, xLabel, yLabel } = spec;
  const colour = colours(place);
  const axis = {
    stroke: colour("--soft"),
    grid: { stroke: colour("--rule"), width: 1 },
    ticks: { stroke: colour("--rule") },
    font: FONT,
    labelFont: FONT,
  };
  const edge = ({ label, colour: name }: Band, side: string): uPlot.Series => ({
    label: `${label}, ${side}`,
    stroke: fade(colour(`--${name}`), 0.35),
    width: 1,
    points: { show: false },
    spanGaps: false,
  });
  return {
    width: place.clientWidth || 600,
    height: spec.height ?? 300,
    scales: {
      x: { time: spec.dates ?? false, ...(log.x ? { distr: 3 as const } : {}) },
      y: { ...(log.y ? { distr: 3 as const } : {}), ...(y ? { range: [...y] as [number, number] } : {}) },
    },
    axes: [
      // Years are not written with a comma.
      {
        ...axis,
        label: xLabel,
        labelSize: xLabel ? 22 : 0,
        ...(spec.dates || log.x ? {} : { values: plain }),
      },
      { ...axis, label: yLabel, labelSize: yLabel ? 22 : 0, size: 60 },
    ],
    series: [
      { label: xLabel ?? "t" },
      ...bands.flatMap(band => [edge(band, "upper"), edge(band, "lower")]),
      ...lines.map(line => lineOptions(line, colour(`--${line.colour}`), spec.x.length)),
    ],
    bands: bands.map((band, i) => ({
      series: [2 * i + 1, 2 * i + 2] as [number, number],
      fill: fade(colour(`--${band.colour}`), 0.2),
    })),
    legend: { show: spec.legend ?? true, live: true },
    cursor: { drag: { x: true, y: false }, ...(spec.sync ? { sync: { key: spec.sync } } : {}) },
    hooks: {
      drawClear: [plot => shade(plot, current(), colour)],
      draw: [plot => drawMarks(plot, current(), colour)],
    },
    tzDate: spec.dates ? seconds => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC") : undefined,
  };
}

function lineOptions(
  { label, mark = "line", dash, width, spans = false }: Line,
  stroke: string,
  T: number,
): uPlot.Series {
  const pointed = mark === "points" || mark === "both";
  return {
    label,
    stroke,
    width: mark === "points" ? 0 : (width ?? 2),
    dash: dash ? [...dash] : undefined,
    ...(mark === "points" ? { paths: () => null } : {}),
    ...(mark === "steps" ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
    points: { show: pointed, size: T > 500 ? 2.5 : 5, width: 1, fill: stroke, stroke },
    spanGaps: spans,
  };
}

/** Resolved colours: custom properties hold light-dark(), which a canvas does not know. */
function colours(place: HTMLElement): (name: string) => string {
  const probe = place.ownerDocument.createElement("span");
  probe.hidden = true;
  place.append(probe);
  const known = new Map<string, string>();
  const read = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["--soft", "--rule", "--dots", "--ink", "--warn", ...[1, 2, 3, 4, 5, 6].map(i => `--c${i}`)];
  for (const name of names) known.set(name, read(name));
  probe.remove();
  return name => known.get(name)!;
}

/** rgb(r, g, b) with some of it see-through. */
const fade = (rgb: string, alpha: number): string => rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);

function shade(plot: uPlot, { shades = [] }: ChartSpec, colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = fade(colour("--warn"), 0.14);
  for (const [from, to] of shades) {
    const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, "x", true));
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

function drawMarks(plot: uPlot, { marks = [] }: ChartSpec, colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio || 1;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour("--ink");
  ctx.font = `${12 * pixel}px system-ui, sans-serif`;
  ctx.setLineDash([4 * pixel, 4 * pixel]);
  for (const { x, label } of marks) {
    const at = plot.valToPos(x, "x", true);
    if (!(at >= bbox.left && at <= bbox.left + bbox.width)) continue;
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    const right = at + ctx.measureText(label).width + 8 * pixel < bbox.left + bbox.width;
    ctx.textAlign = right ? "left" : "right";
    ctx.fillText(label, at + (right ? 5 : -5) * pixel, bbox.top + 14 * pixel);
  }
  ctx.restore();
}
