/** The library of systems, all of it; loaded with the first of them. */
import type { ArrayInput } from "../../../engine/index.ts";
import { checkKeys } from "../../check_keys.ts";
import { isDense, isTyped } from "../../read_array.ts";
import { type Recurrence, recurrence } from "../recurrence.ts";
import { autoregressiveGru } from "./autoregressive_gru.ts";
import { discretizeFlow, type Integrator } from "./discretize.ts";
import { wholeInputs } from "./draw_inputs.ts";
import { eightSchools } from "./eight_schools.ts";
import { FLOWS, type FlowName } from "./flows.ts";
import { lorenz96Field } from "./lorenz96.ts";
import { MAPS, type MapName } from "./maps.ts";
import * as networks from "./networks.ts";
import { checkWord, readNumber, readWhole } from "./options.ts";
import { flowSystem, mapSystem, STEP } from "./text_systems.ts";
import { kWells, twoWell } from "./wells.ts";
import { PERMUTATIONS, wordFunction } from "./word_problem.ts";

export { discretizeFlow } from "./discretize.ts";
export { makeChaoticObserver, makeObserver } from "./observers.ts";

export interface Lorenz96Options {
  /** Sites, at least 4; default 5 */
  readonly size?: number;
  /** F; default 8 */
  readonly forcing?: number;
  /** Default "rk4". */
  readonly integrator?: Integrator;
  /** Length of a step; default 0.01. */
  readonly dt?: number;
  /** Default: where 20000 steps lead from F at every site, 0.01 more at the first. */
  readonly initialState?: ArrayInput;
}

const SETTLE = 20_000;

function lorenz96(options: Lorenz96Options = {}): Recurrence {
  const call = "lorenz96";
  checkKeys(call, "", options, ["size", "forcing", "integrator", "dt", "initialState"]);
  const { integrator = "rk4", dt = STEP } = options;
  const n = readWhole(call, "size", options.size, 4, 5);
  const forcing = readNumber(call, "forcing", options.forcing, 8);
  const f = discretizeFlow(call, lorenz96Field(n, forcing), { integrator, dt });
  let start = options.initialState;
  if (start === undefined) {
    let [x, next] = [new Float64Array(n).fill(forcing), new Float64Array(n)];
    x[0] += 0.01;
    for (let t = 0; t < SETTLE; t++) {
      f.float64.value(next, x, [], t, [forcing]);
      [x, next] = [next, x];
    }
    start = x;
  }
  return recurrence({ function: f, initialState: start, timeStep: dt });
}

export interface WordProblemOptions {
  /** Default 1, 2, 3, 4, 5 */
  readonly initialState?: ArrayInput;
}

function wordProblem(options: WordProblemOptions = {}): Recurrence {
  checkKeys("wordProblem", "", options, ["initialState"]);
  return {
    ...recurrence({ function: wordFunction(), initialState: options.initialState ?? [1, 2, 3, 4, 5] }),
    drawInputs: wholeInputs(PERMUTATIONS),
  };
}

/** What is neither a flow nor a map of the tables. */
const OTHERS = {
  ...networks,
  autoregressiveGru,
  eightSchools,
  kWells,
  lorenz96,
  twoWell,
  wordProblem,
} as const;

export const SYSTEM_NAMES: readonly string[] = [FLOWS, MAPS, OTHERS].flatMap(table => Object.keys(table));

/** @throws ParameterError with the nearest name */
export async function makeSystem(
  call: string,
  name: string,
  options: object = {},
  argument = "name",
): Promise<Recurrence> {
  checkWord(call, argument, name, SYSTEM_NAMES);
  const made = await (Object.hasOwn(FLOWS, name)
    ? flowSystem(name, name as FlowName, options)
    : Object.hasOwn(MAPS, name)
      ? mapSystem(name, name as MapName, options)
      : OTHERS[name as keyof typeof OTHERS](options));
  return { ...made, document: { system: name, ...(plain(options) as object) } };
}

/** Options as JSON has them: nested arrays. */
function plain(value: unknown): unknown {
  if (isTyped(value)) return Array.from(value);
  if (isDense(value)) {
    const { data, shape } = value;
    const nest = (axis: number, from: number, size: number): unknown =>
      axis === shape.length
        ? data[from]
        : Array.from({ length: shape[axis] }, (_, i) =>
            nest(axis + 1, from + (i * size) / shape[axis], size / shape[axis]),
          );
    return nest(0, 0, data.length);
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => (entry === undefined ? [] : [[key, plain(entry)]])),
  );
}
