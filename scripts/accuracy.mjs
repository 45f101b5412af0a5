/**
 * The long tables of docs/accuracy.md, measured in the browser: `npm run accuracy`, about 25 minutes on a software adapter.
 *   --steps 1e4,1e5,1e6   lengths of the series
 *   --models cv4,llt,mix  only these; hmm: the four hidden Markov models mix, sticky, ring, ringsharp
 *   --json FILE           default out/accuracy/accuracy.json; rows of other models and lengths that it has are kept
 *   --hmm-json FILE       the same for hidden Markov models, default out/accuracy/hmm-accuracy.json
 * `node scripts/accuracy_table.mjs` writes the tables into docs/accuracy.md.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { setup } from "./setup.mjs";
import { inRoot, run, say, since } from "./stage.mjs";

/** Steps of models that outgrow float64: a thrice integrated process reaches 1e10 standard deviations. */
const SHORTER = { iwp3: 2000, iwp3dt2: 10_000 };
const MODELS =
  "cv4 cv4s llt smooth stiff mat52 mat52s d8 d8s diffuse cv4diff p0zero r0 r1em5 qzero iwp3 iwp3dt2 smooth6 gaps d8gap".split(
    " ",
  );
const HMM_MODELS = ["mix", "sticky", "ring", "ringsharp"];

/** What is run at one length. Eight states are slow on a software adapter, and the textbook takes gigabytes at 1e6. */
function job(model, steps) {
  const large = model.startsWith("d8");
  if (steps <= 2e5) {
    const runs = ["auto", "squareRoot", ...(large && steps > 2e4 ? [] : ["plain"])];
    return [{ model, steps, runs, reference: "textbook", compare: true }];
  }
  return large ? [] : [{ model, steps, runs: ["auto", "plain"], reference: "host", compare: false }];
}

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "1e4,1e5,1e6" },
    models: { type: "string", default: [...MODELS, ...HMM_MODELS].join(",") },
    json: { type: "string", default: "out/accuracy/accuracy.json" },
    "hmm-json": { type: "string", default: "out/accuracy/hmm-accuracy.json" },
  },
});
const named = values.models.split(",").flatMap(name => (name === "hmm" ? HMM_MODELS : [name]));
for (const model of named) {
  if (MODELS.includes(model) || HMM_MODELS.includes(model)) continue;
  throw new Error(
    `accuracy: --models expected names of models, got "${model}". Take one of ${[...MODELS, "hmm", ...HMM_MODELS].join(", ")}.`,
  );
}
const models = named.filter(model => MODELS.includes(model));
const lengths = values.steps.split(",").map(Number);
if (!lengths.every(T => Number.isInteger(T) && T > 0)) {
  throw new Error(`accuracy: --steps expected whole numbers above 0, got "${values.steps}". Write 1e4,1e5.`);
}
const jobs = [];
for (const T of lengths) {
  for (const model of models) {
    const steps = Math.min(T, SHORTER[model] ?? T);
    // A shorter one once, with the first length.
    if (jobs.some(other => other.model === model && other.steps === steps)) continue;
    jobs.push(...job(model, steps));
  }
}
/** Given y with Gaussian emissions, and up to 2e5 steps the log-likelihoods themselves. */
const hmmJobs = lengths.flatMap(steps =>
  HMM_MODELS.filter(model => named.includes(model)).flatMap(model => [
    { model, steps },
    ...(steps > 2e5 ? [] : [{ model, steps, givenLogLikelihoods: true }]),
  ]),
);

const file = "out/accuracy/rows.json";
mkdirSync(inRoot("out", "accuracy"), { recursive: true });
rmSync(inRoot(file), { force: true });
const start = performance.now();
process.env.CHROME_PATH = (await setup()).browser;
process.env.ACCURACY = JSON.stringify({ file, jobs, hmmJobs });
const code = await run("npx", ["--no-install", "vitest", "run", "--project", "accuracy"]);
const { browser, rows, hmmRows } = JSON.parse(readFileSync(inRoot(file), "utf8"));
const { version } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
save(
  values.json,
  "largest errors against float64: means in posterior standard deviations, covariances as |ΔP_ij| / √(P_ii P_jj), log-likelihood relative; null = not finite",
  rows,
  MODELS,
);
save(
  values["hmm-json"],
  "largest errors against float64: probabilities, expected transitions by T − 1, log-likelihood and log-probability of the path relative; pathDifferences: steps at which the path is another one, pathMisses: those where it leads by more than 1e-4 nats; null = not finite",
  hmmRows,
  HMM_MODELS,
);
process.exitCode = code;

/** Writes measured rows to a file, beside those that it has of other models and lengths. */
function save(path, what, measured, names) {
  if (measured.length === 0) return;
  const { adapter, software } = measured.flatMap(row => row.runs).find(each => each.adapter);
  const round = (_, value) =>
    typeof value === "number" && !Number.isInteger(value) ? +value.toPrecision(6) : value;
  const id = ({ model, steps, givenLogLikelihoods }) => `${model} ${steps} ${givenLogLikelihoods ?? false}`;
  const have = new Set(measured.map(id));
  const kept = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).rows : [];
  const all = [...kept.filter(row => !have.has(id(row))), ...measured];
  const order = ({ model, steps }) => (steps > 2e4 ? steps : 1e4) + names.indexOf(model);
  all.sort((a, b) => order(a) - order(b));
  const report = {
    what,
    date: new Date().toISOString().slice(0, 10),
    adapter: software ? `${adapter} (software)` : adapter,
    statescan: version,
    browser,
    rows: all,
  };
  writeFileSync(path, `${JSON.stringify(report, round, 1)}\n`);
  say(`${path}, ${since(start)}`);
}
