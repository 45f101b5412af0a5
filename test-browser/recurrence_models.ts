/** Networks of any size, as functions and as cells. */
import {
  expressionFunction,
  type Recurrence,
  type RecurrenceFunction,
  recurrence,
} from "../src/api/index.ts";
import { stepNormals } from "../src/inference/index.ts";

export function normals(count: number, seed: number): Float64Array {
  const out = new Float64Array(count);
  stepNormals(seed, 0, 0, 0, count, out);
  return out;
}

/** tanh(W x + u), |W| about g. */
export async function network(D: number, g: number): Promise<Recurrence> {
  const W = normals(D * D, 7).map(value => (g * value) / Math.sqrt(D));
  const f = await expressionFunction({
    expressions: "tanh(W * x + u)",
    stateDim: D,
    inputDim: D,
    parameters: { W: { data: W, shape: [D, D] } },
  });
  return recurrence({ function: f, initialState: new Float64Array(D) });
}

/** The same as a cell. */
export async function cell(D: number, g: number): Promise<Recurrence> {
  const model = await network(D, g);
  const f: RecurrenceFunction = {
    ...model.function,
    cooperative: `
var<private> value_squared: f32;
fn cell_value(i: u32) -> f32 {
  var sum = cell_input(i);
  for (var j = 0u; j < STATE_DIM; j++) { sum += cell_parameter(i * STATE_DIM + j) * cell_state(j); }
  let value = tanh(sum);
  value_squared = value * value;
  return value;
}
fn cell_slope(i: u32, j: u32) -> f32 { return (1.0 - value_squared) * cell_parameter(i * STATE_DIM + j); }`,
  };
  return recurrence({ function: f, parameters: model.parameters, initialState: new Float64Array(D) });
}

export const inputs = (T: number, D: number) => ({ data: normals(T * D, 3), shape: [T, D] });
