/** Pendulum and bearings: four nonlinear estimators on the same data, live. */

import "./nonlinear.css";
import { Chart } from "../site/chart.ts";
import { Desk } from "../site/desk.ts";
import { latest } from "../site/latest.ts";
import {
  finished,
  noticeWithoutWebGpu,
  placeText,
  resultSeen,
  showError,
  showFacts,
} from "../site/report.ts";
import { parseSettings, readForm, settingsHash, showSliderValues, writeForm } from "../site/settings.ts";
import { copyText, THEME_EVENT } from "../site/shell.ts";
import { angleChart, calibrationChart, errorChart, NAMES, type Scene } from "./charts.ts";
import {
  type Assessment,
  assess,
  ESTIMATORS,
  type Estimate,
  type EstimatorName,
  type Settings,
  settingsOf,
} from "./estimate.ts";
import { drawPlane } from "./plane.ts";
import type { Calls, World } from "./protocol.ts";
import { type Parameters, parametersOf, SHOWN, STARTS, STEP, type SystemName } from "./systems.ts";
import { showTable } from "./table.ts";

const VERSION = 1;
const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const form = find<HTMLFormElement>("form");
const plane = find<HTMLCanvasElement>("plane");
const charts = {
  angle: new Chart(find("angle")),
  errors: new Chart(find("errors")),
  calibration: new Chart(find("calibration")),
};
const desk = new Desk<Calls>(() => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }), {
  advice: "Change a setting to run again.",
});
const defaults = readForm(form);

interface Asked {
  readonly parameters: Parameters;
  readonly settings: Settings;
}
interface Shown extends Asked {
  readonly world: World;
  readonly found: ReadonlyMap<EstimatorName, Estimate & Assessment>;
}
let shown: Shown | undefined;

const say = (text: string): void => {
  find("status").textContent = text;
};

const update = latest<Asked>(
  async (asked, signal) => {
    const { parameters, settings } = asked;
    let remark = "";
    const watch = {
      signal,
      onWords: (text: string) => {
        remark = text;
        say(text);
      },
    };
    const world = await desk.call("simulate", parameters, watch);
    const found = new Map<EstimatorName, Estimate & Assessment>();
    for (const name of ESTIMATORS) {
      const own = await desk.call("estimate", { parameters, settings, name }, watch);
      found.set(name, { ...own, ...assess(own, world.truth, SHOWN[parameters.system]) });
      // Particles take their time: the others are shown before.
      if (name === "smoother" || name === "particles") show({ ...asked, world, found });
    }
    showError(find("error"), undefined);
    say([remark, summary(found, parameters)].filter(Boolean).join(" "));
    finished();
  },
  error => {
    say("");
    showError(find("error"), error);
  },
);

function summary(found: Shown["found"], { system }: Parameters): string {
  const unit = system === "pendulum" ? "rad" : "m";
  const errors = [...found.values()].map(({ name, rmse }) =>
    Number.isNaN(rmse) ? `${NAMES[name]} failed` : `${NAMES[name]} ${rmse.toPrecision(3)} ${unit}`,
  );
  return `Errors: ${errors.join(", ")}.`;
}

function show(next: Shown): void {
  shown = next;
  const { parameters, found } = next;
  showTable(find("table"), found);
  draw();
  resultSeen();
  const numSteps = parameters.numSteps;
  const [gaussian, particles] = [found.get("smoother"), found.get("particles")];
  showFacts(find("facts"), [
    ["Steps", `${numSteps}, ${(numSteps * STEP[parameters.system]).toFixed(1)} s`],
    ["States", parameters.system === "pendulum" ? "2" : "5"],
    ["First three on", gaussian ? placeText(gaussian.run) : "…"],
    ["Particles on", particles ? placeText(particles.run) : "…"],
  ]);
}

/** Charts of what is there, as far as it is to be shown. */
function draw(): void {
  if (!shown) return;
  const { parameters, world, found } = shown;
  const wanted = readForm(form).show!.split(",");
  const estimates = [...found.values()].filter(
    ({ name, status }) => status === "ok" && wanted.includes(name),
  );
  const scene: Scene = { parameters, world, estimates };
  const onPlane = parameters.system === "bearings";
  find("plane-figure").hidden = !onPlane;
  find("angle-figure").hidden = onPlane;
  if (onPlane) {
    drawPlane(plane, scene);
    const errors = [...found.values()].map(({ name, rmse }) => `${NAMES[name]} ${rmse.toPrecision(3)} m`);
    plane.setAttribute(
      "aria-label",
      `The plane: ${parameters.sensors} sensor${parameters.sensors === 1 ? "" : "s"}, the path of the target, and estimates with ellipses. Errors: ${errors.join(", ")}.`,
    );
  } else charts.angle.update(angleChart(scene));
  charts.errors.update(errorChart(scene));
  charts.calibration.update(calibrationChart(scene));
}

/** Sliders of powers of ten. */
const POWERS: ReadonlySet<string> = new Set(["process", "assumed", "start", "particles"]);
const power = (value: string): string => String(Number((10 ** Number(value)).toPrecision(2)));

function refresh(): void {
  const values = readForm(form);
  const onPlane = values.system === "bearings";
  for (const part of form.querySelectorAll<HTMLElement>("[data-for]"))
    part.hidden = part.dataset.for !== values.system;
  find("unit").textContent = onPlane ? "m" : "rad";
  find("density").textContent = onPlane ? "m²/s³" : "rad²/s³";
  showSliderValues(form, (name, value) => (POWERS.has(name) ? power(value) : value));
  if (form.checkValidity()) void update({ parameters: parametersOf(values), settings: settingsOf(values) });
  else say("The number of the simulation is a whole number from 1 to 99999.");
}

/** One further in a field of numbers. */
function advance(name: string): void {
  const field = form.elements.namedItem(name) as HTMLInputElement;
  const next = Math.trunc(Number(field.value)) + 1;
  field.value = String(next >= 1 && next <= Number(field.max) ? next : 1);
  refresh();
}

form.addEventListener("input", event => {
  const { name, value } = event.target as HTMLInputElement;
  if (name === "show") return draw();
  if (name === "system") writeForm(form, STARTS[value as SystemName]);
  refresh();
});
form.addEventListener("submit", event => event.preventDefault());
find("next").addEventListener("click", () => advance("seed"));
find("redraw").addEventListener("click", () => advance("draw"));
find("link").addEventListener("click", async () => {
  history.replaceState(undefined, "", settingsHash(VERSION, readForm(form), defaults));
  say((await copyText(location.href)) ? "The link is copied." : "The link is in the address bar.");
});
window.addEventListener(THEME_EVENT, draw);
new ResizeObserver(draw).observe(plane);
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
