/** Lorenz, all at once: iterates of Newton's method and its kin over a whole trajectory. */

import "./lorenz.css";
import { Chart } from "../site/chart.ts";
import { Desk } from "../site/desk.ts";
import { latest } from "../site/latest.ts";
import { numberText, plural } from "../site/logs.ts";
import { finished, noticeWithoutWebGpu, placeText, showError, showFacts, timeText } from "../site/report.ts";
import { parseSettings, readForm, settingsHash, showSliderValues, writeForm } from "../site/settings.ts";
import { copyText, THEME_EVENT } from "../site/shell.ts";
import { raceText } from "../site/timed.ts";
import { meritChart, nameOf, timeChart } from "./charts.ts";
import type { Evaluated } from "./compute.ts";
import { drawErrors, drawPlane, updateAt } from "./pictures.ts";
import { Player } from "./player.ts";
import type { Calls } from "./protocol.ts";
import { type Settings, STARTS, STEP, settingsOf } from "./settings.ts";

const VERSION = 1;
/** ms after which it is said that something is at work. */
const SILENCE = 800;
const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const form = find<HTMLFormElement>("form");
const [plane, heat] = [find<HTMLCanvasElement>("plane"), find<HTMLCanvasElement>("heat")];
const charts = { time: new Chart(find("time")), merits: new Chart(find("merits")) };
const desk = new Desk<Calls>(() => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }), {
  advice: "Change a setting to run again.",
});
const defaults = readForm(form);
let shown: Evaluated | undefined;

const say = (text: string): void => {
  find("status").textContent = text;
};

const update = latest<Settings>(
  async (settings, signal) => {
    let remark = "";
    const slow = setTimeout(() => say("Computing …"), SILENCE);
    try {
      const onWords = (text: string) => {
        remark = text;
      };
      const found = await desk.call("compute", settings, { signal, onWords });
      shown = found;
      player.load(found.merits.length - 1);
      showNumbers(found);
      showError(find("error"), undefined);
      say([remark, summary(found)].filter(Boolean).join(" "));
      finished();
    } finally {
      clearTimeout(slow);
    }
  },
  error => {
    say("");
    showError(find("error"), error);
  },
);

const race = (found: Evaluated): string =>
  raceText({ parallel: found.run.seconds, sequential: found.sequentialSeconds, run: found.run });

function summary(found: Evaluated): string {
  const { converged, status, iterations } = found;
  const end = converged
    ? `Converged after ${plural(iterations, "update")}.`
    : `Not converged in ${plural(iterations, "update")} (${status}).`;
  return `${end} ${race(found)}`;
}

function showNumbers(found: Evaluated): void {
  const { converged, iterations, merits, errors, lyapunov, resets } = found;
  const word = lyapunov < 0 ? "predictable" : "chaotic";
  showFacts(find("facts"), [
    ["Updates", converged ? String(iterations) : `${iterations}, not converged`],
    ["Predicted updates", `${found.predicted}, from the exponent`],
    ["Merit per step", numberText(merits.at(-1)!)],
    ["Largest error", numberText(errors.at(-1)!)],
    ["Estimated error", numberText(found.stateError)],
    [
      "Lyapunov exponent",
      `${numberText(lyapunov)} a step, ${numberText(lyapunov / STEP)} a unit of time: ${word}`,
    ],
    ["Resets", String(resets)],
    ["All at once", placeText(found.run)],
    ["In turn", `CPU, float64 JavaScript; ${timeText(found.sequentialSeconds)}`],
  ]);
}

/** Trajectory k, everywhere. */
function draw(k: number): void {
  if (!shown) return;
  const last = shown.merits.length - 1;
  const words = `${k} of ${last}, error ${numberText(shown.errors[k]!)}`;
  find<HTMLButtonElement>("play").disabled = last === 0;
  document.querySelector<HTMLOutputElement>('output[for="update"]')!.value = words;
  find("update").setAttribute("aria-valuetext", words);
  drawPlane(plane, shown, k);
  plane.setAttribute(
    "aria-label",
    `The plane of x and z: the trajectory, and ${nameOf(k)}, at most ${numberText(shown.errors[k]!)} from it.`,
  );
  drawErrors(heat, shown, k);
  heat.setAttribute(
    "aria-label",
    `Errors by time and update, from ${numberText(shown.errors[0]!)} at the guess to ${numberText(shown.errors[last]!)} after ${plural(last, "update")}.`,
  );
  charts.time.update(timeChart(shown, k));
  charts.merits.update(meritChart(shown, k));
}
const player = new Player(find("update"), find("play"), draw);

function refresh(): void {
  const values = readForm(form);
  for (const part of form.querySelectorAll<HTMLElement>("[data-for]"))
    part.hidden = part.dataset.for !== values.scene;
  for (const part of form.querySelectorAll<HTMLElement>("[data-method]"))
    part.hidden = part.dataset.method !== values.method;
  find("again").hidden = values.guess !== "normal";
  showSliderValues(form, (name, value) =>
    name === "trust" ? String(Number((10 ** Number(value)).toPrecision(2))) : value,
  );
  void update(settingsOf(values));
}

form.addEventListener("input", event => {
  const { name, value } = event.target as HTMLInputElement;
  if (name === "scene") writeForm(form, STARTS[value as Settings["scene"]]);
  refresh();
});
form.addEventListener("submit", event => event.preventDefault());
find("again").addEventListener("click", () => {
  const field = form.elements.namedItem("seed") as HTMLInputElement;
  field.value = String((Number(field.value) + 1) % (Number(field.max) + 1));
  refresh();
});
heat.addEventListener("click", event => {
  if (!shown) return;
  player.stop();
  player.at = updateAt(heat, event.offsetY, shown.merits.length);
});
find("link").addEventListener("click", async () => {
  history.replaceState(undefined, "", settingsHash(VERSION, readForm(form), defaults));
  say((await copyText(location.href)) ? "The link is copied." : "The link is in the address bar.");
});
const redraw = () => draw(player.at);
window.addEventListener(THEME_EVENT, redraw);
new ResizeObserver(redraw).observe(plane);
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
