/** What the page and its worker say to each other. */

import type { Evaluated } from "./compute.ts";
import type { Settings } from "./settings.ts";

export interface Calls {
  compute: { asks: Settings; gives: Evaluated };
}
