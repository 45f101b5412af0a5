/** Charts and facts of a result. */

import { Chart, type ChartSpec, type Colour, type Line } from "../site/chart.ts";
import { placeText, showFacts } from "../site/report.ts";
import type { ColumnView, ResultView, SeriesFacts } from "./protocol.ts";
import type { ModelSettings } from "./settings.ts";

const number = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 5 });

interface Shown {
  readonly figure: HTMLElement;
  readonly heading: HTMLElement;
  readonly chart: Chart;
}

export class Results {
  readonly #place: HTMLElement;
  readonly #charts: HTMLElement;
  readonly #facts: HTMLElement;
  readonly #command: HTMLElement;
  #shown: Shown[] = [];

  constructor(find: (id: string) => HTMLElement) {
    this.#place = find("results");
    this.#charts = find("charts");
    this.#facts = find("facts");
    this.#command = find("command");
  }

  hide(): void {
    this.#place.hidden = true;
  }

  show(view: ResultView, series: SeriesFacts, settings: ModelSettings, before: string | undefined): void {
    this.#place.hidden = false;
    const wanted = specs(view, settings);
    while (this.#shown.length > wanted.length) {
      const { chart, figure } = this.#shown.pop()!;
      chart.dispose();
      figure.remove();
    }
    while (this.#shown.length < wanted.length) this.#shown.push(this.#newChart());
    wanted.forEach(({ heading, spec }, i) => {
      const own = this.#shown[i]!;
      own.heading.textContent = heading;
      own.chart.update(spec);
    });
    const missing = series.missing.reduce((sum, count) => sum + count, 0);
    showFacts(this.#facts, [
      ["Log-likelihood", `${view.logLikelihood.toFixed(3)} nats${before ? `; before: ${before}` : ""}`],
      ...view.columns.flatMap(({ name }, c): [string, string][] => {
        const variances = view.variances[c];
        const regimes = view.regimes;
        if (regimes) {
          const spread = (k: number) => (regimes.spreads ? ` ± ${number(regimes.spreads[c]![k]!)}` : "");
          return [
            [
              `Regimes of ${name}`,
              regimes.centres[c]!.map((m, k) => `${k}: ${number(m)}${spread(k)}`).join(", "),
            ],
          ];
        }
        const text = Object.entries(variances ?? {}).map(([part, value]) => `${part} ${number(value)}`);
        return [[`Variances of ${name}`, text.join(", ")]];
      }),
      [
        "Steps",
        `${series.numSteps.toLocaleString("en")}${missing > 0 ? `, ${missing.toLocaleString("en")} values missing` : ""}`,
      ],
      ["Computed on", placeText(view.run)],
    ]);
    this.#command.textContent = view.command;
  }

  #newChart(): Shown {
    const figure = document.createElement("figure");
    const heading = document.createElement("h2");
    const place = document.createElement("div");
    figure.append(heading, place);
    this.#charts.append(figure);
    return { figure, heading, chart: new Chart(place) };
  }
}

function specs(view: ResultView, settings: ModelSettings): { heading: string; spec: ChartSpec }[] {
  const { x, dates, timeName, probs, columns } = view;
  const axis = { x, dates, xLabel: timeName, sync: "csv" };
  const band = `${100 * settings.confidence} % band`;
  const height = columns.length > 1 ? 240 : 330;
  const charts = columns.flatMap((column): { heading: string; spec: ChartSpec }[] => [
    { heading: column.name, spec: { ...axis, height, ...mainChart(column, view, band) } },
    ...column.parts
      .filter(({ name }) => name === "seasonal")
      .map(part => ({
        heading: `${column.name}: the season`,
        spec: {
          ...axis,
          height: 200,
          description: `The season of ${column.name}: what it adds at each step, with a ${band}.`,
          lines: [{ label: "season", values: part.mean, colour: "c3" as const }],
          bands: [{ label: band, lower: part.lower!, upper: part.upper!, colour: "c3" as const }],
        },
      })),
  ]);
  if (probs)
    charts.push({
      heading: "Which regime it was",
      spec: {
        ...axis,
        height: 200,
        y: [0, 1],
        description: `Probability of each of ${probs.length} regimes at each step, given all data.`,
        lines: probs.map((values, k) => ({
          label: `regime ${k}`,
          values,
          colour: `c${k + 1}` as Colour,
          width: 1.5,
        })),
      },
    });
  return charts;
}

function mainChart(
  { name, observed, smoothed, forecast, parts }: ColumnView,
  { probs, x }: ResultView,
  band: string,
): Pick<ChartSpec, "description" | "lines" | "bands"> {
  const level = parts.find(part => part.name === "level");
  const dense = x.length > 400;
  const lines: Line[] = [
    {
      label: "observed",
      values: observed,
      mark: "points",
      colour: dense ? "soft" : "dots",
    },
    ...(level
      ? [{ label: "level", values: level.mean, colour: "c4" as const, width: 1.5, dash: [6, 3] }]
      : []),
    {
      label: probs ? "mean of its regime" : "smoothed",
      values: smoothed.mean,
      colour: "c1",
      width: dense ? 1.5 : 2,
      mark: probs ? "steps" : "line",
    },
    ...(forecast ? [{ label: "forecast", values: forecast.mean, colour: "c2" as const, dash: [6, 4] }] : []),
  ];
  const bands = [
    ...(smoothed.lower && smoothed.upper
      ? [{ label: band, lower: smoothed.lower, upper: smoothed.upper, colour: "c1" as const }]
      : []),
    ...(forecast
      ? [{ label: "forecast", lower: forecast.lower!, upper: forecast.upper!, colour: "c2" as const }]
      : []),
  ];
  const description =
    `${name}: observed values as points and the smoothed mean as a line` +
    `${smoothed.lower ? ` with its ${band}` : ""}${forecast ? ", then the forecast with its band" : ""}.`;
  return { description, lines, bands };
}
