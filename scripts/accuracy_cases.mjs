/**
 * Write the models and data of the accuracy table, and their float64 answers, for programs in other languages:
 * `node scripts/accuracy_cases.mjs DIR --steps 1e4 --models cv4,llt`. NAME-T.json has the model and says where in NAME-T.bin
 * (float64, little-endian) each array lies. `car` and `car+100` are the car model, not rounded, and its shift by 100.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createServer } from "vite";
import { inRoot, say } from "./stage.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: "string", default: "1e4" }, models: { type: "string" } },
});
const [folder] = positionals;
if (!folder) throw new Error("accuracy_cases: DIR expected a folder to write to, got none. Name one first.");

const vite = await createServer({
  configFile: inRoot("vite.config.ts"),
  server: { middlewareMode: true, ws: false },
  appType: "custom",
  logLevel: "error",
});
const load = path => vite.ssrLoadModule(path);
const { ACCURACY_MODELS, accuracyCase } = await load("/test-browser/accuracy_models.ts");
const { hostReference, textbookReference } = await load("/test-browser/accuracy.ts");
const { carCase } = await load("/test-browser/car.ts");
const { textbookOracle } = await load("/test-browser/oracle.ts");

function write(name, T, { model, observations }, exact) {
  const arrays = {
    observations: { data: observations.flat().map(y => y ?? Number.NaN), shape: [T, observations[0].length] },
  };
  for (const kind of ["filtered", "smoothed"])
    for (const moment of ["Means", "Covariances"]) arrays[kind + moment] = exact[kind + moment];
  const at = {};
  const bytes = [];
  let offset = 0;
  for (const [key, { data, shape }] of Object.entries(arrays)) {
    at[key] = { offset, shape };
    const values = Float64Array.from(data);
    bytes.push(new Uint8Array(values.buffer));
    offset += values.length;
  }
  const file = join(folder, `${name}-${T}`);
  writeFileSync(`${file}.bin`, Buffer.concat(bytes));
  const { marginalLogLikelihood } = exact;
  writeFileSync(`${file}.json`, JSON.stringify({ name, steps: T, model, marginalLogLikelihood, arrays: at }));
  say(`${name}-${T}`);
}

const nested = ({ filteredMeans, filteredCovariances, smoothedMeans, smoothedCovariances, ...rest }) => ({
  ...rest,
  filteredMeans: { data: filteredMeans.flat(), shape: [filteredMeans.length, filteredMeans[0].length] },
  filteredCovariances: { data: filteredCovariances.flat(2), shape: [] },
  smoothedMeans: { data: smoothedMeans.flat(), shape: [] },
  smoothedCovariances: { data: smoothedCovariances.flat(2), shape: [] },
});

mkdirSync(folder, { recursive: true });
for (const T of values.steps.split(",").map(Number)) {
  for (const name of values.models?.split(",") ?? [...ACCURACY_MODELS, "car", "car+100"]) {
    if (name.startsWith("car")) {
      const given = carCase(T, name === "car" ? 0 : 100);
      write(name, T, given, nested(textbookOracle(given.model, given.observations)));
      continue;
    }
    // As in the long table: these outgrow float64.
    const steps = Math.min(T, { iwp3: 2000, iwp3dt2: 10_000 }[name] ?? T);
    const exact = steps > 2e4 ? await hostReference(name, steps) : textbookReference(name, steps);
    write(name, steps, accuracyCase(name, steps), exact);
  }
}
await vite.close();
