import { drawGamma } from "../draws.ts";
import { logRatioRest, stirlingRest } from "../special.ts";
import { bindRows } from "./bind_rows.ts";
import { channels } from "./channels.ts";
import { checkEntries } from "./check_data.ts";
import { type FamilyDefinition, LOG_2PI } from "./family.ts";
import { TableReader } from "./read_table.ts";
import { type ChannelKernel, withChannelKernel } from "./references.ts";

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
    const mean = (e: number, i: number): number => a[e * m + i] / b[e * m + i];
    const kernel: ChannelKernel = {
      stem: "gamma",
      levelled: true,
      recordFloats: 4,
      pairFloats: 5,
      logDensity(e, i, y) {
        const k = e * m + i;
        return constants[k] - Math.log(y) + a[k] * logRatioRest(b[k] * y, a[k]);
      },
      distance: (e, i, y) => Math.abs(Math.log(y / mean(e, i))),
      pair(i, r, e, out, at) {
        const ratio = mean(r, i) / mean(e, i);
        out[at] = ratio;
        out[at + 1] = (mean(r, i) - mean(e, i)) / mean(e, i);
        out[at + 2] = Math.log(ratio);
        out[at + 3] = a[e * m + i];
        out[at + 4] = constants[e * m + i] - constants[r * m + i];
      },
      record(i, r, y, out, at, best) {
        const k = r * m + i;
        out[at] = (b[k] * y - a[k]) / a[k];
        out[at + 1] = Math.log(y / mean(r, i));
        const level = best * m + i;
        out[at + 2] = constants[level] - constants[k] + a[level] * logRatioRest(b[level] * y, a[level]);
      },
    };
    const own = channels(context.numEmissions, m, {
      logDensity: kernel.logDensity,
      draw: (e, i, random) => drawGamma(random, a[e * m + i]) / b[e * m + i],
      mean,
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
        return withChannelKernel(bindRows(own, data), kernel, m, data);
      },
    };
  },
};
