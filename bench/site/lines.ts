/** What is drawn: one line for each method, what a reader is told of crossovers. */

import type { Colour } from "../../examples/site/chart.ts";
import { type Cell, METHODS, type Method } from "../cell.ts";
import { methodText } from "../report.ts";
import { crossover, crossoverText, fastest, type Timed } from "./crossover.ts";

export interface MethodLine {
  readonly method: Method;
  readonly label: string;
  readonly colour: Colour;
  readonly points: readonly Timed[];
}

const COLOURS: Readonly<Record<Method, Colour>> = {
  parallel: "c1",
  "time-invariant": "c1",
  refined: "c4",
  sequential: "c2",
  "time-invariant-sequential": "c2",
  cpu: "c3",
  "cpu-time-invariant": "c3",
  "cpu-every-step": "c4",
  newton: "c1",
  quasi: "c4",
};

/** Short names: the model is said above the chart. */
export const methodName = (cell: Pick<Cell, "method" | "model">): string => {
  if (cell.method === "time-invariant") return "GPU parallel";
  if (cell.method === "time-invariant-sequential") return "GPU sequential";
  if (cell.method === "cpu-time-invariant") return "CPU f64";
  return methodText(cell as Cell);
};

/** Timed cells by method, in the order of METHODS; times taken while the page was hidden are left out. */
export function methodLines(cells: readonly Cell[], phase = "total"): MethodLine[] {
  return METHODS.flatMap(method => {
    const own = cells.filter(cell => cell.method === method && !cell.hidden && cell.phases?.[phase]);
    if (own.length === 0) return [];
    const points = own.map(cell => ({ T: cell.T, ...cell.phases![phase] })).sort((a, b) => a.T - b.T);
    return [{ method, label: methodName(own[0]), colour: COLOURS[method], points }];
  });
}

export interface Findings {
  /** A sentence for each comparison. */
  readonly sentences: readonly string[];
  readonly marks: readonly { readonly x: number; readonly label: string }[];
}

/** GPU parallel, of recurrences Newton's updates, against GPU sequential, and against the better of the CPU methods at every T. */
export function findings(lines: readonly MethodLine[]): Findings {
  const points = (...methods: readonly Method[]) =>
    lines.filter(line => methods.includes(line.method)).map(line => line.points);
  const ours = points("newton").length > 0 ? "GPU Newton" : "GPU parallel";
  const [parallel] = points("parallel", "time-invariant", "newton");
  const [sequential = []] = points("sequential", "time-invariant-sequential");
  const cpu = fastest(points("cpu", "cpu-time-invariant", "cpu-every-step"));
  if (!parallel) return { sentences: [], marks: [] };
  const pairs = [
    ["the CPU", "CPU", crossover(parallel, cpu)],
    ["GPU sequential", "sequential", crossover(parallel, sequential)],
  ] as const;
  const at = pairs.flatMap(([, label, found]) => (found.kind === "at" ? [{ x: found.T, label }] : []));
  // Labels of marks close to each other would lie on each other.
  const [a, b] = at;
  const close = a && b && Math.abs(Math.log(a.x / b.x)) < Math.log(3);
  return {
    sentences: pairs.flatMap(([other, , found]) => crossoverText(other, found, ours) ?? []),
    marks: close
      ? [
          { x: Math.min(a.x, b.x), label: "" },
          { x: Math.max(a.x, b.x), label: "beats both" },
        ]
      : at.map(({ x, label }) => ({ x, label: `beats ${label}` })),
  };
}
