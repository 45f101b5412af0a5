import { type Emissions, type GpuEmissions, precomputedEmissions } from "../../../inference/index.ts";
import type { EmissionData, EmissionFamily, Row } from "./family.ts";

/** A row that can be moved over the steps of a series. */
export type MovingRow = { -readonly [Key in keyof Row]: Row[Key] };

/** The row of step 0 of series 0. */
export function firstRow(data: EmissionData): MovingRow {
  return { observations: data.observations, at: 0, step: 0, inputs: data.inputs?.data, inputsAt: 0 };
}

/** Moves a row. */
export function moveRow(
  row: MovingRow,
  data: EmissionData,
  emissionDim: number,
  inputDim: number,
  series: number,
  step: number,
): void {
  row.at = (series * data.numSteps + step) * emissionDim;
  row.step = step;
  row.inputsAt = data.inputs === undefined ? 0 : series * data.inputs.seriesStride + step * inputDim;
}

/**
 * Emissions from a family's density of a row.
 * @param gpu by default the densities are worked out on the host
 */
export function bindRows(
  family: Pick<EmissionFamily, "numEmissions" | "emissionDim" | "inputDim" | "logDensity">,
  data: EmissionData,
  gpu?: GpuEmissions,
): Emissions {
  const { numEmissions, emissionDim, inputDim } = family;
  const row = firstRow(data);
  const logLikelihoods: Emissions["logLikelihoods"] = (series, step, out, at) => {
    moveRow(row, data, emissionDim, inputDim, series, step);
    for (let e = 0; e < numEmissions; e++) out[at + e] = family.logDensity(e, row);
  };
  return { numEmissions, logLikelihoods, gpu: gpu ?? precomputedEmissions(numEmissions, logLikelihoods) };
}
