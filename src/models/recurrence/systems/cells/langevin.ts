/**
 * Overdamped Langevin dynamics in a mixture of Gaussian wells, the noise as inputs:
 *
 *   x' = x + ε ∇log p(x) + √(2ε) w,  p(x) = Σ_k exp(a_k − ½ (x − μ_k)' Λ_k (x − μ_k))
 *
 * With g_k = −Λ_k (x − μ_k) and the probabilities r_k of the wells, g = Σ r_k g_k and the Hessian is Σ r_k (g_k g_k' − Λ_k) − g g'.
 * @see arXiv:2508.16817, §6; arXiv:2509.21716
 */
import { float } from "../wgsl_text.ts";
import type { CellParts } from "./cell.ts";

export interface Wells {
  /** a [K] */
  readonly logWeights: readonly number[];
  /** μ [K, D] */
  readonly centres: Float64Array;
  /** Λ [K, D, D], symmetric */
  readonly precisions: Float64Array;
  /** ε */
  readonly eps: number;
}

/** p holds a, μ and Λ. */
export function langevinCell(D: number, { logWeights, centres, precisions, eps }: Wells): CellParts {
  const K = logWeights.length;
  const parameters = Float64Array.from([...logWeights, ...centres, ...precisions]);
  const [MU, LAMBDA] = [K, K + K * D];
  const noise = Math.sqrt(2 * eps);
  // Where all wells pull alike along one of i, j, the Hessian's entry is that of each well.
  const alike = Array.from({ length: D }, (_, i) => pullsAlike(i, D, K, centres, precisions));
  return {
    stateDim: D,
    inputDim: D,
    parameters,
    // g_i, then r_k and g_ki
    coefficients: 1 + 2 * K,
    helpers: ["exp_f32"],
    row: ({ x, u, p, f }) => `    var peak = -3e38;
    for (var k = 0u; k < ${K}u; k++) {
      var energy = 0.0;
      for (var l = 0u; l < ${D}u; l++) {
        var pull = 0.0;
        for (var m = 0u; m < ${D}u; m++) { pull -= ${p(`${LAMBDA}u + (k * ${D}u + l) * ${D}u + m`)} * (${x("m")} - ${p(`${MU}u + k * ${D}u + m`)}); }
        energy -= pull * (${x("l")} - ${p(`${MU}u + k * ${D}u + l`)});
        if (l == i) { c[${1 + K}u + k] = pull; }
      }
      c[1u + k] = ${p("k")} - 0.5 * energy;
      peak = max(peak, c[1u + k]);
    }
    var total = 0.0;
    for (var k = 0u; k < ${K}u; k++) {
      c[1u + k] = ${f("exp_f32")}(c[1u + k] - peak);
      total += c[1u + k];
    }
    c[0] = 0.0;
    for (var k = 0u; k < ${K}u; k++) {
      c[1u + k] /= total;
      c[0] += c[1u + k] * c[${1 + K}u + k];
    }
    value = ${x("i")} + ${float(eps)} * c[0] + ${float(noise)} * ${u("i")};`,
    // Differences from g: Σ r_k (g_ki − g_i) g_kj keeps what two large products would lose.
    slope: ({ x, p }) => `      for (var k = 0u; k < ${K}u; k++) {
        var pull = 0.0;
        for (var m = 0u; m < ${D}u; m++) { pull -= ${p(`${LAMBDA}u + (k * ${D}u + j) * ${D}u + m`)} * (${x("m")} - ${p(`${MU}u + k * ${D}u + m`)}); }
        slope += c[1u + k] * ((c[${1 + K}u + k] - c[0]) * pull - ${p(`${LAMBDA}u + (k * ${D}u + i) * ${D}u + j`)});
      }
      slope = select(0.0, 1.0, i == j) + ${float(eps)} * slope;`,
    kind(i, j) {
      if (!alike[i] && !alike[j]) return "varying";
      return i === j || precisions[i * D + j] !== 0 ? "constant" : "zero";
    },
    twin() {
      let x: ArrayLike<number> = [];
      let u: ArrayLike<number> = [];
      let p: ArrayLike<number> = [];
      const pulls = new Float64Array(K * D);
      const r = new Float64Array(K);
      const g = new Float64Array(D);
      return {
        begin(...all) {
          [x, u, p] = all;
          for (let k = 0; k < K; k++) {
            let energy = 0;
            for (let l = 0; l < D; l++) {
              let pull = 0;
              for (let m = 0; m < D; m++)
                pull -= p[LAMBDA + (k * D + l) * D + m] * (x[m] - p[MU + k * D + m]);
              pulls[k * D + l] = pull;
              energy -= pull * (x[l] - p[MU + k * D + l]);
            }
            r[k] = p[k] - 0.5 * energy;
          }
          const peak = Math.max(...r);
          let total = 0;
          for (let k = 0; k < K; k++) {
            r[k] = Math.exp(r[k] - peak);
            total += r[k];
          }
          g.fill(0);
          for (let k = 0; k < K; k++) {
            r[k] /= total;
            for (let l = 0; l < D; l++) g[l] += r[k] * pulls[k * D + l];
          }
        },
        value: i => x[i] + eps * g[i] + noise * u[i],
        slope(i, j) {
          let sum = 0;
          for (let k = 0; k < K; k++)
            sum += r[k] * ((pulls[k * D + i] - g[i]) * pulls[k * D + j] - p[LAMBDA + (k * D + i) * D + j]);
          return (i === j ? 1 : 0) + eps * sum;
        },
        drivers(i, take) {
          take(i, noise);
          for (let k = 0; k < K; k++) {
            // How far g_i moves with the weight of the well, and with its own pull.
            const [byWeight, byPull] = [eps * r[k] * (pulls[k * D + i] - g[i]), eps * r[k]];
            take(D + k, byWeight);
            for (let m = 0; m < D; m++) {
              const away = x[m] - p[MU + k * D + m];
              take(
                D + MU + k * D + m,
                byPull * p[LAMBDA + (k * D + i) * D + m] - byWeight * pulls[k * D + m],
              );
              take(D + LAMBDA + (k * D + i) * D + m, -byPull * away);
              for (let l = 0; l < D; l++)
                take(D + LAMBDA + (k * D + l) * D + m, -0.5 * byWeight * away * (x[l] - p[MU + k * D + l]));
            }
          }
        },
      };
    },
  };
}

const sameEntry = (i: number, j: number, D: number, K: number, precisions: Float64Array): boolean =>
  Array.from({ length: K }, (_, k) => precisions[(k * D + i) * D + j]).every(
    entry => entry === precisions[i * D + j],
  );

/** Is g_ki the same of all wells whatever x? */
function pullsAlike(
  i: number,
  D: number,
  K: number,
  centres: Float64Array,
  precisions: Float64Array,
): boolean {
  const shifts = Array.from({ length: K }, (_, k) => {
    let sum = 0;
    for (let m = 0; m < D; m++) sum += precisions[(k * D + i) * D + m] * centres[k * D + m];
    return sum;
  });
  return (
    shifts.every(shift => shift === shifts[0]) &&
    Array.from({ length: D }, (_, m) => sameEntry(i, m, D, K, precisions)).every(Boolean)
  );
}
