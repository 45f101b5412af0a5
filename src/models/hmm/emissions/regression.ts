import type { NDArray } from "../../../engine/index.ts";
import type { EmissionFamily, FamilyContext, FamilyDefinition, Row } from "./family.ts";
import { readCovariances } from "./gaussian.ts";
import { gaussianFamily } from "./gaussian_family.ts";
import { TableReader } from "./read_table.ts";

/**
 * y_t ~ N(weights [K, m, d] u_t + biases [K, m], covariances [K, m, m]); biases default 0. Inputs cannot be missing.
 * Statistics, with x = (1, u): weights [K], featureOuters Σ x x' [K, 1+d, 1+d], crossOuters Σ y x' [K, m, 1+d], outers [K, m, m].
 */
export const linearRegression: FamilyDefinition = {
  required: ["weights", "covariances"],
  optional: ["biases"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const covariances = readCovariances(tables, "covariances", "K", "m", "m");
    const weights = tables.read("weights", "K", "m", "d");
    const biases = given.biases === undefined ? undefined : tables.read("biases", "K", "m");
    const { m, d } = tables.sizes;
    const parameters = { weights, ...(biases && { biases }), covariances };
    return regression(
      context,
      "linear-regression",
      parameters,
      { m, d, biases, inputWeights: weights },
      covariances,
    );
  },
};

/**
 * y_t ~ N(Σ_l weights [K, L, m, m]_l y_{t−l} + inputWeights [K, m, d] u_t + biases [K, m], covariances [K, m, m]), l = 1 … L.
 * The first L steps look back on initialLags [L, m], y_{−L} … y_{−1} in order of time; without them these steps are
 * conditioned on, with density 1. So is every step that looks back on a missing entry: its density is not computed, and the step
 * tells nothing about the state. Statistics as of linear-regression, x = (1, y_{t−1}, …, y_{t−L}, u_t), over the other steps.
 */
export const autoregressive: FamilyDefinition = {
  required: ["weights", "covariances"],
  optional: ["biases", "inputWeights", "initialLags"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const covariances = readCovariances(tables, "covariances", "K", "m", "m");
    const weights = tables.read("weights", "K", "L", "m", "m");
    const biases = given.biases === undefined ? undefined : tables.read("biases", "K", "m");
    const inputWeights =
      given.inputWeights === undefined ? undefined : tables.read("inputWeights", "K", "m", "d");
    const initialLags = given.initialLags === undefined ? undefined : tables.read("initialLags", "L", "m");
    const { m, d = 0, L } = tables.sizes;
    const parameters = {
      weights,
      ...(biases && { biases }),
      ...(inputWeights && { inputWeights }),
      ...(initialLags && { initialLags }),
      covariances,
    };
    const lags = { count: L, weights, initial: initialLags?.data };
    return regression(
      context,
      "autoregressive",
      parameters,
      { m, d, biases, inputWeights, lags },
      covariances,
    );
  },
};

interface Terms {
  readonly m: number;
  readonly d: number;
  readonly biases?: NDArray;
  readonly inputWeights?: NDArray;
  readonly lags?: { readonly count: number; readonly weights: NDArray; readonly initial?: Float64Array };
}

/** Features (1, lags, inputs) and their weights [E, m, 1 + L m + d]. */
function regression(
  context: FamilyContext,
  family: string,
  parameters: Record<string, NDArray>,
  { m, d, biases, inputWeights, lags }: Terms,
  covariances: NDArray,
): EmissionFamily {
  const E = context.numEmissions;
  const L = lags?.count ?? 0;
  const numFeatures = 1 + L * m + d;
  const weights = new Float64Array(E * m * numFeatures);
  for (let row = 0; row < E * m; row++) {
    const to = row * numFeatures;
    if (biases) weights[to] = biases.data[row];
    const [e, i] = [Math.floor(row / m), row % m];
    for (let l = 0; l < L; l++)
      for (let j = 0; j < m; j++)
        weights[to + 1 + l * m + j] = lags!.weights.data[((e * L + l) * m + i) * m + j];
    for (let k = 0; k < d; k++) weights[to + 1 + L * m + k] = inputWeights!.data[row * d + k];
  }
  const features = ({ observations, at, step, inputs, inputsAt }: Row, out: Float64Array): boolean => {
    let known = true;
    out[0] = 1;
    for (let l = 1; l <= L; l++) {
      const before = step - l;
      for (let j = 0; j < m; j++) {
        const value =
          before >= 0 ? observations[at - l * m + j] : (lags!.initial?.[(before + L) * m + j] ?? Number.NaN);
        if (Number.isNaN(value)) known = false;
        out[1 + (l - 1) * m + j] = Number.isNaN(value) ? 0 : value;
      }
    }
    for (let k = 0; k < d; k++) out[1 + L * m + k] = inputs![inputsAt + k];
    return known;
  };
  return gaussianFamily(context, {
    family,
    parameters,
    emissionDim: m,
    inputDim: d,
    lags: L,
    means: { weights, numFeatures, features },
    covariances: covariances.data,
    covarianceKey: "covariances",
  });
}
