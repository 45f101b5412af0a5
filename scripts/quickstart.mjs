/**
 * From a fresh clone to a plot: set up, build, smooth two real series by the WGSL kernels in headless Chrome, check
 * them against published values and write out/quickstart.html. `--backend cpu` runs the same without a browser.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { checkNile, TOLERANCE } from "../examples/nile/published.mjs";
import { quickstartPage } from "../examples/quickstart_page.mjs";
import { makeWeather } from "../examples/weather/make_weather.mjs";
import { setup } from "./setup.mjs";
import { inRoot, run, say, since } from "./stage.mjs";
import { textTable } from "./text_table.mjs";

const flag = process.argv.indexOf("--backend");
const backend = flag > 0 ? process.argv[flag + 1] : "webgpu";
const out = name => inRoot("out", "quickstart", name);

/** Smooth a series by the command and read its result. */
async function smooth(model, data, where, method, file) {
  const args = ["bin/statescan.js", "smooth", "--model", model, "--data", data];
  args.push("--backend", where, "--method", method, "--out", out(file));
  say(`statescan ${args.slice(1).join(" ")}`);
  const start = performance.now();
  const code = await run(process.execPath, args);
  if (code !== 0) throw new Error(`statescan ended with exit code ${code}; its message is above.`);
  return { ...JSON.parse(readFileSync(out(file), "utf8")), wall: (performance.now() - start) / 1000 };
}

/** Largest distance of smoothed means from the float64 result, in posterior standard deviations. */
function distance(result, reference) {
  let worst = 0;
  reference.smoothedMeans.forEach((mean, t) => {
    mean.forEach((value, i) => {
      const sd = Math.sqrt(reference.smoothedCovariances[t][i][i]);
      worst = Math.max(worst, Math.abs(result.smoothedMeans[t][i] - value) / sd);
    });
  });
  return worst;
}

function resultTable(series) {
  const header = [
    "series",
    "T",
    "missing",
    "n",
    "log-likelihood",
    "method",
    "adapter",
    "software?",
    "seconds",
    "with start-up",
    "off float64 CPU, in sd",
  ];
  const rows = series.map(({ title, result, reference, missing }) => [
    title,
    String(result.smoothedMeans.length),
    String(missing),
    String(result.smoothedMeans[0].length),
    result.marginalLogLikelihood.toFixed(4),
    result.run.method,
    result.run.adapter,
    result.run.software ? "yes, not a GPU" : "no",
    result.run.seconds.toFixed(3),
    result.wall.toFixed(2),
    distance(result, reference).toExponential(1),
  ]);
  return { title: "What ran", header, rows };
}

function checkTable(checks) {
  const header = ["series", "quantity", "published", "got", "relative error", ""];
  const rows = checks.map(({ series, what, published, got, error, ok }) => [
    series,
    what,
    published.toFixed(5),
    got.toFixed(5),
    error.toExponential(1),
    ok ? "ok" : "WRONG",
  ]);
  return { title: `Published values (Durbin and Koopman), to ${TOLERANCE}`, header, rows };
}

const column = path =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map(line => {
      const cell = line.split(",")[1];
      return cell === "" ? Number.NaN : Number(cell);
    });

async function quickstart() {
  const start = performance.now();
  say("1. set-up: npm packages and a browser");
  await setup();
  const ready = performance.now();
  say("2. build");
  if ((await run("npm", ["run", "--silent", "build"])) !== 0) throw new Error("the build failed; see above.");
  say("3. data: Nile flows from examples/nile, Seattle weather from vega-datasets");
  const weather = {
    ...makeWeather(out("weather.csv")),
    model: JSON.parse(readFileSync(inRoot("examples/weather/model.json"), "utf8")),
  };
  const flows = column(inRoot("examples/nile/nile.csv"));
  const missing = column(inRoot("examples/nile/nile_missing.csv"));

  say(`4. smooth, backend ${backend}, parallel in time; then the float64 CPU code to compare`);
  const series = [
    {
      name: "nile",
      title: "Nile",
      model: "examples/nile/model.json",
      data: "examples/nile/nile.csv",
      missing: 0,
    },
    {
      name: "nile_missing",
      title: "Nile, 40 years missing",
      model: "examples/nile/model.json",
      data: "examples/nile/nile_missing.csv",
      missing: 40,
    },
    {
      name: "weather",
      title: "Seattle, daily maximum",
      model: "examples/weather/model.json",
      data: "out/quickstart/weather.csv",
      missing: 0,
    },
  ];
  const method = backend === "cpu" ? "auto" : "parallel";
  for (const one of series) {
    one.result = await smooth(one.model, one.data, backend, method, `${one.name}.json`);
    one.reference = await smooth(one.model, one.data, "cpu", "sequential", `${one.name}.cpu.json`);
  }
  const results = Object.fromEntries(series.map(({ name, result }) => [name, result]));
  const checks = ["nile", "nile_missing"].flatMap(name =>
    checkNile(name, results[name]).map(line => ({ series: name, ...line })),
  );
  const tables = [resultTable(series), checkTable(checks)];
  for (const table of tables) console.log(`\n${textTable(table)}`);

  const { adapter, software } = results.nile.run;
  const lead = `Smoothed by statescan on ${adapter}${software ? ", a software adapter: not a GPU" : ""}.`;
  const plot = await import("../dist/cli/plot.js");
  const page = inRoot("out", "quickstart.html");
  writeFileSync(page, quickstartPage(plot, { results, flows, missing, weather, tables, lead }));
  const wrong = checks.filter(({ ok }) => !ok).length;
  say(`5. ${checks.length - wrong} of ${checks.length} published values reproduced; plot: ${page}`);
  say(`took ${since(ready)} after set-up, ${since(start)} in all`);
  if (wrong > 0) throw new Error(`${wrong} published values are not reproduced; see WRONG above.`);
}

try {
  await quickstart();
} catch (error) {
  console.error(`quickstart: ${error.message}`);
  process.exitCode = 1;
}
