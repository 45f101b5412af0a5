import { drawGamma, drawPoisson } from "../draws.ts";
import { factorialRest, log1pMinus, stirlingRest } from "../special.ts";
import { bindRows } from "./bind_rows.ts";
import { channels } from "./channels.ts";
import { checkCounts } from "./check_data.ts";
import type { FamilyDefinition } from "./family.ts";
import { TableReader } from "./read_table.ts";
import { type ChannelKernel, withChannelKernel } from "./references.ts";

/**
 * Counts of mean μ = means [K, m] > 0 and variance μ + μ²/r, r = sizes [K, m] > 0:
 * log p = log Γ(y+r) − log Γ(r) − log y! + r log(r/(μ+r)) + y log(μ/(μ+r)). In other words, size r and success probability
 * r/(μ+r). Statistics: weights, sums (of y), squares (of y²) [K, m].
 */
export const negativeBinomial: FamilyDefinition = {
  required: ["means", "sizes"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const means = tables.positive("means", "K", "m");
    const sizes = tables.positive("sizes", "K", "m");
    const { m } = tables.sizes;
    const μ = means.data;
    const r = sizes.data;
    const kernel: ChannelKernel = {
      stem: "negative_binomial",
      levelled: true,
      counts: true,
      recordFloats: 4,
      pairFloats: 4,
      logDensity: (e, i, y) => varying(y, μ[e * m + i], r[e * m + i]) - factorialRest(y),
      distance: (e, i, y) => Math.abs(y - μ[e * m + i]),
      pair(i, reference, e, out, at) {
        const k = e * m + i;
        out[at] = μ[k] - μ[reference * m + i];
        out[at + 1] = μ[k];
        out[at + 2] = r[k];
        out[at + 3] = 0.5 * Math.log(r[k]) - stirlingRest(r[k]);
      },
      record(i, reference, y, out, at, best) {
        const k = reference * m + i;
        out[at] = y;
        out[at + 1] = μ[k] - y;
        out[at + 2] = varying(y, μ[best * m + i], r[best * m + i]);
      },
    };
    const own = channels(context.numEmissions, m, {
      logDensity: kernel.logDensity,
      draw(e, i, random) {
        const size = r[e * m + i];
        return drawPoisson(random, (drawGamma(random, size) * μ[e * m + i]) / size);
      },
      mean: (e, i) => μ[e * m + i],
      variance: (e, i) => μ[e * m + i] * (1 + μ[e * m + i] / r[e * m + i]),
      statistics: { sums: y => y, squares: y => y * y },
    });
    return {
      family: "negative-binomial",
      parameters: { means, sizes },
      ...own,
      bind(call, data) {
        checkCounts(call, data, m);
        return withChannelKernel(bindRows(own, data), kernel, m, data);
      },
    };
  },
};

/**
 * log p(y) + (log y! − y log y + y), by what is left of Stirling's formula, so that nothing cancels for large y and r: saturated
 * (μ = y) it is ½ log(r/(y+r)) + g(y+r) − g(r), and deviance() less elsewhere.
 */
function varying(y: number, mean: number, size: number): number {
  if (y === 0) return -size * Math.log1p(mean / size);
  const saturated = 0.5 * Math.log(size / (y + size)) + stirlingRest(y + size) - stirlingRest(size);
  return saturated + deviance(y, mean, size);
}

/** y log(μ/y) − (y+r) log((μ+r)/(y+r)) ≤ 0, with d = μ − y: y φ(r d/(y(μ+r))) − r φ(d/(y+r)) − r d²/((μ+r)(y+r)), φ(x) = log1p(x) − x */
function deviance(y: number, mean: number, size: number): number {
  const d = mean - y;
  const near = (size * d) / (y * (mean + size));
  const far = d / (y + size);
  if (near < -0.5 || Math.abs(far) > 0.5) {
    const share = near < -0.5 ? Math.log((mean / y) * ((y + size) / (mean + size))) : Math.log1p(near);
    return y * share - size * (Math.abs(far) <= 0.5 ? Math.log1p(far) : Math.log((mean + size) / (y + size)));
  }
  return y * log1pMinus(near) - size * log1pMinus(far) - (size * d * d) / ((mean + size) * (y + size));
}
