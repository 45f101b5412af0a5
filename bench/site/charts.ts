/** The two charts: methods against T with their spread and the crossover, phases of the parallel method against T. */

import { Chart, type ChartSpec, type Colour, type Line } from "../../examples/site/chart.ts";
import type { Cell } from "../cell.ts";
import { short, sizeText } from "../table.ts";
import type { Timed } from "./crossover.ts";
import { findings, type MethodLine, methodLines } from "./lines.ts";

const PHASES: readonly (readonly [phase: string, label: string, colour: Colour])[] = [
  ["prepare", "prepare (CPU)", "c3"],
  ["upload", "upload", "c2"],
  ["compute", "kernels", "c1"],
  ["readback", "readback", "c4"],
];

export class BenchCharts {
  readonly #times: Chart;
  readonly #phases: Chart;
  readonly #timesKey: HTMLElement;
  readonly #phasesKey: HTMLElement;
  readonly #phasesFigure: HTMLElement;

  constructor(element: (id: string) => HTMLElement) {
    this.#times = new Chart(element("times-chart"));
    this.#phases = new Chart(element("phases-chart"));
    this.#timesKey = element("times-key");
    this.#phasesKey = element("phases-key");
    this.#phasesFigure = element("phases");
  }

  /** @param stored cells of a stored run, drawn dashed */
  update(cells: readonly Cell[], stored: readonly Cell[]): void {
    const lines = methodLines(cells);
    const dashed = methodLines(stored).map(line => ({ ...line, label: `${line.label}, stored` }));
    const { sentences, marks } = findings(lines);
    const what = describe(lines) || "No times yet";
    this.#times.update({
      ...specOf(lines, dashed),
      description: `Time of a call in milliseconds against the number of steps T, both on logarithmic axes. ${what}. ${sentences.join(" ")} The tables have the same numbers.`,
      marks,
    });
    showKey(this.#timesKey, lines, dashed);
    this.#showPhases(cells);
  }

  #showPhases(cells: readonly Cell[]): void {
    const own = cells.filter(({ method }) => method === "parallel" || method === "time-invariant");
    const lines = PHASES.flatMap(([phase, label, colour]) =>
      methodLines(own, phase).map(line => ({ ...line, label, colour })),
    );
    this.#phasesFigure.hidden = lines.length === 0;
    if (lines.length === 0) return;
    this.#phases.update({
      ...specOf(lines, []),
      height: 240,
      description: `Phases of GPU parallel in milliseconds against T. ${describe(lines)}. The tables have the same numbers.`,
    });
    showKey(this.#phasesKey, lines, []);
  }
}

function specOf(lines: readonly MethodLine[], dashed: readonly MethodLine[]): Omit<ChartSpec, "description"> {
  const x = [...new Set([...lines, ...dashed].flatMap(({ points }) => points.map(({ T }) => T)))].sort(
    (a, b) => a - b,
  );
  const column = (points: readonly Timed[], part: "median" | "q1" | "q3") =>
    x.map(T => positive(points.find(point => point.T === T)?.[part]));
  const line = ({ label, colour, points }: MethodLine): Line => ({
    label,
    colour,
    values: column(points, "median"),
    mark: "both",
    spans: true,
  });
  return {
    x,
    xLabel: "T, steps",
    yLabel: "ms",
    log: { x: true, y: true },
    height: 380,
    legend: false,
    lines: [...lines.map(line), ...dashed.map(own => ({ ...line(own), dash: [6, 5], width: 1 }))],
    bands: lines.map(({ label, colour, points }) => ({
      label,
      colour,
      lower: overGaps(x, column(points, "q1")),
      upper: overGaps(x, column(points, "q3")),
    })),
  };
}

/** A logarithmic axis has no 0, which a coarse clock may give. */
const positive = (ms: number | undefined): number => (ms === undefined || ms <= 0 ? Number.NaN : ms);

/** Values between neighbours, straight on logarithmic axes: lengths that only other lines have. */
function overGaps(x: readonly number[], values: readonly number[]): number[] {
  return values.map((value, i) => {
    const before = values.slice(0, i).findLastIndex(Number.isFinite);
    const after = values.findIndex((other, k) => k > i && Number.isFinite(other));
    if (Number.isFinite(value) || before < 0 || after < 0) return value;
    const part = Math.log(x[i] / x[before]) / Math.log(x[after] / x[before]);
    return values[before] * (values[after] / values[before]) ** part;
  });
}

const describe = (lines: readonly MethodLine[]): string =>
  lines
    .map(
      ({ label, points }) =>
        `${label}: ${points.map(({ T, median }) => `${short(median)} ms at T = ${sizeText(T)}`).join(", ")}`,
    )
    .join(". ");

function showKey(list: HTMLElement, lines: readonly MethodLine[], dashed: readonly MethodLine[]): void {
  const item = ({ label, colour }: MethodLine, dash: boolean): HTMLElement => {
    const entry = document.createElement("li");
    entry.textContent = label;
    entry.style.setProperty("--line", `var(--${colour})`);
    entry.classList.toggle("dashed", dash);
    return entry;
  };
  list.replaceChildren(...lines.map(line => item(line, false)), ...dashed.map(line => item(line, true)));
}
