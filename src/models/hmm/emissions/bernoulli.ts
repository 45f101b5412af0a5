import { bindRows } from "./bind_rows.ts";
import { withCategoryKernel } from "./category_gpu.ts";
import { channels } from "./channels.ts";
import { checkEntries } from "./check_data.ts";
import type { FamilyDefinition } from "./family.ts";
import { TableReader } from "./read_table.ts";

/** 0 or 1: p(y_i = 1) = probs [K, m]; 0 and 1 are exact. Statistics: weights, sums (of y) [K, m]. */
export const bernoulli: FamilyDefinition = {
  required: ["probs"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const probs = tables.probability("probs", "K", "m");
    const { m } = tables.sizes;
    const p = probs.data;
    const logOne = p.map(Math.log);
    const logZero = p.map(q => Math.log1p(-q));
    const own = channels(context.numEmissions, m, {
      logDensity: (e, i, y) => (y === 1 ? logOne : logZero)[e * m + i],
      draw: (e, i, random) => (random.uniform() < p[e * m + i] ? 1 : 0),
      mean: (e, i) => p[e * m + i],
      variance: (e, i) => p[e * m + i] * (1 - p[e * m + i]),
      statistics: { sums: y => y },
    });
    return {
      family: "bernoulli",
      parameters: { probs },
      ...own,
      bind(call, data) {
        checkBinary(call, data, m);
        const logs = new Float64Array(2 * p.length);
        for (let k = 0; k < p.length; k++) logs.set([logZero[k], logOne[k]], 2 * k);
        return withCategoryKernel(bindRows(own, data), logs, m, 2, data);
      },
      categoryProbs(e, _row, out, at) {
        for (let i = 0; i < m; i++) {
          out[at + 2 * i] = 1 - p[e * m + i];
          out[at + 2 * i + 1] = p[e * m + i];
        }
      },
    };
  },
};

/** Every observed entry is 0 or 1. */
export const checkBinary = (call: string, data: Parameters<typeof checkEntries>[1], m: number): void =>
  checkEntries(
    call,
    data,
    m,
    value => value === 0 || value === 1,
    "0 or 1",
    "Write what happened as 1, else 0.",
  );
