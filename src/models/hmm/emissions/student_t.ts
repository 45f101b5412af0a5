import { drawGamma } from "../draws.ts";
import { stirlingRest } from "../special.ts";
import { bindRows } from "./bind_rows.ts";
import { channels } from "./channels.ts";
import { type FamilyDefinition, LOG_2PI } from "./family.ts";
import { TableReader } from "./read_table.ts";
import { type ChannelKernel, withChannelKernel } from "./references.ts";

/**
 * μ + s × Student's t of ν degrees of freedom: μ = means, s = scales > 0, ν = dofs > 0, all [K, m]; channels independent.
 * Statistics, with u = (ν+1)/(ν+z²) the expected precision of an entry: weights, precisions (of u), sums (of u y),
 * squares (of u y²) [K, m].
 */
export const studentT: FamilyDefinition = {
  required: ["means", "scales", "dofs"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const means = tables.read("means", "K", "m");
    const scales = tables.positive("scales", "K", "m");
    const dofs = tables.positive("dofs", "K", "m");
    const { m } = tables.sizes;
    const [μ, s, ν] = [means.data, scales.data, dofs.data];
    const constants = ν.map((dof, k) => logConstant(dof) - Math.log(s[k]));
    const square = (y: number, k: number): number => ((y - μ[k]) / s[k]) ** 2;
    const precision = (y: number, e: number, i: number): number => {
      const k = e * m + i;
      return (ν[k] + 1) / (ν[k] + square(y, k));
    };
    const varying = (k: number, y: number): number => -0.5 * (ν[k] + 1) * Math.log1p(square(y, k) / ν[k]);
    const kernel: ChannelKernel = {
      stem: "student_t",
      levelled: true,
      recordFloats: 3,
      pairFloats: 4,
      logDensity: (e, i, y) => constants[e * m + i] + varying(e * m + i, y),
      distance: (e, i, y) => Math.abs(y - μ[e * m + i]),
      pair(i, r, e, out, at) {
        const [k, reference] = [e * m + i, r * m + i];
        out[at] = s[reference] / s[k];
        out[at + 1] = (μ[k] - μ[reference]) / s[k];
        out[at + 2] = ν[k];
        out[at + 3] = constants[k] - constants[reference];
      },
      record(i, r, y, out, at, best) {
        const k = r * m + i;
        out[at] = (y - μ[k]) / s[k];
        out[at + 1] = constants[best * m + i] - constants[k] + varying(best * m + i, y);
      },
    };
    const own = channels(context.numEmissions, m, {
      logDensity: kernel.logDensity,
      draw(e, i, random) {
        const k = e * m + i;
        const normal = random.normal();
        return μ[k] + s[k] * normal * Math.sqrt(ν[k] / (2 * drawGamma(random, ν[k] / 2)));
      },
      mean: (e, i) => (ν[e * m + i] > 1 ? μ[e * m + i] : Number.NaN),
      variance(e, i) {
        const k = e * m + i;
        if (ν[k] > 2) return (s[k] ** 2 * ν[k]) / (ν[k] - 2);
        return ν[k] > 1 ? Number.POSITIVE_INFINITY : Number.NaN;
      },
      statistics: {
        precisions: precision,
        sums: (y, e, i) => precision(y, e, i) * y,
        squares: (y, e, i) => precision(y, e, i) * y * y,
      },
    });
    return {
      family: "student-t",
      parameters: { means, scales, dofs },
      ...own,
      bind: (_call, data) => withChannelKernel(bindRows(own, data), kernel, m, data),
    };
  },
};

/**
 * log Γ((ν+1)/2) − log Γ(ν/2) − ½ log νπ. By Stirling's formula with h = ν/2 this is
 * h log1p(1/(2h)) − ½ + g(h+½) − g(h) − ½ log 2π, where nothing large cancels.
 */
function logConstant(dof: number): number {
  const h = dof / 2;
  return h * Math.log1p(0.5 / h) - 0.5 + stirlingRest(h + 0.5) - stirlingRest(h) - 0.5 * LOG_2PI;
}
