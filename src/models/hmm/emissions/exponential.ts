import { drawExponential } from "../draws.ts";
import { bindRows } from "./bind_rows.ts";
import { channels } from "./channels.ts";
import { checkEntries } from "./check_data.ts";
import type { FamilyDefinition } from "./family.ts";
import { TableReader } from "./read_table.ts";
import { withChannelKernel } from "./references.ts";

/** y ≥ 0: log p = log λ − λ y, λ = rates [K, m] > 0, in 1/(units of y). Statistics: weights, sums (of y) [K, m]. */
export const exponential: FamilyDefinition = {
  required: ["rates"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const rates = tables.positive("rates", "K", "m");
    const { m } = tables.sizes;
    const λ = rates.data;
    const logRates = λ.map(Math.log);
    const density = (e: number, i: number, y: number): number => logRates[e * m + i] - λ[e * m + i] * y;
    const own = channels(context.numEmissions, m, {
      logDensity: density,
      draw: (e, i, random) => drawExponential(random) / λ[e * m + i],
      mean: (e, i) => 1 / λ[e * m + i],
      variance: (e, i) => 1 / λ[e * m + i] ** 2,
      statistics: { sums: y => y },
    });
    return {
      family: "exponential",
      parameters: { rates },
      ...own,
      bind(call, data) {
        checkEntries(call, data, m, value => value >= 0, "a number ≥ 0", "Durations are not negative.");
        return withChannelKernel(
          bindRows(own, data),
          {
            stem: "linear_statistic",
            recordFloats: 2,
            pairFloats: 2,
            logDensity: density,
            pair(i, r, e, out, at) {
              const [rate, reference] = [λ[e * m + i], λ[r * m + i]];
              out[at] = (reference - rate) / reference;
              out[at + 1] = Math.log1p((rate - reference) / reference);
            },
            record(i, r, y, out, at) {
              out[at] = λ[r * m + i] * y;
            },
          },
          m,
          data,
        );
      },
    };
  },
};
