/** The table that compares the estimators. */

import { timeText } from "../site/report.ts";
import { NAMES } from "./charts.ts";
import { type Assessment, ESTIMATORS, type Estimate, type EstimatorName } from "./estimate.ts";

const SEES: Readonly<Record<EstimatorName, string>> = {
  ekf: "the past",
  ukf: "the past",
  smoother: "all data",
  particles: "the past",
};
const KINDS: Readonly<Record<Estimate["likelihood"], string>> = {
  linearised: "linearised",
  estimate: "estimate",
};

/** Rows of all estimators; of those that have not come yet, the name alone. */
export function showTable(body: HTMLElement, found: ReadonlyMap<EstimatorName, Estimate & Assessment>): void {
  body.replaceChildren(
    ...ESTIMATORS.map(name => {
      const row = document.createElement("tr");
      row.dataset.estimator = name;
      const head = document.createElement("th");
      head.scope = "row";
      head.className = `swatch ${name}`;
      head.textContent = NAMES[name];
      row.append(head, cell(SEES[name]));
      const own = found.get(name);
      if (!own) row.append(cell("…", true), cell("", true), cell("", true), cell("", true), cell(""));
      else if (own.status !== "ok")
        row.append(
          cell("–", true),
          cell("–", true),
          cell("–", true),
          cell(timeText(own.run.seconds), true),
          cell(failure(own)),
        );
      else {
        const likelihood = cell(own.logLikelihood.toFixed(3), true);
        const kind = document.createElement("small");
        kind.textContent = KINDS[own.likelihood];
        likelihood.append(document.createElement("br"), kind);
        row.append(
          cell(own.rmse.toPrecision(3), true),
          cell(`${(100 * own.inside).toFixed(1)} %`, true),
          likelihood,
          cell(timeText(own.run.seconds), true),
          cell(own.remark),
        );
      }
      return row;
    }),
  );
}

/** What became of an estimator that could not go on. */
const failure = ({ name, status }: Estimate): string =>
  name === "particles" && status === "nonFinite"
    ? "failed: no particle could give an observation"
    : `failed: ${status}`;

function cell(text: string, number = false): HTMLTableCellElement {
  const made = document.createElement("td");
  if (number) made.className = "number";
  made.textContent = text;
  return made;
}
