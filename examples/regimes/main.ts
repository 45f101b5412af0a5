/** Hidden regimes: probabilities, most probable path and draws of a hidden Markov model, live. */

import { Chart } from "../site/chart.ts";
import { latest } from "../site/latest.ts";
import { recovering } from "../site/recover.ts";
import { finished, noticeWithoutWebGpu, placeText, showError, showFacts } from "../site/report.ts";
import { readForm, showSliderValues, writeForm } from "../site/settings.ts";
import { dataChart, drawsChart, probabilityChart, switches } from "./charts.ts";
import { type Answer, type Asked, agreement, infer, modes } from "./infer.ts";
import { casino, earthquakes, namesOf, parametersOf, STARTS } from "./model.ts";

const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const form = find<HTMLFormElement>("form");
const charts = {
  data: new Chart(find("data")),
  probabilities: new Chart(find("probabilities")),
  draws: new Chart(find("draws")),
};
let rollSeed = 7;
let drawSeed = 1;
const series = { casino: casino(rollSeed), quakes: earthquakes() };

const update = latest<Asked>(
  async (asked, signal) => {
    const answer = await recovering(
      () => infer(asked, signal),
      text => {
        find("status").textContent = text;
      },
    );
    show(asked, answer);
  },
  error => showError(find("error"), error),
);

function show(asked: Asked, answer: Answer): void {
  showError(find("error"), undefined);
  charts.data.update(dataChart(asked, answer));
  charts.probabilities.update(probabilityChart(asked, answer));
  charts.draws.update(drawsChart(asked, answer));
  showMatrix(asked, answer);
  const { truth } = asked.data;
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const right = truth
    ? ([
        ["Path right", share(agreement(answer.path, truth))],
        ["Smoothed mode right", share(agreement(modes(answer.smoothed, asked.parameters.states), truth))],
      ] as const)
    : [];
  showFacts(find("facts"), [
    ["Log-likelihood", answer.logLikelihood.toFixed(4)],
    ["log p(path, y)", answer.logJoint.toFixed(4)],
    ["p(path given y)", Math.exp(answer.logJoint - answer.logLikelihood).toExponential(2)],
    ["Switches on the path", String(switches(answer.path))],
    ...right,
    ["Computed on", placeText(answer.run)],
  ]);
  finished();
}

/** Transition probabilities, with the expected number of such transitions and how long a regime lasts. */
function showMatrix({ parameters }: Asked, { expectedTransitions }: Answer): void {
  const names = namesOf(parameters);
  const { stay, states } = parameters;
  const row = (cells: readonly string[], tag: "th" | "td") => {
    const line = document.createElement("tr");
    cells.forEach((text, i) => {
      const cell = document.createElement(i === 0 ? "th" : tag);
      if (i === 0) cell.scope = tag === "th" ? "col" : "row";
      else cell.className = "number";
      cell.textContent = text;
      line.append(cell);
    });
    return line;
  };
  const to = names.map(name => `to ${name}`);
  find("matrix-head").replaceChildren(
    row(["from", ...to, "mean stay", ...to.map(text => `expected ${text}`)], "th"),
  );
  find("matrix").replaceChildren(
    ...names.map((name, i) =>
      row(
        [
          name,
          ...names.map((_, j) => (i === j ? stay[i]! : (1 - stay[i]!) / (states - 1)).toFixed(3)),
          `${(1 / (1 - stay[i]!)).toFixed(1)} steps`,
          ...names.map((_, j) => expectedTransitions[i * states + j]!.toFixed(2)),
        ],
        "td",
      ),
    ),
  );
}

function refresh(): void {
  const values = readForm(form);
  const parameters = parametersOf(values);
  const onCasino = parameters.data === "casino";
  const names = namesOf(parameters);
  names.forEach((name, k) => {
    find(`name-stay${k}`).textContent = name;
  });
  if (!onCasino) find("name-rate1").textContent = names[1]!;
  for (const name of ["stay2", "rate2"])
    for (const part of form.querySelectorAll<HTMLElement>(`#${name}, [for="${name}"]`))
      part.hidden = names.length < 3;
  for (const [id, shown] of [
    ["dice", onCasino],
    ["rates", !onCasino],
    ["states-label", !onCasino],
    ["rolls", onCasino],
    ["truth-caption", onCasino],
  ] as const)
    find(id).hidden = !shown;
  find("data-caption").textContent = onCasino
    ? "Points: rolls. Line: mean of the die on the most probable path. The casino stays with probability 0.95 at the fair and 0.9 at the loaded die, which shows a six half the time; you may assume otherwise."
    : "Points: earthquakes of magnitude 7 and more in a year. Line: rate of the regime on the most probable path.";
  showSliderValues(form);
  void update({
    parameters,
    data: series[parameters.data],
    draws: Number(values.draws),
    seed: drawSeed,
    backend: values.backend as Asked["backend"],
  });
}

form.addEventListener("input", event => {
  find("status").textContent = "";
  const { name } = event.target as HTMLSelectElement;
  if (name === "data" || name === "states") {
    const { data, states } = readForm(form);
    writeForm(form, STARTS[data === "casino" ? "casino" : name === "data" ? "quakes2" : `quakes${states}`]!);
  }
  refresh();
});
form.addEventListener("submit", event => event.preventDefault());
find("again").addEventListener("click", () => {
  drawSeed++;
  refresh();
});
find("rolls").addEventListener("click", () => {
  series.casino = casino(++rollSeed);
  refresh();
});
noticeWithoutWebGpu(find("notice"), form.elements.namedItem("backend") as HTMLSelectElement);
refresh();
