/** What the page and its worker say to each other. */

import type { Answer, Asked } from "./compute.ts";

export interface Calls {
  run: { asks: Asked; gives: Answer };
}
