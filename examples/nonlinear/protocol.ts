/** What the page and its worker say to each other. */

import type { Estimate, EstimatorName, Settings } from "./estimate.ts";
import type { Parameters } from "./systems.ts";

/** What happened and what was seen of it. */
export interface World {
  /** [T, k] */
  readonly truth: Float64Array;
  /** [T, m] */
  readonly observations: Float64Array;
}

export interface Calls {
  simulate: { asks: Parameters; gives: World };
  estimate: {
    asks: { parameters: Parameters; settings: Settings; name: EstimatorName };
    gives: Estimate;
  };
}
