/** Nile and weather: structural decomposition, missing years, forecast fan, likelihood conventions. */

import { Chart } from "../site/chart.ts";
import { latest } from "../site/latest.ts";
import { recovering } from "../site/recover.ts";
import { finished, noticeWithoutWebGpu, placeText, showError, showFacts } from "../site/report.ts";
import { readForm, showSliderValues, writeForm } from "../site/settings.ts";
import { type Analysis, type Asked, analyse, askedOf } from "./analyse.ts";
import { fittedChart, partChart, restChart } from "./charts.ts";
import { SERIES } from "./series.ts";

const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const form = find<HTMLFormElement>("form");
const charts = {
  fitted: new Chart(find("fitted")),
  trend: new Chart(find("trend")),
  season: new Chart(find("seasonal")),
  rest: new Chart(find("rest")),
};

const COUNTS: Readonly<Record<keyof Analysis["logLikelihoods"], string>> = {
  exact:
    "every observation; the ones that fix a flat state count their density with that state integrated out (Durbin and Koopman)",
  diffuseOmitted: "the same without −½ log 2π of those observations (KFAS, SsfPack)",
  burn: "nothing until every flat state is fixed (statsmodels' loglikelihood_burn)",
};

const update = latest<Asked>(
  async (asked, signal) => {
    const found = await recovering(
      () => analyse(asked, signal),
      text => {
        find("status").textContent = text;
      },
    );
    show(asked, found);
  },
  error => showError(find("error"), error),
);

function show(asked: Asked, found: Analysis): void {
  showError(find("error"), undefined);
  charts.fitted.update(fittedChart(asked, found));
  charts.trend.update(partChart(asked, found.trend, "trend", "c1"));
  find("seasonal-figure").hidden = !found.season;
  if (found.season) charts.season.update(partChart(asked, found.season, "season", "c3"));
  charts.rest.update(restChart(asked, found));
  find("likelihoods").replaceChildren(
    ...Object.entries(found.logLikelihoods).map(([name, value]) => {
      const row = document.createElement("tr");
      for (const [i, text] of [name, value.toFixed(4), COUNTS[name as "exact"]].entries()) {
        const cell = document.createElement("td");
        if (i === 1) cell.className = "number";
        cell.textContent = text;
        row.append(cell);
      }
      return row;
    }),
  );
  showFacts(find("facts"), [
    ["Steps", `${found.seen.length}, ${found.seen.filter(Number.isNaN).length} of them hidden`],
    ["States", String(found.numStates)],
    ["Computed on", placeText(found.run)],
  ]);
  finished();
}

function refresh(): void {
  const values = readForm(form);
  const asked = askedOf(values);
  const { series } = asked;
  showSliderValues(form, (name, value) => {
    if (name.endsWith("Variance")) return String(Number((10 ** Number(value)).toPrecision(3)));
    if (name === "hideFrom") return label(series, asked.hidden[0]);
    if (name === "hideLength") return `${asked.hidden[1] - asked.hidden[0]} steps`;
    return value;
  });
  (form.elements.namedItem("slopeVariance") as HTMLInputElement).disabled = values.slope !== "on";
  (form.elements.namedItem("seasonVariance") as HTMLInputElement).disabled = series.period === 0;
  void update(asked);
}

const label = ({ x, dates }: Asked["series"], t: number): string =>
  dates ? new Date(x[t]! * 1000).toISOString().slice(0, 10) : String(x[t]);

form.addEventListener("input", event => {
  find("status").textContent = "";
  const { name, value } = event.target as HTMLSelectElement;
  if (name === "series") writeForm(form, SERIES[value as keyof typeof SERIES].start);
  refresh();
});
form.addEventListener("submit", event => event.preventDefault());
noticeWithoutWebGpu(find("notice"), form.elements.namedItem("backend") as HTMLSelectElement);
refresh();
