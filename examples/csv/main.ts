/** Your CSV: a file -> columns -> a model -> a smoothed series to look at and to take away. */

import "./csv.css";
import { Desk } from "../site/desk.ts";
import { latest } from "../site/latest.ts";
import { finished, noticeWithoutWebGpu, showError } from "../site/report.ts";
import { parseSettings, settingsHash } from "../site/settings.ts";
import { copyText } from "../site/shell.ts";
import { ColumnsForm, readingWords } from "./columns_form.ts";
import { ModelForm } from "./model_form.ts";
import type { Peek } from "./peek.ts";
import type { Calls, FileKind, SeriesFacts } from "./protocol.ts";
import { Results } from "./results.ts";
import { fetchSample, isSample, SAMPLES, type SampleName } from "./samples.ts";
import { listenForData } from "./source.ts";

const VERSION = 1;
const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const desk = new Desk<Calls>(() => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }), {
  advice: "Choose the file again.",
});
const results = new Results(find);
const columns = new ColumnsForm(
  find("columns"),
  () => again("peek"),
  () => again("read"),
);
const model = new ModelForm(find("model"), () => again("run"));

interface Source {
  readonly name: string;
  readonly open: () => Promise<Blob>;
  readonly sample?: SampleName;
}
let source: Source | undefined;
let file: Blob | undefined;
let peeked: Peek | undefined;
let series: SeriesFacts | undefined;
/** What has to be done anew before the model runs. */
const needs = { peek: true, read: true };
/** Log-likelihood of the run before, and of what it was. */
let before: { readonly of: string; readonly text: string } | undefined;
let stop: AbortController | undefined;

const say = (text: string): void => {
  find("status").textContent = text;
};

const update = latest<void>(
  async (_, newer) => {
    const own = new AbortController();
    stop = own;
    const signal = AbortSignal.any([newer, own.signal]);
    let remark = "";
    const watch = {
      signal,
      onProgress: showProgress,
      onWords: (text: string) => {
        remark = text;
        say(text);
      },
    };
    const done = working();
    try {
      showError(find("error"), undefined);
      if (needs.peek) {
        file = await source!.open();
        signal.throwIfAborted();
        peeked = await desk.call("peek", { file, given: columns.given() }, watch);
        signal.throwIfAborted();
        columns.show(peeked, source!.sample ? SAMPLES[source!.sample].values : []);
        needs.peek = false;
        needs.read = true;
      }
      if (needs.read) {
        series = await desk.call("read", { file: file!, reading: columns.reading(peeked!) }, watch);
        signal.throwIfAborted();
        columns.offerSeries(series.seriesNames);
        model.suggest(series);
        before = undefined;
        needs.read = false;
      }
      const settings = model.settings();
      const view = await desk.call("run", settings, watch);
      signal.throwIfAborted();
      results.show(view, series!, settings, before?.of === settings.model ? before.text : undefined);
      before = { of: settings.model, text: view.logLikelihood.toFixed(3) };
      model.showVariances(view.variances[0], settings);
      say([remark, `${source!.name}.`, ...readingWords(peeked!), ...series!.notes].filter(Boolean).join(" "));
      finished();
    } catch (error) {
      if (needs.peek || needs.read) results.hide();
      if (own.signal.aborted) return say("Cancelled.");
      if (!newer.aborted) say("");
      throw error;
    } finally {
      done();
    }
  },
  error => showError(find("error"), error),
);

/** From this stage on. */
function again(stage: "peek" | "read" | "run"): void {
  if (!source) return;
  if (stage !== "run") needs[stage] = true;
  void update();
}

function start(next: Source): void {
  source = next;
  columns.reset();
  model.start(next.sample ? SAMPLES[next.sample].settings : {});
  say(`Reading ${next.name} …`);
  again("peek");
}

const startSample = (sample: SampleName): void =>
  start({ name: SAMPLES[sample].name, open: () => fetchSample(sample), sample });

/** Shows that work goes on, once it takes a while. @returns call it when the work is over */
function working(): () => void {
  const progress = find<HTMLProgressElement>("progress");
  progress.removeAttribute("value");
  const timer = setTimeout(() => {
    find("busy").hidden = false;
  }, 250);
  return () => {
    clearTimeout(timer);
    find("busy").hidden = true;
  };
}

function showProgress(phase: string, done: number, total: number): void {
  find<HTMLProgressElement>("progress").value = done / total;
  say(`${phase}: ${Math.floor((100 * done) / total)} %`);
}

find("cancel").addEventListener("click", () => stop?.abort());

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-save]"))
  button.addEventListener("click", async () => {
    const kind = button.dataset.save as FileKind;
    const names: Readonly<Record<FileKind, string>> = {
      csv: "smoothed.csv",
      json: "smoothed.json",
      model: "model.json",
      data: "data.csv",
    };
    try {
      save(await desk.call("save", kind), names[kind]);
      say(`${names[kind]} is in your downloads.`);
    } catch (error) {
      showError(find("error"), error);
    }
  });

function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

find("link").addEventListener("click", async () => {
  const sample = source?.sample ?? "";
  const own = sample ? SAMPLES[sample].settings : {};
  const asked = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)]));
  const usual = { ...model.defaults, ...asked, sample: "" };
  const hash = settingsHash(VERSION, { ...model.values(), sample }, usual);
  history.replaceState(undefined, "", hash);
  const copied = await copyText(location.href);
  const whose = sample ? "" : " It has the settings, not your data.";
  say(copied ? `The link is copied.${whose}` : `The link is in the address bar.${whose}`);
});

listenForData((content, name) => start({ name, open: async () => content }), startSample);
noticeWithoutWebGpu(find("notice"), find("backend"));

const { version, values } = parseSettings(location.hash);
const { sample = "nile", ...linked } = version === VERSION ? values : {};
startSample(isSample(sample) ? sample : "nile");
const refused = model.write(linked);
if (refused.length > 0) say(`This page has no such setting: ${refused.join(", ")}.`);
