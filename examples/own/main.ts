/** Write your own model: typed, checked, simulated and smoothed at once. */

import "./own.css";
import { Chart } from "../site/chart.ts";
import { Desk } from "../site/desk.ts";
import { latest } from "../site/latest.ts";
import { finished, noticeWithoutWebGpu, placeText, showError, showFacts } from "../site/report.ts";
import { readForm, showSliderValues, writeForm } from "../site/settings.ts";
import { copyText } from "../site/shell.ts";
import { dataChart, errorsOf, insideOf, stateChart } from "./charts.ts";
import type { Answer, Asked } from "./compute.ts";
import { Editor } from "./editor.ts";
import { EXAMPLES, isExample } from "./examples.ts";
import type { FieldPlace } from "./faults.ts";
import {
  askedOf,
  beginnings,
  isShown,
  LONGEST_LINK,
  linkOf,
  TEXTS,
  type TextName,
  takeLink,
} from "./form.ts";
import { showJacobian } from "./jacobian_view.ts";
import type { Calls } from "./protocol.ts";

/** ms after the last key that a model is run. */
const PAUSE = 250;
/** ms without a sign of life that a model is given. */
const PATIENCE = 8000;

const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const form = find<HTMLFormElement>("form");
const editors = new Map<string, Editor>(
  TEXTS.map(name => [name, new Editor(form.elements.namedItem(name) as HTMLTextAreaElement)]),
);
const desk = new Desk<Calls>(() => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }), {
  advice: "Change the model: a loop may have no end.",
  patience: PATIENCE,
});
/** Charts that were needed so far. */
const charts: { readonly figure: HTMLElement; readonly chart: Chart }[] = [];
let json = "";

const say = (text: string): void => {
  find("status").textContent = text;
};

const update = latest<Asked>(
  async (asked, signal) => {
    let remark = "";
    const answer = await desk.call("run", asked, {
      signal,
      onWords: text => {
        remark = text;
      },
      onProgress: (phase, done, total) => say(`${phase}: ${Math.floor((100 * done) / total)} %`),
    });
    show(answer);
    fault(undefined);
    say(
      [
        remark,
        `Simulated and smoothed ${asked.numSteps} steps; log-likelihood ${answer.logLikelihood.toFixed(3)}.`,
      ]
        .filter(Boolean)
        .join(" "),
    );
    finished();
  },
  error => {
    fault(error);
    say(charts.length > 0 ? "The charts are those of the last model that ran." : "");
  },
);

/** Shows an error, underlined where its place is known; or takes it away. */
function fault(error: unknown): void {
  const place = (error as { place?: FieldPlace } | undefined)?.place;
  const editor = place && editors.get(place.field);
  const words = error instanceof Error ? error.message : "";
  showError(find("error"), editor ? new Error(`${whereWords(place)}: ${words}`) : error);
  for (const own of editors.values())
    if (own === editor) own.mark(place, words);
    else own.mark(undefined);
  find("results").classList.toggle("stale", error !== undefined);
  if (!editor) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Go there";
  button.addEventListener("click", () => editor.reveal());
  find("error").append(button);
}

/** "Dynamics f, line 2, column 12" */
function whereWords({ field, line, column, length }: FieldPlace): string {
  const label = form.querySelector(`label[for="${field}"]`)!.firstChild!.textContent!.trim();
  if (line === 0) return label;
  return length === Number.MAX_SAFE_INTEGER
    ? `${label}, line ${line}`
    : `${label}, line ${line}, column ${column}`;
}

