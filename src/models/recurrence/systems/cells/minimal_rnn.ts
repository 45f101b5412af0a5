/**
 * The minimal recurrent network: z = tanh(Wx u + bx), g = σ(R h + Uz z + bu), h' = g ∘ h + (1 − g) ∘ z
 * @see Chen 2017, arXiv:1711.06788
 */
import { type CellParts, sigmoid } from "./cell.ts";
import { normals, orthogonal, type WeightRow, type Weights, zeros } from "./weights.ts";

export const minimalRnnRows = (H: number, d: number): Record<string, WeightRow> => ({
  R: { shape: [H, H], draw: orthogonal },
  Wx: { shape: [H, d], draw: normals(1 / Math.sqrt(d)) },
  Uz: { shape: [H, H], draw: orthogonal },
  bx: { shape: [H], draw: zeros },
  bu: { shape: [H], draw: zeros },
});

export function minimalRnnCell(H: number, d: number, { parameters, at }: Weights): CellParts {
  return {
    stateDim: H,
    inputDim: d,
    parameters,
    coefficients: 2,
    helpers: ["tanh_f32", "logistic_f32"],
    row: ({ x, u, p, f }) => `    var sum = ${p(`${at.bu}u + i`)};
    var own = 0.0;
    for (var k = 0u; k < ${H}u; k++) {
      var inner = ${p(`${at.bx}u + k`)};
      for (var l = 0u; l < ${d}u; l++) { inner += ${p(`${at.Wx}u + k * ${d}u + l`)} * ${u("l")}; }
      inner = ${f("tanh_f32")}(inner);
      if (k == i) { own = inner; }
      sum += ${p(`${at.R}u + i * ${H}u + k`)} * ${x("k")} + ${p(`${at.Uz}u + i * ${H}u + k`)} * inner;
    }
    let h = ${x("i")};
    let gate = ${f("logistic_f32")}(sum);
    value = gate * h + (1.0 - gate) * own;
    c[0] = (h - own) * gate * (1.0 - gate);
    c[1] = gate;`,
    slope: ({ p }) => `      slope = c[0] * ${p(`${at.R}u + i * ${H}u + j`)};
      if (i == j) { slope += c[1]; }`,
    kind: () => "varying",
    twin() {
      let x: ArrayLike<number> = [];
      let u: ArrayLike<number> = [];
      let p: ArrayLike<number> = [];
      const P = parameters.length;
      const z = new Float64Array(H);
      const c = new Float64Array(2);
      return {
        begin(...all) {
          [x, u, p] = all;
          for (let k = 0; k < H; k++) {
            let sum = p[at.bx + k];
            for (let l = 0; l < d; l++) sum += p[at.Wx + k * d + l] * u[l];
            z[k] = Math.tanh(sum);
          }
        },
        value(i) {
          let sum = p[at.bu + i];
          for (let k = 0; k < H; k++) sum += p[at.R + i * H + k] * x[k] + p[at.Uz + i * H + k] * z[k];
          const g = sigmoid(sum);
          c[0] = (x[i] - z[i]) * g * (1 - g);
          c[1] = g;
          return g * x[i] + (1 - g) * z[i];
        },
        slope: (i, j) => c[0] * p[at.R + i * H + j] + (i === j ? c[1] : 0),
        drivers(i, take) {
          for (let k = 0; k < H; k++) {
            take(d + at.R + i * H + k, c[0] * x[k]);
            take(d + at.Uz + i * H + k, c[0] * z[k]);
            take(d + P + k, c[0] * p[at.Uz + i * H + k]);
          }
          take(d + at.bu + i, c[0]);
          take(d + P + i, 1 - c[1]);
        },
        shared: {
          count: H,
          drivers(k, take) {
            const turn = (1 - z[k]) * (1 + z[k]);
            for (let l = 0; l < d; l++) {
              take(l, turn * p[at.Wx + k * d + l]);
              take(d + at.Wx + k * d + l, turn * u[l]);
            }
            take(d + at.bx + k, turn);
          },
        },
      };
    },
  };
}
