/** The tables of hidden Markov models in docs/accuracy.md, out of bench/results/hmm-accuracy-*.json. */

import { number, table } from "./accuracy_cells.mjs";

const BOUNDS = { probs: 1e-5, logLikelihood: 1e-6, path: 1e-6 };
const power = value => value.toExponential(0).replace("e+", "e");

/** Filtered / smoothed / log-likelihood / path. */
function cell(run) {
  if (!run) return "";
  if (run.failure) return `fails: ${run.failure}`;
  return [
    number(run.filteredProbs, BOUNDS.probs),
    number(run.smoothedProbs, BOUNDS.probs),
    number(run.logLikelihood, BOUNDS.logLikelihood),
    // Sums of float64 in two orders differ by as much to either side.
    number(run.path === null ? null : Math.max(0, run.path), BOUNDS.path),
  ].join(" / ");
}

/** Steps at which the path is another one: all, and those where the margin exceeds 1e-4. */
function differing(runs) {
  const most = key => Math.max(...runs.map(run => run[key] ?? Number.NaN));
  const misses = most("pathMisses");
  return `${most("pathDifferences")}, ${misses === 0 ? "0" : `**${misses}**`}`;
}

const given = row => (row.givenLogLikelihoods ? "log-likelihoods" : "y");

export function hmmTables({ name, adapter, rows }) {
  const parts = [
    `Made by \`node scripts/accuracy_table.mjs\` from \`bench/results/${name}\` (${adapter}).\n`,
  ];
  for (const T of [...new Set(rows.map(({ steps }) => steps))]) {
    const header = ["model", "given", "parallel", "sequential", "auto took", "numbers held", "path differs"];
    const lines = rows
      .filter(({ steps }) => steps === T)
      .map(row => {
        const find = method => row.runs.find(run => run.method === method || run.run === method);
        const auto = row.runs.find(({ run }) => run === "auto");
        return [
          row.model,
          given(row),
          cell(find("parallel")),
          cell(find("sequential")),
          auto?.method ?? "",
          [...new Set(row.runs.map(({ held }) => held).filter(Boolean))].join("; "),
          differing(row.runs),
        ];
      });
    parts.push(`### T = ${power(T)}, hidden Markov models\n`, `${table(header, lines)}\n`);
  }
  return parts;
}
