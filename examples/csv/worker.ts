/** The worker of the page: reads files, runs models, writes files. One call at a time. */

import { recovering } from "../site/recover.ts";
import { type Answers, serve } from "../site/serve.ts";
import { makeFile } from "./exports.ts";
import { infer, type Outcome } from "./infer.ts";
import { peek } from "./peek.ts";
import { likelyPeriod } from "./period.ts";
import type { Calls } from "./protocol.ts";
import { readTable, type Table } from "./read_table.ts";
import { makeSeries, type Series } from "./series.ts";
import { makeView } from "./view.ts";

let table: { readonly key: string; readonly file: Blob; readonly content: Table } | undefined;
let series: Series | undefined;
let outcome: Outcome | undefined;

const CALLS: Answers<Calls> = {
  peek: ({ file, given }) => {
    series = outcome = undefined;
    return peek(file, given);
  },

  async read({ file, reading }, { signal, progress }) {
    series = outcome = undefined;
    const { peeked, holes, ...choice } = reading;
    const key = JSON.stringify([choice, peeked.dialect]);
    if (table?.file !== file || table.key !== key) {
      table = undefined;
      const onProgress = (done: number, total: number) => progress("Reading", done, total);
      table = { key, file, content: await readTable(file, peeked, choice, { signal, onProgress }) };
    }
    const { seriesNames, notes } = table.content;
    series = makeSeries(table.content, holes);
    return {
      numSteps: series.numSteps,
      missing: series.values.map(y => y.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0)),
      notes: [...notes, ...series.notes],
      seriesNames,
      ...likelyPeriod(series),
    };
  },

  async run(settings, { signal, progress, say }) {
    if (!series) throw new Error("A series expected before a run, got none.");
    const own = series;
    const onProgress = ({ phase, done, total }: { phase: string; done: number; total: number }) =>
      progress(phase === "smooth" ? "Smoothing" : "Filtering", done, total);
    outcome = await recovering(() => infer(own, settings, { signal, onProgress }), say);
    return makeView(own, outcome);
  },

  async save(kind) {
    if (!series || !outcome) throw new Error("A result expected before a download, got none.");
    return makeFile(kind, series, outcome, "statescan, Your CSV");
  },
};

serve(CALLS, { inWords });

/** What the browser says when a file went away or memory ran out, as a sentence for a reader. */
function inWords(name: string, message: string): string {
  if (name === "NotReadableError" || name === "NotFoundError")
    return "The file cannot be read any more: it was changed, moved or removed. Choose it again.";
  if (name === "RangeError" && /alloc|length|memory/i.test(message))
    return "The browser has no memory left for a series of this length. Keep every k-th row, or use the command line.";
  return message;
}
