/** What the page and the worker that runs the bench say to each other. */

import type { BenchEvent } from "../cell.ts";
import type { BenchOptions } from "../options.ts";
import type { Device } from "./estimate.ts";

export interface Order {
  readonly options: BenchOptions;
  /** Whether the page has WebGPU. */
  readonly gpu: boolean;
}

/** Where it runs, said before the first cell. */
export interface Place {
  /** undefined: only the CPU methods run. */
  readonly device?: Device;
  readonly timestamps: boolean;
  /** ms */
  readonly clockStep: number;
  /** Why there is no device. */
  readonly withoutGpu?: string;
}

export type Answer =
  | { readonly kind: "started"; readonly place: Place }
  | { readonly kind: "event"; readonly event: BenchEvent }
  | { readonly kind: "done" }
  /** `lost`: the device went away, so a new worker may go on. */
  | { readonly kind: "failed"; readonly message: string; readonly lost: boolean };
