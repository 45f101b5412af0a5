/** The benchmark page: form, run, results. */

import { finished, showError, showFacts } from "../../examples/site/report.ts";
import { copyText } from "../../examples/site/shell.ts";
import type { Cell } from "../cell.ts";
import { bytesText, sizeText } from "../table.ts";
import { BenchCharts } from "./charts.ts";
import { benchOptions, type Choices, choicesText, FIRST_LOOK } from "./choices.ts";
import { Comparison } from "./comparison.ts";
import { copyResult, downloadResult, type Format } from "./exports.ts";
import { BenchForm } from "./form.ts";
import { findings, methodLines } from "./lines.ts";
import type { Place } from "./messages.ts";
import { placeFacts, placeLine, resultOf } from "./place.ts";
import { cellsOf, type End, Session } from "./session.ts";
import { fillTimes, fillWork } from "./tables.ts";

const element = <E extends HTMLElement = HTMLElement>(id: string): E => document.getElementById(id) as E;
const form = new BenchForm(element<HTMLFormElement>("form"));
const comparison = new Comparison(form.form.querySelector('[name="against"]')!, element("against"));
const charts = new BenchCharts(element);
const progress = element<HTMLProgressElement>("progress");
const exportButtons = [...document.querySelectorAll<HTMLButtonElement>("[data-copy-as], [data-save-as]")];

let session: Session | undefined;
let place: Place | undefined;
let cells: readonly Cell[] = [];
let shown: Choices = FIRST_LOOK;
let date = new Date().toISOString();

const say = (text: string): void => {
  element("status").textContent = text;
};
function remark(text: string | undefined, where = "remark"): void {
  element(where).hidden = !text;
  element(where).textContent = text ?? "";
}

function run(choices: Choices, first = false): void {
  session?.cancel();
  showError(element("error"), undefined);
  remark(undefined);
  shown = choices;
  cells = [];
  date = new Date().toISOString();
  const options = benchOptions(choices);
  const total = cellsOf(options);
  const start = performance.now();
  element("shown").textContent = first
    ? `First look, run when the page opened: ${choicesText(choices)}, T = ${choices.T.map(sizeText)}. Choose sizes and press Run for more.`
    : `Shown: ${choicesText(choices)}.`;
  progress.max = total;
  progress.value = 0;
  setRunning(true);
  say("Starting.");
  if (!first) show();
  const own = new Session(options, {
    started: found => showPlace(found),
    progress: text => say(`${cells.length} of ${total} measured. Now: ${text}.`),
    changed: found => {
      cells = found;
      progress.value = cells.length;
      show();
    },
    remark,
    ended: end => {
      if (session === own) ended(end, total, performance.now() - start);
    },
  });
  session = own;
}

function ended(end: End, total: number, ms: number): void {
  setRunning(false);
  const count = `${cells.length} of ${total} cells`;
  if (end.kind === "done") {
    say(`Done: ${count} in ${(ms / 1000).toFixed(1)} s.`);
    finished();
  } else if (end.kind === "cancelled") say(`Cancelled: ${count} measured; they stay on the page.`);
  else {
    say(`Stopped: ${count} measured; they stay on the page.`);
    showError(element("error"), `The run stopped: ${end.message} Press Run to start again.`);
  }
}

function setRunning(running: boolean): void {
  const cancel = element("cancel");
  if (!running && document.activeElement === cancel)
    form.form.querySelector<HTMLElement>(".primary")!.focus();
  cancel.hidden = !running;
  progress.hidden = !running;
}

function showPlace(found: Place): void {
  place = found;
  showFacts(element("facts"), placeFacts(found));
  element("where").textContent = placeLine(found);
  element("software").hidden = !found.device?.adapter.software;
  if (found.withoutGpu) {
    const why = `${found.withoutGpu} The CPU methods run; those of the GPU are left out.`;
    remark([element("notice").dataset.link, why].filter(Boolean).join(" "), "notice");
  }
  void showMemory();
}

function show(): void {
  const stored = comparison.cells(shown);
  charts.update(cells, stored);
  fillTimes(element("times-table"), cells, stored);
  fillWork(element("work-table"), cells);
  const { sentences } = findings(methodLines(cells));
  element("findings").replaceChildren(
    ...sentences.map(sentence => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }),
  );
  for (const button of exportButtons) button.disabled = cells.length === 0;
  if (cells.some(cell => cell.hidden))
    remark(
      "This page was hidden during part of the run. Browsers slow hidden pages down: the times taken then are marked in the table and not drawn. Run again with the page in front.",
    );
}

/** Memory of the longest series asked for, beside what there is. */
async function showMemory(): Promise<string | undefined> {
  const line = element("memory");
  try {
    const { choices } = form;
    const { estimate } = await import("./estimate.ts");
    const memory = (navigator as Navigator & { deviceMemory?: number }).deviceMemory;
    const { T, gpuBytes, hostBytes, refusal } = estimate(choices, place?.device, memory);
    const gpu = gpuBytes === undefined ? "" : `${bytesText(gpuBytes)} on the GPU, `;
    line.textContent =
      refusal ?? `Memory at T = ${sizeText(T)}: about ${gpu}${bytesText(hostBytes)} in the page.`;
    line.classList.toggle("beyond", refusal !== undefined);
    return refusal;
  } catch (error) {
    line.textContent = (error as Error).message;
    line.classList.add("beyond");
    return line.textContent;
  }
}

form.form.addEventListener("input", () => {
  form.changed();
  void showMemory();
});
form.form.addEventListener("submit", async event => {
  event.preventDefault();
  const refusal = await showMemory();
  if (refusal) showError(element("error"), `${refusal} Nothing was run.`);
  else run(form.choices);
});
element("cancel").addEventListener("click", () => session?.cancel());
element("link").addEventListener("click", async () => {
  const link = new URL(form.link, location.href).href;
  history.replaceState(null, "", link);
  say(
    (await copyText(link))
      ? "Link to these settings copied."
      : "The link to these settings is in the address bar.",
  );
});
comparison.changed = show;
for (const button of exportButtons)
  button.addEventListener("click", async () => {
    if (!place) return;
    const result = resultOf(place, benchOptions(shown), cells, date);
    const { copyAs, saveAs } = button.dataset;
    element("taken").textContent = copyAs
      ? await copyResult(result, copyAs as Format)
      : downloadResult(result, saveAs as Format);
  });

function restore(): void {
  const left = form.restore(location.hash);
  element("notice").dataset.link = left ?? "";
  remark(left, "notice");
  void comparison.choose();
}
addEventListener("hashchange", () => {
  restore();
  void showMemory();
});
// Tables that do not fit are scrolled by keys too.
for (const box of document.querySelectorAll<HTMLElement>(".scroll")) box.tabIndex = 0;
restore();
run(FIRST_LOOK, true);
