/**
 * ParaGRU, whose state acts on itself entry by entry, so that the Jacobian is diagonal:
 *
 *   z = σ(az ∘ h + Bz u + bz),  r = σ(ar ∘ h + Br u + br),  c = tanh(an ∘ (h ∘ r) + Bn u + bn),  h' = (1 − z) ∘ h + z ∘ c
 *
 * B are block-diagonal: head k of the state sees the inputs of head k alone.
 * @see Danieli et al. 2025, arXiv:2510.21450
 */
import { type CellParts, sigmoid } from "./cell.ts";
import { type HeadSizes, headDrivers, headedRows, headSum, headSumText } from "./heads.ts";
import type { WeightRow, Weights } from "./weights.ts";

const GATES = ["z", "r", "n"] as const;

export const paraGruRows = (sizes: HeadSizes): Record<string, WeightRow> =>
  headedRows(sizes, { peep: ["az", "ar", "an"], input: ["Bz", "Br", "Bn"], bias: ["bz", "br", "bn"] });

export function paraGruCell(sizes: HeadSizes, { parameters, at }: Weights): CellParts {
  const H = sizes.size;
  return {
    stateDim: H,
    inputDim: sizes.inputDim,
    parameters,
    coefficients: 1,
    helpers: ["tanh_f32", "logistic_f32"],
    row: ({ x, u, p, f }) => `${headSumText(sizes, at, GATES, "i", { u, p })}
    let h = ${x("i")};
    let peep = array<f32, 3>(${GATES.map(g => p(`${at[`a${g}`]}u + i`)).join(", ")});
    let z = ${f("logistic_f32")}(peep[0] * h + sums[0]);
    let r = ${f("logistic_f32")}(peep[1] * h + sums[1]);
    let fresh = ${f("tanh_f32")}(peep[2] * (h * r) + sums[2]);
    value = (1.0 - z) * h + z * fresh;
    c[0] = (1.0 - z) + (fresh - h) * z * (1.0 - z) * peep[0]
      + z * (1.0 - fresh) * (1.0 + fresh) * peep[2] * (r + h * r * (1.0 - r) * peep[1]);`,
    slope: () => "      slope = select(0.0, c[0], i == j);",
    kind: (i, j) => (i === j ? "varying" : "zero"),
    twin() {
      let x: ArrayLike<number> = [];
      let u: ArrayLike<number> = [];
      let p: ArrayLike<number> = [];
      let slope = 0;
      // By what goes into each gate, and by what its peephole multiplies.
      const [through, seen] = [new Float64Array(3), new Float64Array(3)];
      const sum = (gate: string, i: number): number =>
        headSum(sizes, p, u, at[`B${gate}`], at[`b${gate}`], i);
      return {
        begin(...all) {
          [x, u, p] = all;
        },
        value(i) {
          const h = x[i];
          const [az, ar, an] = [p[at.az + i], p[at.ar + i], p[at.an + i]];
          const z = sigmoid(az * h + sum("z", i));
          const r = sigmoid(ar * h + sum("r", i));
          const c = Math.tanh(an * (h * r) + sum("n", i));
          slope =
            1 - z + (c - h) * z * (1 - z) * az + z * (1 - c) * (1 + c) * an * (r + h * r * (1 - r) * ar);
          through[0] = (c - h) * z * (1 - z);
          through[2] = z * (1 - c) * (1 + c);
          through[1] = through[2] * an * h * r * (1 - r);
          [seen[0], seen[1], seen[2]] = [h, h, h * r];
          return (1 - z) * h + z * c;
        },
        slope: () => slope,
        drivers(i, take) {
          GATES.forEach((g, gate) => {
            take(sizes.inputDim + at[`a${g}`] + i, through[gate] * seen[gate]);
            headDrivers(sizes, p, u, [at[`B${g}`], at[`b${g}`]], i, through[gate], take);
          });
        },
      };
    },
  };
}
