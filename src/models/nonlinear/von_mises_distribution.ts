import { normalTail } from "../../inference/index.ts";

/**
 * The distribution function of a von Mises angle around 0, of any angle: that of φ + 2π is one more. By its Fourier series; for κ > 10⁴ by
 * the normal of s = 2√κ sin(φ/2) with its first correction, whose error is of order κ⁻².
 * @see Mardia & Jupp 2000, Directional Statistics, section 3.5.4
 */
export function vonMisesDistribution(kappa: number): (angle: number) => number {
  const turn = 2 * Math.PI;
  const ratios = kappa > 1e4 ? undefined : besselRatios(kappa);
  return angle => {
    const turns = Math.round(angle / turn);
    const rest = angle - turns * turn;
    if (ratios) {
      let sum = 0.5 * rest;
      for (let j = 1; j < ratios.length; j++) sum += (ratios[j] * Math.sin(j * rest)) / j;
      return turns + 0.5 + sum / Math.PI;
    }
    const s = 2 * Math.sqrt(kappa) * Math.sin(rest / 2);
    const density = Math.exp(-0.5 * s * s) / Math.sqrt(turn);
    return turns + 1 - normalTail(s) - (s * density) / (8 * kappa + 1);
  };
}

/** I_j(κ)/I_0(κ), j = 0 … until they are below 10⁻¹⁸, by the recurrence from far above (Miller). */
function besselRatios(kappa: number): Float64Array {
  const count = Math.ceil(20 + 9.2 * Math.sqrt(kappa));
  const start = 2 * count + 20;
  // I_{j+1}/I_j = 1 / (2 (j + 1)/κ + I_{j+2}/I_{j+1})
  const next = new Float64Array(start + 1);
  for (let j = start - 1; j >= 0; j--) next[j] = 1 / ((2 * (j + 1)) / kappa + next[j + 1]);
  const out = new Float64Array(count + 1);
  out[0] = 1;
  for (let j = 1; j <= count; j++) out[j] = out[j - 1] * next[j - 1];
  return out;
}
