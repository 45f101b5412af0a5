/** solveIvp(), behind its public face. */
import { ParameterError } from "../engine/index.ts";
import {
  checkKeys,
  discretizeFor,
  type RecurrenceFunction,
  recurrence,
  say,
  valueText,
} from "../models/index.ts";
import { evaluateRecurrence } from "./evaluate_run.ts";
import { checkWhole, refuseOption } from "./options.ts";
import type { IvpSolution, SolveIvpOptions } from "./solve_ivp.ts";

const NEEDED = ["initialState", "duration", "steps"];
const KEYS = [...NEEDED, "integrator", "parameters", "inputs", "evaluate"];

export async function solveInitialValueProblem(
  flow: RecurrenceFunction,
  options: SolveIvpOptions,
): Promise<IvpSolution> {
  const call = "solveIvp";
  if (typeof flow?.float64?.value !== "function") {
    const expected = "a function from expressionFunction() or wgslFunction()";
    throw new ParameterError(say(call, "flow", expected, valueText(flow), "Make one of the two."));
  }
  checkKeys(call, "options.", options, KEYS, NEEDED);
  const { initialState, duration, steps, integrator = "rk4", parameters, inputs } = options;
  if (!(typeof duration === "number" && duration > 0 && Number.isFinite(duration)))
    refuseOption(call, "duration", "a finite number above 0", duration);
  checkWhole(call, "steps", steps, 1);
  const dt = duration / steps;
  const model = recurrence({
    function: await discretizeFor(call, flow, { integrator, dt }),
    ...(parameters ? { parameters } : {}),
    timeStep: dt,
  });
  const given = inputs ?? (flow.inputDim === 0 ? steps : undefined);
  const how = { guess: "tiled", ...options.evaluate } as const;
  const evaluation = await evaluateRecurrence(
    model,
    initialState,
    given as typeof inputs & number,
    how,
    call,
  );
  const { states } = evaluation;
  const T = states.shape.at(-2) as number;
  if (T !== steps) refuseOption(call, "inputs", `${steps} rows, one per step`, inputs);
  return { times: Float64Array.from({ length: T }, (_, t) => (t + 1) * dt), states, evaluation, model };
}
