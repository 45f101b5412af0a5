import { DataError } from "../../../engine/index.ts";
import { say } from "../../say.ts";
import { bindRows } from "./bind_rows.ts";
import type { EmissionData, FamilyDefinition, Row } from "./family.ts";

/**
 * The observations are log-likelihoods themselves, [T, K] in nats: log p(y_t | k), or that plus anything that does not depend on k.
 * −Infinity = impossible. A step is given as a whole: an entry that is missing counts 0. There is nothing to draw or to forecast.
 */
export const precomputed: FamilyDefinition = {
  required: [],
  make({ numEmissions: E }) {
    const own = {
      numEmissions: E,
      emissionDim: E,
      inputDim: 0,
      lags: 0,
      logDensity(e: number, { observations, at }: Row): number {
        const value = observations[at + e];
        return Number.isNaN(value) ? 0 : value;
      },
    };
    return {
      family: "precomputed",
      parameters: {},
      ...own,
      infinities: true,
      bind(call, data) {
        checkRows(call, data, E);
        return bindRows(own, data);
      },
    };
  },
};

/** @throws DataError where some entries of a step are missing, or one is +Infinity */
function checkRows(call: string, data: EmissionData, E: number): void {
  for (let s = 0; s < data.numSeries; s++) {
    for (let t = 0; t < data.lengths[s]; t++) {
      const at = (s * data.numSteps + t) * E;
      for (let e = 0; e < E; e++) {
        const value = data.observations[at + e];
        if (value === Number.POSITIVE_INFINITY) {
          const fix = "A log-likelihood is finite, or −Infinity where impossible.";
          throw new DataError(say(call, data.where(s, t, e), "a log-likelihood", "Infinity", fix));
        }
        if (Number.isNaN(value) !== Number.isNaN(data.observations[at])) {
          const fix = "Leave out all entries of a step, or none.";
          throw new DataError(
            say(call, data.where(s, t, e), "log-likelihoods of all states", "some missing", fix),
          );
        }
      }
    }
  }
}
