/** Progress and notes on standard error: a bar on a terminal, or one JSON object a line. */

import type { Progress } from "../api/index.ts";

export type ProgressMode = "auto" | "json" | "none";

export interface Reporter {
  progress(progress: Progress): void;
  /** A sentence a person should know. */
  note(text: string): void;
  /** Take the bar away. */
  end(): void;
}

/** The part of a stream that is used. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH = 30;
const REDRAW_MS = 50;
const CLEAR_LINE = "\r\x1b[K";

/** @param call the command, put in front of notes */
export function createReporter(
  call: string,
  mode: ProgressMode,
  stream: TextStream = process.stderr,
): Reporter {
  if (mode === "json") {
    const line = (event: object) => stream.write(`${JSON.stringify(event)}\n`);
    return {
      progress: ({ phase, done, total }) => line({ event: "progress", phase, done, total }),
      note: text => line({ event: "note", text }),
      end() {},
    };
  }
  const hasBar = mode === "auto" && stream.isTTY === true;
  let drawn = false;
  let last = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (drawn) stream.write(CLEAR_LINE);
    drawn = false;
  };
  return {
    progress(progress) {
      const now = performance.now();
      if (!hasBar || (now - last < REDRAW_MS && progress.done < progress.total)) return;
      last = now;
      stream.write(CLEAR_LINE + barText(call, progress, stream.columns || 80));
      drawn = true;
    },
    note(text) {
      clear();
      if (mode !== "none") stream.write(`${call}: ${text}\n`);
    },
    end: clear,
  };
}

/** "smooth  filter [#####.....]  50 %", cut to the width of the terminal. */
export function barText(call: string, { phase, done, total }: Progress, columns: number): string {
  const part = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.round(part * BAR_WIDTH);
  const bar = "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled);
  const name = phase === call ? call : `${call} ${phase}`;
  return `${name} [${bar}] ${String(Math.floor(part * 100)).padStart(3)} %`.slice(
    0,
    Math.max(0, columns - 1),
  );
}
