/** Functions of chains, built from a value and a directional derivative in both worlds. */
import type { RecurrenceFunction } from "../recurrence.ts";

export interface ChainStep {
  readonly stateDim: number;
  readonly inputDim: number;
  /** P, and their values */
  readonly parameters: ArrayLike<number>;
  value(out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>): void;
  jvp(out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>, dx: ArrayLike<number>): void;
  /** out [D · D]; default column by column */
  jacobian?(out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>): void;
  /** WGSL that declares NAME and NAME_jvp; array types by name. */
  wgsl(name: string, types: { readonly x: string; readonly u: string; readonly p: string }): string;
}

/** Of a step that is smooth or has the derivatives of a gate; every entry of the Jacobian may vary. */
export function chainFunction(step: ChainStep): RecurrenceFunction {
  const { stateDim: D, inputDim: d, parameters } = step;
  const unit = new Float64Array(D);
  const column = new Float64Array(D);
  const floats = (length: number): string => `array<f32, ${Math.max(1, length)}>`;
  const types = { x: floats(D), u: floats(d), p: floats(parameters.length) };
  return {
    stateDim: D,
    inputDim: d,
    numParameters: parameters.length,
    outputDim: D,
    parameters,
    everywhere: true,
    structure: { kind: "dense", entries: new Array(D * D).fill("varying") },
    float64: {
      value: (out, x, u) => step.value(out, x, u),
      jvp: (out, x, u, _t, _p, dx) => step.jvp(out, x, u, dx),
      jacobian(out, x, u) {
        if (step.jacobian) return step.jacobian(out, x, u);
        for (let j = 0; j < D; j++) {
          unit.fill(0);
          unit[j] = 1;
          step.jvp(column, x, u, unit);
          for (let i = 0; i < D; i++) out[i * D + j] = column[i];
        }
      },
    },
    wgsl: name => ({
      name,
      code: `${step.wgsl(name, types)}
fn ${name}_jacobian(x: ${types.x}, u: ${types.u}, t: f32, p: ${types.p}) -> ${floats(D * D)} {
  var out: ${floats(D * D)};
  for (var j = 0u; j < ${D}u; j++) {
    var dx: ${types.x};
    for (var i = 0u; i < ${D}u; i++) { dx[i] = select(0.0, 1.0, i == j); }
    let column = ${name}_jvp(x, u, t, p, dx);
    for (var i = 0u; i < ${D}u; i++) { out[i * ${D}u + j] = column[i]; }
  }
  return out;
}`,
    }),
  };
}
