/** The built command: forecast, sample and simulate, on the CPU backend. */

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { decompose, filter, forecast, parseModelDocument, samplePosterior, simulate } from "../api/index.ts";
import { readNpy } from "./data/npy.ts";
import { readZip } from "./data/zip.ts";
import { type BuiltCommand, builtCommand, ROOT } from "./testing/built_command.ts";
import { localLevel } from "./testing/local_level.ts";

const NILE = ["--model", "examples/nile/model.json", "--data", "examples/nile/nile.csv"];
let command: BuiltCommand;
const outFolder = () => join(command.folder, "out");

beforeAll(async () => {
  command = await builtCommand();
  mkdirSync(outFolder());
}, 120_000);
afterAll(() => command.remove());

const modelFile = (name: string, change: object = {}) =>
  command.file(name, JSON.stringify(localLevel(change)));
const DRIVEN = { dynamics: { weights: [[1]], inputWeights: [[1]], covariance: [[1]] } };
const nile = () => parseModelDocument(JSON.parse(readFileSync(join(ROOT, NILE[1]), "utf8")));
const flows = () =>
  readFileSync(join(ROOT, NILE[3]), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map(line => Number(line.split(",").at(-1)));
const ok = async (...args: string[]) => {
  const { code, out, err } = await command.run(args);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out;
};
const table = (text: string) =>
  text
    .trim()
    .split("\n")
    .map(line => line.split(","));
const flat = (nested: unknown) => (nested as number[][]).flat(4);

suite("statescan forecast", () => {
  test("gives the Nile's next flows to JSON and csv, as the library does", async () => {
    const result = JSON.parse(await ok("forecast", ...NILE, "--steps", "5", "--level", "0.9"));
    const wanted = await forecast(nile(), flows(), 5, { level: 0.9 });
    expect(result).toMatchObject({ call: "forecast", status: "ok", level: 0.9, run: { backend: "cpu" } });
    expect(result.means[4][0]).toBeCloseTo(798.37029261, 6);
    for (const field of ["means", "covariances", "lower", "upper", "stateMeans", "stateCovariances"] as const)
      expect(flat(result[field])).toEqual(Array.from(wanted[field].data));
    const csv = join(outFolder(), "f.csv");
    await ok("forecast", ...NILE, "--steps", "2", "--covariances", "diag", "--out", csv);
    const [header, first, second] = table(readFileSync(csv, "utf8"));
    expect(header).toEqual(["t", "mean_0", "var_0", "lower_0", "upper_0", "state_mean_0", "state_var_0"]);
    expect([first[0], second[0]]).toEqual(["100", "101"]);
    expect(Number(second[2])).toBe(wanted.variances.data[1]);
  });

  test("takes inputs of the steps ahead and scenarios, shared or for every series", async () => {
    const model = modelFile("driven.json", DRIVEN);
    const data = command.file("sites.csv", "site,y\na,1\na,2\nb,3\nb,4\n");
    const past = command.file("past.csv", "site,u\na,0\na,0\nb,0\nb,0\n");
    const args = ["forecast", "-m", model, "-d", data, "--series", "site", "--inputs", past, "--steps", "2"];
    const own = command.file("own.csv", "site,u\nb,1\nb,0\na,0\na,0\n");
    const hot = command.file("hot.csv", "site,u\na,10\na,0\nb,20\nb,0\n");
    const result = JSON.parse(await ok(...args, "--future-inputs", own, "--scenario", `hot=${hot}`));
    const added = (means: number[][][], baseline: number) => means.map(([first]) => first[0] - baseline);
    const still = command.file("still.json", "[[0],[0]]");
    const plain = [
      "forecast",
      "-m",
      model,
      "-d",
      command.file("ab.json", "[[[1],[2]],[[3],[4]]]"),
      "--steps",
      "2",
    ];
    const zeros = command.file("zeros.json", "[[[0],[0]],[[0],[0]]]");
    const shared = JSON.parse(await ok(...plain, "--inputs", zeros, "--future-inputs", still));
    const [a, b] = shared.means.map((one: number[][]) => one[0][0]);
    expect(added([result.means[0]], a)).toEqual([0]);
    expect(added([result.means[1]], b)[0]).toBeCloseTo(1, 12);
    expect(added([result.scenarios.hot.means[0]], a)[0]).toBeCloseTo(10, 12);
    expect(added([result.scenarios.hot.means[1]], b)[0]).toBeCloseTo(20, 12);
    const npz = join(outFolder(), "f.npz");
    await ok(...args, "--future-inputs", own, "--scenario", `hot=${hot}`, "--out", npz, "--fields", "means");
    const where = { call: "", option: "", path: npz };
    const members = readZip(readFileSync(npz), where);
    expect([...members.keys()]).toEqual(["means.npy", "scenarios/hot/means.npy", "lengths.npy"]);
    const means = readNpy(members.get("scenarios/hot/means.npy") as Uint8Array, where);
    expect(Array.from(means.data)).toEqual(flat(result.scenarios.hot.means));
  });
});

suite("statescan sample", () => {
  test("draws what the library draws, to JSON, csv and npy", async () => {
    const result = JSON.parse(await ok("sample", ...NILE, "--samples", "3", "--seed", "7"));
    const wanted = await samplePosterior(nile(), flows(), { numSamples: 3, seed: 7 });
    expect(result).toMatchObject({ call: "sample", numSamples: 3, seed: 7, status: "ok" });
    expect(flat(result.states)).toEqual(Array.from(wanted.states.data));
    const csv = join(outFolder(), "s.csv");
    await ok("sample", ...NILE, "--samples", "3", "--seed", "7", "--out", csv);
    const rows = table(readFileSync(csv, "utf8"));
    expect(rows[0]).toEqual(["sample", "t", "state_0"]);
    expect(rows).toHaveLength(301);
    expect(rows[101].slice(0, 2)).toEqual(["1", "0"]);
    const npy = join(outFolder(), "s.npy");
    await ok("sample", ...NILE, "--out", npy);
    expect(readNpy(readFileSync(npy), { call: "", option: "", path: npy }).shape).toEqual([1, 100, 1]);
  });
});

suite("statescan decompose", () => {
  const parts = () =>
    command.file(
      "parts.json",
      JSON.stringify({
        format: "statescan/model@1",
        type: "structural",
        components: [
          { kind: "level", variance: 1469.1 },
          { kind: "irregular", variance: 15099 },
        ],
      }),
    );

  test("gives every component of the Nile to JSON, csv and npz, as the library does", async () => {
    const args = ["decompose", "-m", parts(), NILE[2], NILE[3], "--level", "0.5"];
    const result = JSON.parse(await ok(...args));
    const model = parseModelDocument(JSON.parse(readFileSync(parts(), "utf8")));
    const wanted = await decompose(model, flows(), { level: 0.5 });
    expect(result).toMatchObject({ call: "decompose", status: "ok", level: 0.5 });
    expect(result.components.level.lower).toEqual(Array.from(wanted.component("level").lower.data));
    expect(result.irregular.mean).toEqual(Array.from(wanted.irregular.mean.data));
    const csv = join(outFolder(), "p.csv");
    await ok(...args, "--fields", "components", "--states", "filtered", "--out", csv);
    const [header, ...rows] = table(readFileSync(csv, "utf8"));
    expect(header).toEqual(["t", "level_mean", "level_var", "level_lower", "level_upper"]);
    const filtered = await decompose(model, flows(), { states: "filtered" });
    expect(rows.map(row => Number(row[1]))).toEqual(Array.from(filtered.components[0].mean.data));
    const npz = join(outFolder(), "p.npz");
    await ok(...args, "--out", npz);
    const members = readZip(readFileSync(npz), { call: "", option: "", path: npz });
    expect(members.size).toBe(12);
    expect(members.has("components/level/upper.npy")).toBe(true);
  });
});

suite("statescan simulate", () => {
  test("draws from the model, and its observations are data", async () => {
    const model = modelFile("walk.json");
    const out = join(outFolder(), "d.csv");
    await ok("simulate", "-m", model, "--steps", "6", "--seed", "3", "--out", out);
    const [header, ...rows] = table(readFileSync(out, "utf8"));
    expect(header).toEqual(["t", "state_0", "observation_0"]);
    const document = JSON.parse(readFileSync(model, "utf8"));
    const drawn = simulate(parseModelDocument(document), { numSteps: 6, seed: 3 });
    expect(rows.map(row => Number(row[2]))).toEqual(Array.from(drawn.observations.data));
    const filtered = JSON.parse(await ok("filter", "-m", model, "-d", out, "--columns", "observation_0"));
    const wanted = await filter(parseModelDocument(document), drawn.observations);
    expect(filtered.marginalLogLikelihood).toBe(wanted.marginalLogLikelihood);
  });

  test("takes inputs of several series, samples and a first state", async () => {
    const model = modelFile("moved.json", { ...DRIVEN, dynamics: { ...DRIVEN.dynamics, covariance: [[0]] } });
    const inputs = command.file("u.csv", "id,u\nx,0\nx,1\ny,0\ny,2\n");
    const args = [
      "simulate",
      "-m",
      model,
      "--inputs",
      inputs,
      "--series",
      "id",
      "--steps",
      "2",
      "--samples",
      "2",
    ];
    const result = JSON.parse(await ok(...args, "--initial-state", "5", "--fields", "states"));
    expect(result).toMatchObject({ call: "simulate", series: ["x", "y"], numSamples: 2, seed: 0 });
    expect(result.states).toEqual([
      [
        [[5], [6]],
        [[5], [6]],
      ],
      [
        [[5], [7]],
        [[5], [7]],
      ],
    ]);
    expect(result.observations).toBeUndefined();
    expect(result.run).toBeUndefined();
  });
});

suite("bad use of them ends with 2 and one line", () => {
  const walk = () => ["-m", modelFile("b.json"), "-d", command.file("b.csv", "y\n1\n2\n")];
  const driven = () => [
    ...["-m", modelFile("bd.json", DRIVEN), "-d", command.file("b.csv", "y\n1\n2\n")],
    ...["--inputs", command.file("bu.csv", "u\n1\n2\n")],
  ];
  const BAD: readonly (readonly [string, () => string[], RegExp])[] = [
    [
      "no --steps",
      () => ["forecast", ...walk()],
      /forecast: --steps expected the number of steps to forecast, got nothing\./,
    ],
    [
      "no steps",
      () => ["forecast", ...walk(), "--steps", "0"],
      /--steps expected a whole number ≥ 1, got "0"/,
    ],
    ["half steps", () => ["forecast", ...walk(), "--steps", "1.5"], /got "1\.5"/],
    [
      "a level in per cent",
      () => ["forecast", ...walk(), "--steps", "1", "--level", "95"],
      /--level expected a probability between 0 and 1, got "95"/,
    ],
    [
      "no future inputs",
      () => ["forecast", ...driven(), "--steps", "2"],
      /forecast: --future-inputs expected \[h, 1\].*Give a file with --future-inputs\./,
    ],
    [
      "future inputs of another length",
      () => ["forecast", ...driven(), "--steps", "2", "--future-inputs", command.file("f1.csv", "u\n1\n")],
      /forecast: --future-inputs expected 2 rows, one per step, got 1/,
    ],
    [
      "a scenario of another length",
      () => {
        const zero = command.file("f2.csv", "u\n1\n2\n");
        return [
          "forecast",
          ...driven(),
          "--steps",
          "2",
          "--future-inputs",
          zero,
          "--scenario",
          `hot=${command.file("f1.csv", "u\n1\n")}`,
        ];
      },
      /forecast: --scenario hot expected 2 rows, one per step, got 1/,
    ],
    [
      "a scenario without a name",
      () => ["forecast", ...walk(), "--steps", "1", "--scenario", "hot.csv"],
      /--scenario expected NAME=FILE/,
    ],
    [
      "a scenario called baseline",
      () => ["forecast", ...walk(), "--steps", "1", "--scenario", "baseline=x.csv"],
      /not "baseline"/,
    ],
    [
      "a scenario twice",
      () => ["forecast", ...walk(), "--steps", "1", "--scenario", "a=x.csv", "--scenario", "a=y.csv"],
      /every name once, got "a" twice/,
    ],
    [
      "no samples",
      () => ["sample", ...walk(), "--samples", "0"],
      /--samples expected a whole number ≥ 1, got "0"/,
    ],
    [
      "a negative seed",
      () => ["sample", ...walk(), "--seed=-1"],
      /--seed expected a whole number ≥ 0, got "-1"/,
    ],
    [
      "too many samples",
      () => ["sample", ...walk(), "--samples", "1000000000000"],
      /sample: memory expected at most/,
    ],
    [
      "decompose of a model without components",
      () => ["decompose", ...walk()],
      /decompose: model expected a model of components, got one without\. Give a document of type "structural"\./,
    ],
    [
      "decompose to npy",
      () => ["decompose", ...walk(), "--out", join(outFolder(), "x.npy")],
      /--out expected a file that holds several arrays/,
    ],
    [
      "simulate without steps",
      () => ["simulate", "-m", modelFile("b.json")],
      /simulate: --steps expected a whole number ≥ 1, got undefined\. Give --steps\./,
    ],
    ["simulate with data", () => ["simulate", ...walk()], /got "-d"/],
    [
      "a first state of text",
      () => ["simulate", "-m", modelFile("b.json"), "--steps", "2", "--initial-state", "x"],
      /--initial-state expected numbers separated by commas, got "x"/,
    ],
    [
      "a first state too long",
      () => ["simulate", "-m", modelFile("b.json"), "--steps", "2", "--initial-state", "1,2"],
      /simulate: --initial-state expected \[1\]/,
    ],
    [
      "a GPU for the CPU",
      () => ["smooth", ...walk(), "--backend", "cpu", "--gpu", "hardware"],
      /smooth: --gpu expected auto with --backend cpu, got hardware/,
    ],
    [
      "a diffuse start",
      () => ["simulate", "-m", modelFile("bf.json", { initial: "diffuse" }), "--steps", "2"],
      /Give z_0 with --initial-state/,
    ],
    [
      "one npy for scenarios",
      () => [
        "forecast",
        ...driven(),
        "--steps",
        "1",
        "--scenario",
        "a=x.csv",
        "--fields",
        "means",
        "--out",
        join(outFolder(), "x.npy"),
      ],
      /expected one field, got 2/,
    ],
  ];

  test.each(BAD)("%s", async (_, args, message) => {
    const { code, out, err } = await command.run(args());
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^[^\n]+ expected [^\n]+, got [^\n]+\n$/);
    expect(err).toMatch(message);
  });
});
