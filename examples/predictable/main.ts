/** Predictable is parallelisable: a random network from forgetting to chaos, all steps at once and one after the other. */

import "./predictable.css";
import { Chart } from "../site/chart.ts";
import { Desk } from "../site/desk.ts";
import { latest } from "../site/latest.ts";
import { numberText, plural } from "../site/logs.ts";
import { finished, noticeWithoutWebGpu, placeText, showError, showFacts, timeText } from "../site/report.ts";
import { parseSettings, readForm, settingsHash, showSliderValues, writeForm } from "../site/settings.ts";
import { copyText } from "../site/shell.ts";
import { raceText } from "../site/timed.ts";
import { exponentChart, meritChart, timesChart, unitChart, updateChart } from "./charts.ts";
import { GAINS, type Measured, type Settings, settingsOf } from "./compute.ts";
import type { Calls } from "./protocol.ts";

const VERSION = 1;
/** ms after which it is said that something is at work. */
const SILENCE = 800;
const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const form = find<HTMLFormElement>("form");
const charts = {
  merits: new Chart(find("merits")),
  unit: new Chart(find("unit")),
  exponents: new Chart(find("exponents")),
  updates: new Chart(find("updates")),
  times: new Chart(find("times")),
};
const desk = new Desk<Calls>(() => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }), {
  advice: "Change a setting to run again.",
});
const defaults = readForm(form);

/** The sweep of everything but the gain; points stay while only the gain changes. */
let swept = { key: "", points: new Map<number, Measured>() };

const say = (text: string): void => {
  find("status").textContent = text;
};

interface Asked {
  readonly settings: Settings;
  readonly sweep: boolean;
}

const update = latest<Asked>(
  async ({ settings, sweep }, signal) => {
    const { gain, ...rest } = settings;
    const key = JSON.stringify(rest);
    if (swept.key !== key) swept = { key, points: new Map() };
    showSweep(gain, sweep);
    let remark = "";
    const slow = setTimeout(() => say("Computing …"), SILENCE);
    const onWords = (text: string) => {
      remark = text;
    };
    try {
      const found = await desk.call("measure", settings, { signal, onWords });
      show(found, settings);
      showError(find("error"), undefined);
      say([remark, `At g = ${settings.gain} ${endText(found)}.`].filter(Boolean).join(" "));
      finished();
    } finally {
      clearTimeout(slow);
    }
    if (sweep) await sweepGains(settings, signal);
  },
  error => {
    say("");
    showError(find("error"), error);
  },
);

/** The points that are not there yet, one after the other. */
async function sweepGains(settings: Settings, signal: AbortSignal): Promise<void> {
  const { points } = swept;
  const missing = GAINS.filter(gain => !points.has(gain));
  for (const gain of missing) {
    points.set(gain, await desk.call("measure", { ...settings, gain }, { signal }));
    showSweep(settings.gain, true);
  }
  if (missing.length > 0) say(`The sweep is done. ${sweepText()}`);
}

/** Up to which gain all at once converged, in a sentence. */
function sweepText(): string {
  const points = [...swept.points.values()];
  const enough = points.filter(p => p.converged).length;
  const faster = points.filter(p => p.converged && p.run.seconds < p.sequentialSeconds).length;
  return `All at once converged at ${enough} of ${plural(points.length, "gain")} and was faster at ${faster}.`;
}

const endText = ({ converged, status, iterations }: Measured): string =>
  converged
    ? `all at once converged after ${plural(iterations, "update")}`
    : `all at once did not converge in ${plural(iterations, "update")} (${status})`;

function show(found: Measured, { numSteps, size }: Settings): void {
  const { converged, iterations, lyapunov, merits } = found;
  const word = lyapunov < 0 ? "predictable" : "chaotic";
  const race = raceText({ parallel: found.run.seconds, sequential: found.sequentialSeconds, run: found.run });
  find("verdict").textContent =
    `At g = ${found.gain} the network is ${word} (λ = ${numberText(lyapunov)}); ${endText(found)}. ${race}`;
  charts.merits.update(meritChart(found));
  charts.unit.update(unitChart(found));
  showFacts(find("facts"), [
    ["Network", `${plural(size, "unit")}, ${plural(numSteps, "step")}`],
    ["Lyapunov exponent", `${numberText(lyapunov)} a step: ${word}`],
    ["Updates", converged ? String(iterations) : `${iterations}, not converged`],
    ["Predicted updates", String(found.predicted)],
    ["Merit per step", numberText(merits.at(-1)!)],
    ["Largest error", numberText(found.error)],
    ["Resets", String(found.resets)],
    ["All at once", placeText(found.run)],
    ["In turn", `CPU, float64 JavaScript; ${timeText(found.sequentialSeconds)}`],
  ]);
}

function showSweep(gain: number, wanted: boolean): void {
  const { points } = swept;
  const progress = find<HTMLProgressElement>("progress");
  progress.max = GAINS.length;
  progress.value = points.size;
  progress.hidden = !wanted;
  find("swept").hidden = !wanted && points.size === 0;
  if (points.size === 0) return;
  charts.exponents.update(exponentChart(points, gain));
  charts.updates.update(updateChart(points, gain));
  charts.times.update(timesChart(points, gain));
}

function refresh(): void {
  const values = readForm(form);
  showSliderValues(form);
  void update({ settings: settingsOf(values), sweep: values.sweep === "on" });
}

form.addEventListener("input", refresh);
form.addEventListener("submit", event => event.preventDefault());
find("next").addEventListener("click", () => {
  const field = form.elements.namedItem("seed") as HTMLInputElement;
  field.value = String((Number(field.value) + 1) % (Number(field.max) + 1));
  refresh();
});
find("link").addEventListener("click", async () => {
  history.replaceState(undefined, "", settingsHash(VERSION, readForm(form), defaults));
  say((await copyText(location.href)) ? "The link is copied." : "The link is in the address bar.");
});
noticeWithoutWebGpu(find("notice"), form.elements.namedItem("backend") as HTMLSelectElement);

/** Settings of the link, if it has some. */
function takeLink(): void {
  const { version, values } = parseSettings(location.hash);
  if (version === undefined) return;
  const refused = version === VERSION ? writeForm(form, values) : ["v"];
  if (refused.length === 0) return;
  const notice = find("link-notice");
  notice.hidden = false;
  notice.textContent = `This page has no such setting, or not with that value: ${refused.join(", ")}. The others are as the link says.`;
}
takeLink();
refresh();
