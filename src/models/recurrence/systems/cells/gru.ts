/**
 * The gated recurrent unit, in the form of Flax and cuDNN, whose reset gate acts on the product:
 *
 *   r = σ(Wir u + bir + Whr h + bhr),  z = σ(Wiz u + biz + Whz h + bhz),  n = tanh(Win u + bin + r ∘ (Whn h + bhn)),
 *   h' = (1 − z) ∘ n + z ∘ h
 *
 * @see Cho et al. 2014, arXiv:1406.1078
 */
import { type CellParts, sigmoid } from "./cell.ts";
import { normals, orthogonal, type WeightRow, type Weights, zeros } from "./weights.ts";

export function gruRows(H: number, d: number): Record<string, WeightRow> {
  const rows: Record<string, WeightRow> = {};
  // Of unit variance (LeCun), orthogonal, and nothing.
  for (const gate of ["r", "z", "n"]) rows[`Wi${gate}`] = { shape: [H, d], draw: normals(1 / Math.sqrt(d)) };
  for (const gate of ["r", "z", "n"]) rows[`Wh${gate}`] = { shape: [H, H], draw: orthogonal };
  for (const gate of ["r", "z", "n"]) rows[`bi${gate}`] = { shape: [H], draw: zeros };
  for (const gate of ["r", "z", "n"]) rows[`bh${gate}`] = { shape: [H], draw: zeros };
  return rows;
}

const GATES = ["r", "z", "n"] as const;

export function gruCell(H: number, d: number, { parameters, at }: Weights): CellParts {
  return {
    stateDim: H,
    inputDim: d,
    parameters,
    // Of ∂h'_i: Whr, Whz, Whn, and of h_i itself.
    coefficients: 4,
    helpers: ["tanh_f32", "logistic_f32"],
    row: ({
      x,
      u,
      p,
      f,
    }) => `    var from_inputs = array<f32, 3>(${GATES.map(g => p(`${at[`bi${g}`]}u + i`)).join(", ")});
    var from_state = array<f32, 3>(${GATES.map(g => p(`${at[`bh${g}`]}u + i`)).join(", ")});
    for (var k = 0u; k < ${d}u; k++) {
      let input = ${u("k")};
${GATES.map((g, gate) => `      from_inputs[${gate}] += ${p(`${at[`Wi${g}`]}u + i * ${d}u + k`)} * input;\n`).join("")}    }
    for (var k = 0u; k < ${H}u; k++) {
      let state = ${x("k")};
${GATES.map((g, gate) => `      from_state[${gate}] += ${p(`${at[`Wh${g}`]}u + i * ${H}u + k`)} * state;\n`).join("")}    }
    let h = ${x("i")};
    let r = ${f("logistic_f32")}(from_inputs[0] + from_state[0]);
    let z = ${f("logistic_f32")}(from_inputs[1] + from_state[1]);
    let n = ${f("tanh_f32")}(from_inputs[2] + r * from_state[2]);
    let turn = (1.0 - z) * (1.0 - n) * (1.0 + n);
    value = (1.0 - z) * n + z * h;
    c[0] = turn * from_state[2] * r * (1.0 - r);
    c[1] = (h - n) * z * (1.0 - z);
    c[2] = turn * r;
    c[3] = z;`,
    slope: ({
      p,
    }) => `      slope = ${GATES.map((g, gate) => `c[${gate}] * ${p(`${at[`Wh${g}`]}u + i * ${H}u + j`)}`).join(" + ")};
      if (i == j) { slope += c[3]; }`,
    kind: () => "varying",
    twin() {
      let x: ArrayLike<number> = [];
      let u: ArrayLike<number> = [];
      let p: ArrayLike<number> = [];
      const c = new Float64Array(4);
      let turn = 0;
      const { Whr, Whz, Whn } = at;
      const fromInputs = (gate: string, i: number): number => {
        let sum = p[at[`bi${gate}`] + i];
        const row = at[`Wi${gate}`] + i * d;
        for (let k = 0; k < d; k++) sum += p[row + k] * u[k];
        return sum;
      };
      const fromState = (gate: string, i: number): number => {
        let sum = p[at[`bh${gate}`] + i];
        const row = at[`Wh${gate}`] + i * H;
        for (let k = 0; k < H; k++) sum += p[row + k] * x[k];
        return sum;
      };
      return {
        begin(...all) {
          [x, u, p] = all;
        },
        value(i) {
          const r = sigmoid(fromInputs("r", i) + fromState("r", i));
          const z = sigmoid(fromInputs("z", i) + fromState("z", i));
          const recurrent = fromState("n", i);
          const n = Math.tanh(fromInputs("n", i) + r * recurrent);
          turn = (1 - z) * (1 - n) * (1 + n);
          c[0] = turn * recurrent * r * (1 - r);
          c[1] = (x[i] - n) * z * (1 - z);
          c[2] = turn * r;
          c[3] = z;
          return (1 - z) * n + z * x[i];
        },
        slope: (i, j) =>
          c[0] * p[Whr + i * H + j] +
          c[1] * p[Whz + i * H + j] +
          c[2] * p[Whn + i * H + j] +
          (i === j ? c[3] : 0),
        slopes(i, out) {
          for (let j = 0; j < H; j++)
            out[j] = c[0] * p[Whr + i * H + j] + c[1] * p[Whz + i * H + j] + c[2] * p[Whn + i * H + j];
          out[i] += c[3];
        },
        drivers(i, take) {
          // By what of u and by what of h goes into each gate.
          const outside = [c[0], c[1], turn];
          GATES.forEach((g, gate) => {
            const [W, row] = [at[`Wi${g}`] + i * d, at[`Wh${g}`] + i * H];
            for (let k = 0; k < d; k++) {
              take(k, outside[gate] * p[W + k]);
              take(d + W + k, outside[gate] * u[k]);
            }
            for (let k = 0; k < H; k++) take(d + row + k, c[gate] * x[k]);
            take(d + at[`bi${g}`] + i, outside[gate]);
            take(d + at[`bh${g}`] + i, c[gate]);
          });
        },
      };
    },
  };
}
