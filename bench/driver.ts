/** What the command needs of the place where a bench runs. */

import type { AdapterInfo } from "../src/engine/index.ts";
import type { BenchEvent } from "./cell.ts";
import type { BenchOptions } from "./options.ts";

/** Said once, before the first cell. */
export interface Started {
  readonly adapter: AdapterInfo;
  readonly timestamps: boolean;
  /** Which WebGPU: the browser's user agent, or Dawn's package. */
  readonly client: string;
}

/** Runs the whole bench; resolves when it is done. */
export type Driver = (
  options: BenchOptions,
  started: (facts: Started) => void,
  emit: (event: BenchEvent) => void,
) => Promise<void>;
