/**
 * Long short-term memory, state [c, h]:
 *
 *   i = σ(Wii u + Whi h + bi),  f = σ(Wif u + Whf h + bf),  g = tanh(Wig u + Whg h + bg),  o = σ(Wio u + Who h + bo),
 *   c' = f ∘ c + i ∘ g,  h' = o ∘ tanh(c')
 *
 * @see Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; Gers et al. 2000, doi:10.1162/089976600300015015
 */
import { type CellParts, sigmoid } from "./cell.ts";
import { normals, orthogonal, type WeightRow, type Weights, zeros } from "./weights.ts";

const GATES = ["i", "f", "g", "o"] as const;

export function lstmRows(H: number, d: number): Record<string, WeightRow> {
  const rows: Record<string, WeightRow> = {};
  for (const gate of GATES) rows[`Wi${gate}`] = { shape: [H, d], draw: normals(1 / Math.sqrt(d)) };
  for (const gate of GATES) rows[`Wh${gate}`] = { shape: [H, H], draw: orthogonal };
  for (const gate of GATES) rows[`b${gate}`] = { shape: [H], draw: zeros };
  return rows;
}

export function lstmCell(H: number, d: number, { parameters, at }: Weights): CellParts {
  return {
    stateDim: 2 * H,
    inputDim: d,
    parameters,
    // Of the row: the four matrices, and c of the same unit.
    coefficients: 5,
    helpers: ["tanh_f32", "logistic_f32"],
    row: ({ x, u, p, f }) => `    let unit = i % ${H}u;
    var sums = array<f32, 4>(${GATES.map(g => p(`${at[`b${g}`]}u + unit`)).join(", ")});
    for (var k = 0u; k < ${d}u; k++) {
      let input = ${u("k")};
${GATES.map((g, gate) => `      sums[${gate}] += ${p(`${at[`Wi${g}`]}u + unit * ${d}u + k`)} * input;\n`).join("")}    }
    for (var k = 0u; k < ${H}u; k++) {
      let state = ${x(`${H}u + k`)};
${GATES.map((g, gate) => `      sums[${gate}] += ${p(`${at[`Wh${g}`]}u + unit * ${H}u + k`)} * state;\n`).join("")}    }
    let before = ${x("unit")};
    let take = ${f("logistic_f32")}(sums[0]);
    let keep = ${f("logistic_f32")}(sums[1]);
    let fresh = ${f("tanh_f32")}(sums[2]);
    let show = ${f("logistic_f32")}(sums[3]);
    value = keep * before + take * fresh;
    c[0] = fresh * take * (1.0 - take);
    c[1] = before * keep * (1.0 - keep);
    c[2] = take * (1.0 - fresh) * (1.0 + fresh);
    c[3] = 0.0;
    c[4] = keep;
    if (i >= ${H}u) {
      let s = ${f("tanh_f32")}(value);
      let through = show * (1.0 - s) * (1.0 + s);
      c[0] *= through;
      c[1] *= through;
      c[2] *= through;
      c[3] = s * show * (1.0 - show);
      c[4] *= through;
      value = show * s;
    }`,
    slope: ({ p }) => `      let to = i % ${H}u;
      if (j < ${H}u) { slope = select(0.0, c[4], j == to); }
      else { slope = ${GATES.map((g, gate) => `c[${gate}] * ${p(`${at[`Wh${g}`]}u + to * ${H}u + j - ${H}u`)}`).join(" + ")}; }`,
    kind: (i, j) => (j >= H || j === i % H ? "varying" : "zero"),
    twin() {
      let x: ArrayLike<number> = [];
      let u: ArrayLike<number> = [];
      let p: ArrayLike<number> = [];
      const c = new Float64Array(5);
      const sums = new Float64Array(4);
      return {
        begin(...all) {
          [x, u, p] = all;
        },
        value(row) {
          const unit = row % H;
          GATES.forEach((g, gate) => {
            let sum = p[at[`b${g}`] + unit];
            for (let k = 0; k < d; k++) sum += p[at[`Wi${g}`] + unit * d + k] * u[k];
            for (let k = 0; k < H; k++) sum += p[at[`Wh${g}`] + unit * H + k] * x[H + k];
            sums[gate] = sum;
          });
          const [i, f, g, o] = [sigmoid(sums[0]), sigmoid(sums[1]), Math.tanh(sums[2]), sigmoid(sums[3])];
          const next = f * x[unit] + i * g;
          c[0] = g * i * (1 - i);
          c[1] = x[unit] * f * (1 - f);
          c[2] = i * (1 - g) * (1 + g);
          c[3] = 0;
          c[4] = f;
          if (row < H) return next;
          const s = Math.tanh(next);
          const through = o * (1 - s) * (1 + s);
          for (const k of [0, 1, 2, 4]) c[k] *= through;
          c[3] = s * o * (1 - o);
          return o * s;
        },
        slope(i, j) {
          const to = i % H;
          if (j < H) return j === to ? c[4] : 0;
          let sum = 0;
          GATES.forEach((g, gate) => {
            sum += c[gate] * p[at[`Wh${g}`] + to * H + j - H];
          });
          return sum;
        },
        drivers(row, take) {
          const unit = row % H;
          GATES.forEach((g, gate) => {
            const [W, from] = [at[`Wi${g}`] + unit * d, at[`Wh${g}`] + unit * H];
            for (let k = 0; k < d; k++) {
              take(k, c[gate] * p[W + k]);
              take(d + W + k, c[gate] * u[k]);
            }
            for (let k = 0; k < H; k++) take(d + from + k, c[gate] * x[H + k]);
            take(d + at[`b${g}`] + unit, c[gate]);
          });
        },
      };
    },
  };
}
