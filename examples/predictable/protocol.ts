/** What the page and its worker say to each other. */

import type { Measured, Settings } from "./compute.ts";

export interface Calls {
  measure: { asks: Settings; gives: Measured };
}
