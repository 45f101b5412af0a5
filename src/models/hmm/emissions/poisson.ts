import { drawPoisson } from "../draws.ts";
import { factorialRest, logRatioRest } from "../special.ts";
import { bindRows } from "./bind_rows.ts";
import { channels } from "./channels.ts";
import { checkCounts } from "./check_data.ts";
import type { FamilyDefinition } from "./family.ts";
import { TableReader } from "./read_table.ts";
import { type ChannelKernel, withChannelKernel } from "./references.ts";

/**
 * Counts: log p = y log λ − λ − log y!, λ = rates [K, m] > 0. Worked out as y (log(λ/y) − λ/y + 1) − (log y! − y log y + y), so
 * that nothing large cancels. Statistics: weights, sums (of y) [K, m].
 */
export const poisson: FamilyDefinition = {
  required: ["rates"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const rates = tables.positive("rates", "K", "m");
    const { m } = tables.sizes;
    const λ = rates.data;
    const kernel = poissonKernel(λ, m);
    const own = channels(context.numEmissions, m, {
      logDensity: kernel.logDensity,
      draw: (e, i, random) => drawPoisson(random, λ[e * m + i]),
      mean: (e, i) => λ[e * m + i],
      variance: (e, i) => λ[e * m + i],
      statistics: { sums: y => y },
    });
    return {
      family: "poisson",
      parameters: { rates },
      ...own,
      bind(call, data) {
        checkCounts(call, data, m);
        return withChannelKernel(bindRows(own, data), kernel, m, data);
      },
    };
  },
};

/** log p_e − log p_r = (y − λ_r) log(λ_e/λ_r) + λ_r (log(λ_e/λ_r) − λ_e/λ_r + 1), λ [E, m] */
export const poissonKernel = (λ: Float64Array, m: number): ChannelKernel => ({
  stem: "linear_statistic",
  counts: true,
  recordFloats: 2,
  pairFloats: 2,
  logDensity(e, i, y) {
    const rate = λ[e * m + i];
    return y === 0 ? -rate : y * logRatioRest(rate, y) - factorialRest(y);
  },
  pair(i, r, e, out, at) {
    const [own, reference] = [λ[e * m + i], λ[r * m + i]];
    out[at] = Math.log1p((own - reference) / reference);
    out[at + 1] = reference * logRatioRest(own, reference);
  },
  record(i, r, y, out, at) {
    out[at] = y - λ[r * m + i];
  },
});
