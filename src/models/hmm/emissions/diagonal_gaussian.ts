import type { NDArray } from "../../../engine/index.ts";
import { bindRows } from "./bind_rows.ts";
import { channels } from "./channels.ts";
import { type EmissionFamily, type FamilyDefinition, LOG_2PI } from "./family.ts";
import { TableReader } from "./read_table.ts";
import { type ChannelKernel, withChannelKernel } from "./references.ts";
import { UNIT, writeFactor, writeTerm } from "./two_words.ts";

/** Independent N(means [K, m], variances [K, m]). Statistics: weights, sums (of y), squares (of y²) [K, m]. */
export const diagonalGaussian: FamilyDefinition = {
  required: ["means", "variances"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const means = tables.read("means", "K", "m");
    const variances = tables.positive("variances", "K", "m");
    const parameters = { means, variances };
    return diagonal(
      "diagonal-gaussian",
      parameters,
      means.data,
      variances.data,
      context.numEmissions,
      tables.sizes.m,
    );
  },
};

/** N(means [K, m], variances [K] times the identity). Statistics as of diagonal-gaussian. */
export const sphericalGaussian: FamilyDefinition = {
  required: ["means", "variances"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const means = tables.read("means", "K", "m");
    const variances = tables.positive("variances", "K");
    const { m } = tables.sizes;
    const each = means.data.map((_, k) => variances.data[Math.floor(k / m)]);
    return diagonal("spherical-gaussian", { means, variances }, means.data, each, context.numEmissions, m);
  },
};

/** Independent N(means, variances), both [E, m]. */
export function diagonal(
  family: string,
  parameters: Record<string, NDArray>,
  means: Float64Array,
  variances: Float64Array,
  E: number,
  m: number,
): EmissionFamily {
  const deviations = variances.map(Math.sqrt);
  const constants = deviations.map(deviation => -0.5 * LOG_2PI - Math.log(deviation));
  const sameShape = deviations.every((deviation, k) => deviation === deviations[k % m]);
  const kernel: ChannelKernel = {
    stem: "diagonal_gaussian",
    recordFloats: 3,
    pairFloats: 6,
    constants: { SAME_SHAPE: sameShape ? 1 : 0 },
    logDensity(e, i, y) {
      const k = e * m + i;
      return constants[k] - 0.5 * ((y - means[k]) / deviations[k]) ** 2;
    },
    distance: (e, i, y) => Math.abs(y - means[e * m + i]),
    pair(i, r, e, out, at) {
      const [k, reference] = [e * m + i, r * m + i];
      writeFactor((UNIT * (deviations[reference] - deviations[k])) / deviations[k], out, at);
      writeTerm((UNIT * (means[reference] - means[k])) / deviations[k], out, at + 2);
      writeTerm(Math.log(deviations[reference] / deviations[k]), out, at + 4);
    },
    record(i, r, y, out, at) {
      writeFactor((y - means[r * m + i]) / deviations[r * m + i], out, at);
    },
  };
  const own = channels(E, m, {
    logDensity: kernel.logDensity,
    draw: (e, i, random) => means[e * m + i] + deviations[e * m + i] * random.normal(),
    mean: (e, i) => means[e * m + i],
    variance: (e, i) => variances[e * m + i],
    statistics: { sums: y => y, squares: y => y * y },
  });
  return {
    family,
    parameters,
    ...own,
    bind: (_call, data) => withChannelKernel(bindRows(own, data), kernel, m, data),
  };
}