function show(answer: Answer): void {
  const { stateNames, emissionDim, jacobians } = answer;
  json = answer.json;
  const specs = [
    ...stateNames.map((_, i) => stateChart(answer, i)),
    ...Array.from({ length: emissionDim }, (_, j) => dataChart(answer, j)),
  ];
  specs.forEach((spec, i) => {
    if (!charts[i]) {
      const figure = document.createElement("figure");
      const place = document.createElement("div");
      figure.append(place);
      find("charts").append(figure);
      charts[i] = { figure, chart: new Chart(place) };
    }
    charts[i]!.figure.hidden = false;
    charts[i]!.chart.update(spec);
  });
  for (const { figure } of charts.slice(specs.length)) figure.hidden = true;
  const share = (100 * insideOf(answer)).toFixed(1);
  showFacts(find("facts"), [
    ["Log-likelihood", `${answer.logLikelihood.toFixed(3)}, linearised`],
    ["Inside 95 %", `${share} %`],
    [
      "Error",
      errorsOf(answer)
        .map((e, i) => `${stateNames[i]} ${e.toPrecision(3)}`)
        .join(", "),
    ],
    [
      "Iterations",
      answer.iterations === 0
        ? "one pass"
        : `${answer.iterations}, ${answer.converged ? "converged" : "not converged"}`,
    ],
    ["Computed on", placeText(answer.run)],
  ]);
  const columns = Array.from({ length: emissionDim }, (_, j) => `y${j}`);
  showJacobian(find("jacobian-f"), "f", jacobians.dynamics, stateNames, stateNames);
  showJacobian(find("jacobian-h"), "h", jacobians.emission, columns, stateNames);
}

/** Shows the fields that the model has, and runs it. */
function refresh(): void {
  const values = readForm(form);
  for (const part of form.querySelectorAll<HTMLElement>("[data-field]"))
    part.hidden = !isShown(part.dataset.field as TextName, values);
  for (const part of form.querySelectorAll<HTMLElement>("[data-language]"))
    part.hidden = part.dataset.language !== values.language;
  showSliderValues(form);
  if (form.checkValidity()) void update(askedOf(values));
  else say("The number of the simulation is a whole number from 1 to 99999.");
}

/** The form's texts after they were written by other means than keys. */
function redraw(): void {
  for (const editor of editors.values()) editor.mark(undefined);
}

let timer: ReturnType<typeof setTimeout> | undefined;
form.addEventListener("input", event => {
  const target = event.target as HTMLInputElement;
  find("link-notice").hidden = true;
  if (target.name === "example" && isExample(target.value)) {
    writeForm(form, EXAMPLES[target.value]);
    redraw();
  }
  if (target.name === "language") {
    writeForm(form, beginnings(readForm(form)));
    redraw();
  }
  clearTimeout(timer);
  if (target instanceof HTMLTextAreaElement) timer = setTimeout(refresh, PAUSE);
  else refresh();
});
form.addEventListener("submit", event => event.preventDefault());
find("next").addEventListener("click", () => {
  const field = form.elements.namedItem("seed") as HTMLInputElement;
  const next = Math.trunc(Number(field.value)) + 1;
  field.value = String(next >= 1 && next <= Number(field.max) ? next : 1);
  refresh();
});
find("link").addEventListener("click", async () => {
  const hash = linkOf(form);
  if (hash === undefined)
    return void say(
      `The model is too long for a link of ${LONGEST_LINK} characters. Copy the model document instead.`,
    );
  history.replaceState(undefined, "", hash);
  say(
    (await copyText(location.href))
      ? "The link is copied. It has the whole model."
      : "The link is in the address bar.",
  );
});
find("document").addEventListener("click", async () => {
  say(
    (await copyText(json))
      ? "The model document is copied: model.json of the command line."
      : "The browser does not let this page copy.",
  );
});
noticeWithoutWebGpu(find("notice"), form.elements.namedItem("backend") as HTMLSelectElement);

/** From the address; also when only what is behind # changes there. */
function start(): void {
  writeForm(form, { example: "pendulum", ...EXAMPLES.pendulum });
  const words = takeLink(form, location.hash);
  find("link-notice").hidden = words === undefined;
  find("link-notice").textContent = words ?? "";
  redraw();
  refresh();
}
window.addEventListener("hashchange", start);
start();
