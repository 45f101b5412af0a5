/**
 * A GRU that is fed what it emitted: state [h, y], h' = GRU(y, h), y' = m·h' + m0 + softplus(s·h' + s0) w with w the input.
 * @see arXiv:2407.19115, §5
 */
import { checkKeys } from "../../check_keys.ts";
import { expressionFunction } from "../../language/index.ts";
import { type Recurrence, recurrence } from "../recurrence.ts";
import { normals, orthogonal, readWeights, type WeightRow, zeros } from "./cells/weights.ts";
import { normalInputs } from "./draw_inputs.ts";
import type { NetworkOptions } from "./networks.ts";
import { readWhole } from "./options.ts";

export async function autoregressiveGru(options: Omit<NetworkOptions, "inputDim"> = {}): Promise<Recurrence> {
  const call = "autoregressiveGru";
  checkKeys(call, "", options, ["size", "seed", "weights", "initialState"]);
  const H = readWhole(call, "size", options.size, 1, 3);
  const seed = readWhole(call, "seed", options.seed, 0, 0);
  const rows: Record<string, WeightRow> = {};
  for (const gate of ["r", "z", "n"]) rows[`Wi${gate}`] = { shape: [H], draw: normals(1) };
  for (const gate of ["r", "z", "n"]) rows[`Wh${gate}`] = { shape: [H, H], draw: orthogonal };
  for (const gate of ["r", "z", "n"]) rows[`bi${gate}`] = { shape: [H], draw: zeros };
  rows.bhn = { shape: [H], draw: zeros };
  for (const name of ["m", "s"]) {
    rows[name] = { shape: [H], draw: normals(1 / Math.sqrt(H)) };
    rows[`${name}0`] = { shape: [], draw: zeros };
  }
  const weights = readWeights(call, options.weights, rows, seed);
  const parameters = Object.fromEntries(
    Object.entries(rows).map(([name, { shape }]) => {
      const from = weights.at[name];
      const length = shape.reduce((a, b) => a * b, 1);
      return [name, { data: weights.parameters.subarray(from, from + length), shape }];
    }),
  );
  const list = Array.from({ length: H }, (_, i) => `x${i}`).join(", ");
  const f = await expressionFunction({
    call,
    stateDim: H + 1,
    inputDim: 1,
    parameters,
    where: {
      h: `[${list}]`,
      r: `sigmoid(Wir*x${H} + bir + Whr*h)`,
      z: `sigmoid(Wiz*x${H} + biz + Whz*h)`,
      n: `tanh(Win*x${H} + bin + r.*(Whn*h + bhn))`,
      g: "(1 - z).*n + z.*h",
      y: "dot(m, g) + m0 + softplus(dot(s, g) + s0)*u0",
    },
    expressions: "concat(g, [y])",
  });
  const start = options.initialState ?? new Float64Array(H + 1);
  return { ...recurrence({ function: f, initialState: start }), drawInputs: normalInputs(1) };
}
