import { drawGamma } from "../draws.ts";
import { logRatioRest, stirlingRest } from "../special.ts";
import { bindRows } from "./bind_rows.ts";
import { channels } from "./channels.ts";
import { checkEntries } from "./check_data.ts";
import { type FamilyDefinition, LOG_2PI } from "./family.ts";
import { TableReader } from "./read_table.ts";

/**
 * y > 0 of shape a = concentrations [K, m] and rate b = rates [K, m], mean a/b: log p = a log b + (a − 1) log y − b y − log Γ(a).
 * With x = b y/a − 1 this is −log y + ½ log(a/2π) − g(a) + a (log1p(x) − x), g what Stirling's formula leaves out.
 * Statistics: weights, sums (of y), logs (of log y) [K, m].
 */
export const gamma: FamilyDefinition = {
  required: ["concentrations", "rates"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const concentrations = tables.positive("concentrations", "K", "m");
    const rates = tables.positive("rates", "K", "m");
    const { m } = tables.sizes;
    const a = concentrations.data;
    const b = rates.data;
    const constants = a.map(shape => 0.5 * (Math.log(shape) - LOG_2PI) - stirlingRest(shape));
    const own = channels(context.numEmissions, m, {
      logDensity(e, i, y) {
        const k = e * m + i;
        return constants[k] - Math.log(y) + a[k] * logRatioRest(b[k] * y, a[k]);
      },
      draw: (e, i, random) => drawGamma(random, a[e * m + i]) / b[e * m + i],
      mean: (e, i) => a[e * m + i] / b[e * m + i],
      variance: (e, i) => a[e * m + i] / b[e * m + i] ** 2,
      statistics: { sums: y => y, logs: Math.log },
    });
    return {
      family: "gamma",
      parameters: { concentrations, rates },
      ...own,
      bind(call, data) {
        const fix = "The gamma density is on positive numbers: add a small amount, or mask zeros.";
        checkEntries(call, data, m, value => value > 0, "a positive number", fix);
        return bindRows(own, data);
      },
    };
  },
};
