/** One run of the bench in a worker of its own: its cells, its end, one new start when the GPU goes away. */

import type { Cell } from "../cell.ts";
import type { BenchOptions } from "../options.ts";
import { sizeText } from "../table.ts";
import { withLengths } from "./choices.ts";
import { methodName } from "./lines.ts";
import type { Answer, Order, Place } from "./messages.ts";

export type End =
  | { readonly kind: "done" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly message: string };

export interface Watcher {
  /** Again after a new start. */
  started(place: Place): void;
  /** What runs now, in words. */
  progress(text: string): void;
  /** The cells so far have changed. */
  changed(cells: readonly Cell[]): void;
  /** Something a reader should know: the device was lost, the page was hidden. */
  remark(text: string): void;
  ended(end: End): void;
}

export class Session {
  readonly options: BenchOptions;
  readonly #watcher: Watcher;
  #cells: Cell[] = [];
  #worker: Worker | undefined;
  #restarts = 0;
  /** Since the cell that is being measured began. */
  #hidden = document.hidden;

  constructor(options: BenchOptions, watcher: Watcher) {
    this.options = options;
    this.#watcher = watcher;
    document.addEventListener("visibilitychange", this.#notice);
    this.#start(options);
  }

  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** Ends at once, whatever runs; measured cells stay. */
  cancel(): void {
    if (this.running) this.#end({ kind: "cancelled" });
  }

  #start(options: BenchOptions): void {
    let worker: Worker;
    try {
      worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    } catch (error) {
      const message = `This browser starts no worker for it (${(error as Error).message}).`;
      queueMicrotask(() => this.#end({ kind: "failed", message }));
      return;
    }
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if (worker === this.#worker) this.#hear(data);
    });
    worker.addEventListener("error", event => {
      event.preventDefault();
      if (worker === this.#worker)
        this.#end({
          kind: "failed",
          message: `The worker that measures stopped: ${event.message || "it could not be loaded"}.`,
        });
    });
    worker.postMessage({ options, gpu: Boolean(navigator.gpu) } satisfies Order);
  }

  #hear(answer: Answer): void {
    if (answer.kind === "started") this.#watcher.started(answer.place);
    else if (answer.kind === "done") this.#end({ kind: "done" });
    else if (answer.kind === "failed") this.#fail(answer.message, answer.lost);
    else if (answer.event.kind === "note")
      this.#watcher.progress(`data and float64 reference, ${answer.event.text}`);
    else if (answer.event.kind === "begin") {
      this.#hidden = document.hidden;
      this.#watcher.progress(`${methodName(answer.event)}, T = ${sizeText(answer.event.T)}`);
    } else {
      const { cell } = answer.event;
      this.#cells = [...this.#cells, this.#hidden && cell.phases ? { ...cell, hidden: true } : cell];
      this.#hidden = document.hidden;
      this.#watcher.changed(this.#cells);
    }
  }

  #fail(message: string, lost: boolean): void {
    if (!lost || this.#restarts > 0) {
      this.#end({ kind: "failed", message });
      return;
    }
    this.#restarts++;
    this.#worker?.terminate();
    const left = unfinished(this.options, this.#cells);
    // Lengths that were half done begin anew, so that the methods of one length ran on one device.
    this.#cells = this.#cells.filter(({ T }) => !left.includes(T));
    this.#watcher.changed(this.#cells);
    this.#watcher.progress("asking for a new device");
    this.#watcher.remark(
      "The GPU device was lost in the middle of the run. It goes on with a new device; the length that was being measured begins anew.",
    );
    this.#start(withLengths(this.options, left));
  }

  #end(end: End): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    document.removeEventListener("visibilitychange", this.#notice);
    this.#watcher.ended(end);
  }

  readonly #notice = (): void => {
    if (document.hidden) this.#hidden = true;
  };
}

/** Lengths and methods of what a run has. */
const partsOf = ({ grids, methods, hmm, recurrence }: BenchOptions) =>
  [{ grids, methods }, hmm, recurrence].flatMap(part =>
    part.grids.map(({ T }) => ({ T, methods: part.methods.length })),
  );

/** Cells that a run will have. */
export const cellsOf = (options: BenchOptions): number =>
  partsOf(options).reduce((sum, { T, methods }) => sum + T.length * methods, 0);

/** Lengths that not every method has been through. */
function unfinished(options: BenchOptions, cells: readonly Cell[]): number[] {
  const lengths = partsOf(options).flatMap(({ T }) => T);
  const each = cellsOf(options) / lengths.length;
  return lengths.filter(T => cells.filter(cell => cell.T === T).length < each);
}
