/** What evaluationGradient() and evaluationTangent() are given, checked. */
import { type ArrayInput, DataError, ParameterError, ShapeError } from "../engine/index.ts";
import type { Change, RecurrenceProblem } from "../inference/index.ts";
import { checkKeys, readArray, say, shapeText } from "../models/index.ts";
import type { EvaluationChange } from "./recurrence_gradient.ts";

/** @throws ParameterError for a function that brings no derivatives */
export function checkSensitivities(call: string, { step }: RecurrenceProblem): void {
  if (step.pullback && step.pushforward) return;
  const fix = "Make it with expressionFunction() or wgslFunction(), or take a system of the library.";
  throw new ParameterError(
    say(call, "model", "a function with derivatives by inputs and parameters", "one without", fix),
  );
}

/**
 * [T, width] for one series or [N, T, width]; 0 past the end of short series.
 * @throws ShapeError, DataError naming the entry
 */
export function readRows(
  call: string,
  path: string,
  value: ArrayInput,
  { numSeries: N, numSteps: T, lengths }: RecurrenceProblem,
  width: number,
): Float64Array {
  const { data, shape } = readArray(call, path, value);
  const wanted = shape.length === 3 || N > 1 ? [N, T, width] : [T, width];
  if (shape.length !== wanted.length || shape.some((size, i) => size !== wanted[i]))
    throw new ShapeError(say(call, path, shapeText(wanted), shapeText(shape), "Give one row per step."));
  const out = new Float64Array(N * T * width);
  for (let s = 0; s < N; s++)
    for (let e = 0; e < lengths[s] * width; e++) {
      const at = s * T * width + e;
      const value = data[at];
      if (!Number.isFinite(value)) {
        const where = `${wanted.length === 3 ? `[${s}]` : ""}[${Math.floor(e / width)}][${e % width}]`;
        throw notFinite(call, `${path}${where}`, value);
      }
      out[at] = value;
    }
  return out;
}

/** @throws ParameterError, ShapeError, DataError */
export function readChange(call: string, change: EvaluationChange, problem: RecurrenceProblem): Change {
  checkKeys(call, "change.", change, ["initialState", "inputs", "parameters"]);
  const { numSeries: N, stateDim: D, inputs, shader } = problem;
  const P = shader.parameters.length;
  const start =
    change.initialState === undefined
      ? new Float64Array(D)
      : vector(
          call,
          "change.initialState",
          change.initialState,
          [[D], [N, D]],
          `[${D}] or [${N}, ${D}]`,
          "Give one number per state.",
        );
  return {
    initialState: Float64Array.from({ length: N * D }, (_, i) => start[i % start.length]),
    ...(change.inputs === undefined
      ? {}
      : { inputs: readRows(call, "change.inputs", change.inputs, problem, inputs.dim) }),
    ...(change.parameters === undefined
      ? {}
      : {
          parameters: vector(
            call,
            "change.parameters",
            change.parameters,
            [[P]],
            `[${P}]`,
            "Give one number per parameter.",
          ),
        }),
  };
}

function vector(
  call: string,
  path: string,
  value: ArrayInput,
  shapes: readonly (readonly number[])[],
  expected: string,
  fix: string,
): Float64Array {
  const { data, shape } = readArray(call, path, value);
  const fits = shapes.some(
    wanted => wanted.length === shape.length && wanted.every((size, i) => size === shape[i]),
  );
  if (!fits) throw new ShapeError(say(call, path, expected, shapeText(shape), fix));
  const bad = data.findIndex(entry => !Number.isFinite(entry));
  if (bad >= 0) {
    const last = shape.at(-1) as number;
    const where = shape.length === 2 ? `[${Math.floor(bad / last)}][${bad % last}]` : `[${bad}]`;
    throw notFinite(call, `${path}${where}`, data[bad]);
  }
  return data;
}

const notFinite = (call: string, path: string, value: number): DataError =>
  new DataError(say(call, path, "a finite number", `${value}`, "Correct the entry."));
