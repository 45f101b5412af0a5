/**
 * Earthquakes of magnitude 7 and more in every year 1900 to 2006, decoded into quiet and active years, as a page with two
 * charts. Run after `npm run build`:
 *
 *   node examples/earthquakes/plot.mjs [page.html]        default out/earthquakes.html
 *
 * Data and model: Zucchini & MacDonald, Hidden Markov Models for Time Series (2009), table 1.1 and section 3.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = resolve(here, "../..");
const page = resolve(process.argv[2] ?? `${root}/out/earthquakes.html`);

/** The result of a command on the earthquakes. */
function statescan(command) {
  const program = `${root}/bin/statescan.js`;
  const files = ["--model", `${here}model.json`, "--data", `${here}earthquakes.csv`];
  return JSON.parse(
    execFileSync(process.execPath, [program, command, ...files, "--backend", "cpu"], { encoding: "utf8" }),
  );
}

const rows = readFileSync(`${here}earthquakes.csv`, "utf8").trim().split("\n").slice(1);
const [years, counts] = [0, 1].map(column => rows.map(row => Number(row.split(",")[column])));
const { rates } = JSON.parse(readFileSync(`${here}model.json`, "utf8")).emissions;
const { mostLikelyStates, logJoint } = statescan("decode");
const { smoothedProbs, marginalLogLikelihood } = statescan("smooth");

/** Stretches of years in state 1. */
const active = [];
mostLikelyStates.forEach((state, t) => {
  const last = active[active.length - 1];
  if (state === 0) return;
  if (last && last[1] === years[t] - 0.5) last[1] = years[t] + 0.5;
  else active.push([years[t] - 0.5, years[t] + 0.5]);
});

const { plotPage, bandChart } = await import(`${root}/dist/cli/plot.js`);
const level = mostLikelyStates.map(state => rates[state]);
const probability = smoothedProbs.map(row => row[1]);
const html = plotPage(
  "Earthquakes of the world, 1900 to 2006",
  `A hidden Markov model of two Poisson rates, ${rates.join(" and ")} a year. Log-likelihood ${marginalLogLikelihood.toFixed(4)}.`,
  [
    {
      title: "Quiet and active years",
      text: `The most probable path of the states, log-probability ${logJoint.toFixed(4)}.`,
      charts: [
        {
          caption:
            "Points: earthquakes of magnitude 7 and more. Line: rate of the decoded state. Shaded: active years.",
          svg: bandChart({
            description: "Yearly counts of large earthquakes with the rate of the decoded state",
            yLabel: "earthquakes a year",
            x: years,
            mean: level,
            lower: level,
            upper: level,
            points: counts,
            gaps: active,
          }),
        },
        {
          caption: "Probability of an active year given all counts.",
          svg: bandChart({
            description: "Smoothed probability of the active state",
            yLabel: "probability",
            x: years,
            mean: probability,
            lower: probability.map(() => 0),
            upper: probability,
          }),
        },
      ],
    },
  ],
  [],
);
mkdirSync(dirname(page), { recursive: true });
writeFileSync(page, html);
console.log(
  `${active.length} active stretches: ${active.map(([from, to]) => `${from + 0.5}-${to - 0.5}`).join(", ")}; plot: ${page}`,
);
