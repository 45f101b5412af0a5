/** Track: draw a path; its noisy fixes are filtered and smoothed at every frame. */

import "./track.css";
import { Chart } from "../site/chart.ts";
import { latest } from "../site/latest.ts";
import { recovering } from "../site/recover.ts";
import { finished, noticeWithoutWebGpu, placeText, showError, showFacts } from "../site/report.ts";
import { readForm, showSliderValues } from "../site/settings.ts";
import { THEME_EVENT } from "../site/shell.ts";
import { chartOf } from "./chart_of.ts";
import { drawScene } from "./draw.ts";
import { type Answer, type Asked, coverage, distance, estimate } from "./estimate.ts";
import { fixesOf, LONGEST, type Point, readyPath, STEP } from "./path.ts";
import { Pen } from "./pen.ts";

const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const canvas = find<HTMLCanvasElement>("stage");
const form = find<HTMLFormElement>("form");
const chart = new Chart(find("chart"));
const pathChoice = form.elements.namedItem("path") as HTMLSelectElement;

interface Shown extends Asked {
  readonly path: readonly Point[];
  readonly level: number;
}

let path: readonly Point[] = readyPath("eight");
let seed = 1;
let answer: Answer | undefined;
let shown: Shown | undefined;
/** When the last second's answers came, ms. */
const moments: number[] = [];

function settings(): Shown {
  const { noise, gaps, agility, level, backend } = readForm(form);
  return {
    path,
    fixes: fixesOf(path, Number(noise), Number(gaps) / 100, seed),
    noise: Number(noise),
    agility: 10 ** Number(agility),
    level: Number(level),
    backend: backend as Asked["backend"],
  };
}

const draw = (): void => {
  if (shown) drawScene(canvas, { ...shown, answer });
};

const update = latest<Shown>(
  async (asked, signal) => {
    const found = await recovering(
      () => estimate(asked, signal),
      text => {
        find("status").textContent = text;
      },
    );
    [answer, shown] = [found, asked];
    showError(find("error"), undefined);
    draw();
    chart.update(chartOf(asked, found));
    tell(asked, found);
    finished();
  },
  error => showError(find("error"), error),
);

function tell(
  { path: truth, fixes, level }: Shown,
  { filtered, smoothed, logLikelihood, run }: Answer,
): void {
  const now = performance.now();
  moments.push(now);
  while (now - moments[0]! > 1000) moments.shift();
  const metres = (value: number) => `${value.toFixed(2)} m`;
  const share = (value: number) => `${Math.round(100 * value)} %`;
  showFacts(find("facts"), [
    ["Steps", `${truth.length}, ${(truth.length * STEP).toFixed(1)} s`],
    ["Error of a fix", metres(distance(fixes, truth))],
    ["Error of the filter", metres(distance(filtered.means, truth))],
    ["Error of the smoother", metres(distance(smoothed.means, truth))],
    [`In the filter's ${share(level)}`, share(coverage(filtered, truth, level))],
    [`In the smoother's ${share(level)}`, share(coverage(smoothed, truth, level))],
    ["Log-likelihood", logLikelihood.toFixed(2)],
    ["Updates a second", pen.down ? String(moments.length) : "–"],
    ["Computed on", placeText(run)],
  ]);
  canvas.setAttribute(
    "aria-label",
    `Drawing area: path of ${truth.length} steps; the filter is ${metres(distance(filtered.means, truth))} off, the smoother ${metres(distance(smoothed.means, truth))}.`,
  );
}

const refresh = (): void => {
  showSliderValues(form, (name, value) =>
    name === "agility" ? String(Number((10 ** Number(value)).toPrecision(2))) : value,
  );
  if (path.length > 0) void update(settings());
};

function clear(): void {
  [path, answer, shown] = [[], undefined, { ...settings(), path: [], fixes: new Float64Array() }];
  draw();
  find("facts").replaceChildren();
  find("status").textContent = "Empty. Draw, or choose a path.";
}

const pen = new Pen(canvas, {
  began(point) {
    seed++;
    path = [point];
    pathChoice.value = "drawn";
    find("status").textContent = "";
    refresh();
  },
  moved(points) {
    path = [...path, ...points].slice(0, LONGEST);
    if (path.length === LONGEST) {
      pen.lift();
      find("status").textContent = `A path ends after ${LONGEST * STEP} s.`;
    }
    refresh();
  },
  ended: refresh,
});

form.addEventListener("input", event => {
  if (event.target === pathChoice) {
    if (pathChoice.value === "drawn") return;
    path = readyPath(pathChoice.value as "eight");
    find("status").textContent = "";
  }
  refresh();
});
form.addEventListener("submit", event => event.preventDefault());
find("clear").addEventListener("click", clear);
find("noises").addEventListener("click", () => {
  seed++;
  refresh();
});
window.addEventListener(THEME_EVENT, draw);
new ResizeObserver(draw).observe(canvas);
noticeWithoutWebGpu(find("notice"), form.elements.namedItem("backend") as HTMLSelectElement);
refresh();
