import { drawPoisson } from "../draws.ts";
import { logFactorial } from "../special.ts";
import { bindRows } from "./bind_rows.ts";
import { channels } from "./channels.ts";
import { checkCounts } from "./check_data.ts";
import type { FamilyDefinition } from "./family.ts";
import { TableReader } from "./read_table.ts";

/** Counts: log p = y log λ − λ − log y!, λ = rates [K, m] > 0. Statistics: sums (of y). */
export const poisson: FamilyDefinition = {
  required: ["rates"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const rates = tables.positive("rates", "K", "m");
    const { m } = tables.sizes;
    const λ = rates.data;
    const logRates = λ.map(Math.log);
    const own = channels(context.numEmissions, m, {
      logDensity: (e, i, y) => y * logRates[e * m + i] - λ[e * m + i] - logFactorial(y),
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
        return bindRows(own, data);
      },
    };
  },
};
