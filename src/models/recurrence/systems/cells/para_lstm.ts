/**
 * ParaLSTM, with coupled gates and peepholes, state [c, h]; each unit acts on itself alone, so that the Jacobian is 2 × 2 blocks of
 * diagonals:
 *
 *   f = σ(af ∘ h + Bf u + Cf ∘ c + bf),  g = tanh(ag ∘ h + Bg u + bg),  c' = f ∘ c + (1 − f) ∘ g,
 *   o = σ(ao ∘ h + Bo u + Co ∘ c' + bo),  h' = o ∘ tanh(c')
 *
 * @see Danieli et al. 2025, arXiv:2510.21450
 */
import { type CellParts, sigmoid } from "./cell.ts";
import { type HeadSizes, headDrivers, headedRows, headSum, headSumText } from "./heads.ts";
import type { WeightRow, Weights } from "./weights.ts";

const GATES = ["f", "g", "o"] as const;

export const paraLstmRows = (sizes: HeadSizes): Record<string, WeightRow> =>
  headedRows(sizes, {
    peep: ["af", "ag", "ao", "Cf", "Co"],
    input: ["Bf", "Bg", "Bo"],
    bias: ["bf", "bg", "bo"],
  });

export function paraLstmCell(sizes: HeadSizes, { parameters, at }: Weights): CellParts {
  const H = sizes.size;
  return {
    stateDim: 2 * H,
    inputDim: sizes.inputDim,
    parameters,
    blocks: 2,
    // Of the row, by c and by h of its unit.
    coefficients: 2,
    helpers: ["tanh_f32", "logistic_f32"],
    row: ({ x, u, p, f }) => `    let unit = i % ${H}u;
${headSumText(sizes, at, GATES, "unit", { u, p })}
    let before = ${x("unit")};
    let h = ${x(`${H}u + unit`)};
    let af = ${p(`${at.af}u + unit`)};
    let ag = ${p(`${at.ag}u + unit`)};
    let ao = ${p(`${at.ao}u + unit`)};
    let cf = ${p(`${at.Cf}u + unit`)};
    let co = ${p(`${at.Co}u + unit`)};
    let keep = ${f("logistic_f32")}(af * h + cf * before + sums[0]);
    let fresh = ${f("tanh_f32")}(ag * h + sums[1]);
    value = keep * before + (1.0 - keep) * fresh;
    let turn = (before - fresh) * keep * (1.0 - keep);
    c[0] = keep + turn * cf;
    c[1] = turn * af + (1.0 - keep) * (1.0 - fresh) * (1.0 + fresh) * ag;
    if (i >= ${H}u) {
      let show = ${f("logistic_f32")}(ao * h + co * value + sums[2]);
      let s = ${f("tanh_f32")}(value);
      let by_gate = s * show * (1.0 - show);
      let through = show * (1.0 - s) * (1.0 + s) + by_gate * co;
      c[0] = through * c[0];
      c[1] = through * c[1] + by_gate * ao;
      value = show * s;
    }`,
    slope: () => `      slope = select(0.0, select(c[0], c[1], j >= ${H}u), i % ${H}u == j % ${H}u);`,
    kind: (i, j) => (i % H === j % H ? "varying" : "zero"),
    twin() {
      let x: ArrayLike<number> = [];
      let u: ArrayLike<number> = [];
      let p: ArrayLike<number> = [];
      const slopes = new Float64Array(2);
      // By what goes into each gate; c' where o looks at it.
      const through = new Float64Array(3);
      let shown = 0;
      const sum = (gate: string, i: number): number =>
        headSum(sizes, p, u, at[`B${gate}`], at[`b${gate}`], i);
      return {
        begin(...all) {
          [x, u, p] = all;
        },
        value(i) {
          const unit = i % H;
          const [before, h] = [x[unit], x[H + unit]];
          const weight = (name: string): number => p[at[name] + unit];
          const f = sigmoid(weight("af") * h + weight("Cf") * before + sum("f", unit));
          const g = Math.tanh(weight("ag") * h + sum("g", unit));
          const next = f * before + (1 - f) * g;
          const turn = (before - g) * f * (1 - f);
          slopes[0] = f + turn * weight("Cf");
          slopes[1] = turn * weight("af") + (1 - f) * (1 - g) * (1 + g) * weight("ag");
          through[0] = turn;
          through[1] = (1 - f) * (1 - g) * (1 + g);
          through[2] = 0;
          shown = next;
          if (i < H) return next;
          const o = sigmoid(weight("ao") * h + weight("Co") * next + sum("o", unit));
          const s = Math.tanh(next);
          const byGate = s * o * (1 - o);
          const byNext = o * (1 - s) * (1 + s) + byGate * weight("Co");
          slopes[0] *= byNext;
          slopes[1] = byNext * slopes[1] + byGate * weight("ao");
          through[0] *= byNext;
          through[1] *= byNext;
          through[2] = byGate;
          return o * s;
        },
        slope: (_, j) => slopes[j < H ? 0 : 1],
        drivers(i, take) {
          const unit = i % H;
          const d = sizes.inputDim;
          GATES.forEach((g, gate) => {
            take(d + at[`a${g}`] + unit, through[gate] * x[H + unit]);
            headDrivers(sizes, p, u, [at[`B${g}`], at[`b${g}`]], unit, through[gate], take);
          });
          take(d + at.Cf + unit, through[0] * x[unit]);
          take(d + at.Co + unit, through[2] * shown);
        },
      };
    },
  };
}
