/**
 * Write the tables of docs/accuracy.md from the newest bench/results/accuracy-*.json, float32-peers-*.json and hmm-accuracy-*.json:
 * `node scripts/accuracy_table.mjs`. The text around the tables is written by hand.
 */

import { newest, number, put, table } from "./accuracy_cells.mjs";
import { hmmTables } from "./accuracy_hmm_table.mjs";
import { say } from "./stage.mjs";

const PEERS = ["Dynamax serial", "Dynamax parallel", "cuthbert serial", "cuthbert parallel"];
const BOUNDS = { means: 1e-3, covariances: 1e-4, logLikelihood: 1e-6 };

const ours = newest("accuracy-");
const peers = newest("float32-peers-");

/** Filtered means / smoothed means / covariances / log-likelihood. */
function cell(model, errors) {
  if (!errors) return "";
  if (errors.failure) return `fails: ${errors.failure}`;
  const means = model === "iwp3" ? 2e-2 : BOUNDS.means;
  const { filteredCovariances: f, smoothedCovariances: s } = errors;
  const covariances = f === null || s === null ? null : Math.max(f, s);
  return [
    number(errors.filteredMeans, means),
    number(errors.smoothedMeans, means),
    number(covariances, BOUNDS.covariances),
    number(errors.logLikelihood, BOUNDS.logLikelihood),
  ].join(" / ");
}

const withPasses = (model, run) => (run ? `${cell(model, run)} (${run.passes})` : "");
const lengths = [1e4, 1e5, 1e6];
const parts = [];
for (const T of lengths) {
  // Shorter models stand in the first table.
  const rows = ours.rows.filter(({ steps }) => (T === 1e4 ? steps <= 1e4 : steps === T));
  if (rows.length === 0) continue;
  const find = (row, run) => row.runs.find(each => each.run === run);
  const name = row => (row.steps === T ? row.model : `${row.model}, T = ${row.steps}`);
  const size = row => row.meanOverDeviation.toExponential(0).replace("e+", "e");
  const own = rows.map(row => [
    name(row),
    size(row),
    withPasses(row.model, find(row, "auto")),
    withPasses(row.model, find(row, "squareRoot")),
    cell(row.model, row.hostAgainstTextbook),
  ]);
  const reference = rows[0].reference === "textbook" ? "the textbook's float64" : "the host's float64";
  parts.push(`### T = ${T.toExponential(0).replace("e+", "e")}, against ${reference}\n`);
  const wide = ["model", "abs(mean)/sd", "auto (passes)", "squareRoot (passes)", "host float64"];
  // A column that was not measured at this length is left out.
  const kept = wide.map((_, i) => i).filter(i => own.some(row => row[i] !== ""));
  const pick = row => kept.map(i => row[i]);
  parts.push(`${table(pick(wide), own.map(pick))}\n`);
  const other = rows.map(row => {
    const peer = peers.rows.find(({ model, steps }) => model === row.model && steps === row.steps);
    return [
      name(row),
      cell(row.model, find(row, "auto")),
      cell(row.model, find(row, "plain")),
      ...PEERS.map(key => cell(row.model, peer?.runs[key])),
    ];
  });
  const header = ["model", "ours, auto", "ours, plain", ...PEERS];
  const columns = header.map((_, i) => i).filter(i => other.some(row => row[i] !== ""));
  const choose = row => columns.map(i => row[i]);
  parts.push(
    "Beside plain float32 (one pass of the square-root scan, no refinement) and the other libraries in float32:\n",
  );
  parts.push(`${table(choose(header), other.map(choose))}\n`);
}

const car = peers.rows.filter(({ model }) => model.startsWith("car"));
if (car.length > 0) {
  car.sort((a, b) => a.steps - b.steps || a.model.length - b.model.length);
  const rows = car.map(({ model, steps, logLikelihood, runs }) => [
    `${steps}${model === "car" ? "" : ", all moved by 100"}`,
    logLikelihood.toFixed(4),
    ...PEERS.map(key => (runs[key].value === null ? "NaN" : runs[key].value.toFixed(2))),
  ]);
  parts.push("### Log-likelihoods of the car by the other libraries in float32\n");
  parts.push(`${table(["T", "float64", ...PEERS], rows)}\n`);
}

const versions = Object.entries(peers.versions).map(([name, version]) => `${name} ${version}`);
parts.unshift(
  `Made by \`node scripts/accuracy_table.mjs\` from \`bench/results/${ours.name}\` (${ours.adapter}) and \`bench/results/${peers.name}\`
(${versions.join(", ")}; ${peers.dtype} on the ${peers.platform}).\n`,
);

put("accuracy_table", parts);
const hmm = newest("hmm-accuracy-");
put("accuracy_hmm_table", hmmTables(hmm));
say(
  `docs/accuracy.md: ${lengths.length} lengths, ${ours.rows.length} rows of ours, ${peers.rows.length} of others, ${hmm.rows.length} of hidden Markov models`,
);
