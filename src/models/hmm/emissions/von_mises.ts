import { drawVonMises } from "../draws.ts";
import { logBesselScaled } from "../special.ts";
import { bindRows } from "./bind_rows.ts";
import { channels } from "./channels.ts";
import type { FamilyDefinition } from "./family.ts";
import { LOG_2PI } from "./family.ts";
import { TableReader } from "./read_table.ts";
import { type ChannelKernel, withChannelKernel } from "./references.ts";

/**
 * Angles in radians: log p = κ cos(y − μ) − log(2π I₀(κ)), μ = means, κ = concentrations [K, m] ≥ 0. y and y + 2π are the same; draws
 * are in (−π, π]. Mean and variance are the mean direction and the circular variance 1 − I₁(κ)/I₀(κ).
 * Statistics: weights, cosines, sines [K, m].
 */
export const vonMises: FamilyDefinition = {
  required: ["means", "concentrations"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const means = tables.read("means", "K", "m");
    const concentrations = tables.read("concentrations", "K", "m");
    tables.each(
      "concentrations",
      concentrations,
      κ => κ >= 0,
      "a number ≥ 0",
      "0 is the uniform distribution.",
    );
    const { m } = tables.sizes;
    const μ = means.data;
    const κ = concentrations.data;
    const constants = κ.map(k => -LOG_2PI - logBesselScaled(0, k));
    const varying = (k: number, y: number): number => -2 * κ[k] * Math.sin(wrap(y - μ[k]) / 2) ** 2;
    const kernel: ChannelKernel = {
      stem: "von_mises",
      levelled: true,
      recordFloats: 3,
      pairFloats: 3,
      logDensity: (e, i, y) => constants[e * m + i] + varying(e * m + i, y),
      distance: (e, i, y) => Math.abs(wrap(y - μ[e * m + i])),
      pair(i, r, e, out, at) {
        const k = e * m + i;
        out[at] = wrap(μ[r * m + i] - μ[k]);
        out[at + 1] = κ[k];
        out[at + 2] = constants[k] - constants[r * m + i];
      },
      record(i, r, y, out, at, best) {
        out[at] = wrap(y - μ[r * m + i]);
        out[at + 1] = constants[best * m + i] - constants[r * m + i] + varying(best * m + i, y);
      },
    };
    const own = channels(context.numEmissions, m, {
      logDensity: kernel.logDensity,
      draw: (e, i, random) => wrap(μ[e * m + i] + drawVonMises(random, κ[e * m + i])),
      mean: (e, i) => wrap(μ[e * m + i]),
      variance: (e, i) => 1 - meanLength(κ[e * m + i]),
      statistics: { cosines: Math.cos, sines: Math.sin },
    });
    return {
      family: "von-mises",
      parameters: { means, concentrations },
      ...own,
      bind: (_call, data) => withChannelKernel(bindRows(own, data), kernel, m, data),
    };
  },
};

/** I₁(κ)/I₀(κ) */
const meanLength = (kappa: number): number =>
  kappa === 0 ? 0 : Math.exp(logBesselScaled(1, kappa) - logBesselScaled(0, kappa));

/** An angle in (−π, π]. */
export function wrap(angle: number): number {
  const turned = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  return turned <= -Math.PI ? turned + 2 * Math.PI : turned > Math.PI ? turned - 2 * Math.PI : turned;
}
