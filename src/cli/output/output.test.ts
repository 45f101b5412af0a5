import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, suite, test } from "vitest";
import { AbortedError } from "../../api/index.ts";
import { readNpy } from "../data/npy.ts";
import { readZip } from "../data/zip.ts";
import { UsageError } from "../exit_codes.ts";
import { openOutput } from "./output.ts";
import type { Result } from "./result.ts";
import { columnNames, csvText } from "./write_csv.ts";
import { jsonText } from "./write_json.ts";

const folder = mkdtempSync(join(tmpdir(), "statescan-output-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = {
  backend: "cpu",
  adapter: "a",
  software: false,
  method: "sequential",
  plan: "p",
  dtype: "float64",
  seconds: 1,
  passes: 1,
} as const;

/** Two series of length 3 and 2, n = 2, padded with NaN. */
const batch: Result = {
  call: "smooth",
  summary: {
    status: "ok",
    statuses: ["ok", "ok"],
    lengths: [3, 2],
    numSeries: 2,
    run,
    marginalLogLikelihood: -3,
    marginalLogLikelihoods: [-1, -2],
  },
  batched: true,
  seriesNames: ["a", 'b, "c"'],
  fields: new Map([
    [
      "smoothedMeans",
      { data: Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, NaN, NaN]), shape: [2, 3, 2] },
    ],
    [
      "smoothedCrossCovariances",
      {
        data: Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, NaN, NaN, NaN, NaN]),
        shape: [2, 2, 2, 2],
      },
    ],
    ["logLikelihoods", { data: Float64Array.from([0.1, 0.2, 0.3, 0.4, 0.5, NaN]), shape: [2, 3] }],
  ]),
};

const single: Result = {
  ...batch,
  batched: false,
  summary: { ...batch.summary, statuses: ["ok"], lengths: [2], numSeries: 1 },
  fields: new Map([
    ["filteredMeans", { data: Float64Array.from([1, NaN]), shape: [2, 1] }],
    ["logLikelihoods", { data: Float64Array.from([-1, -2]), shape: [2] }],
  ]),
};

suite("jsonText()", () => {
  const parse = (result: Result) => JSON.parse([...jsonText(result)].join(""));

  test("writes one series without a series axis, NaN as null", () => {
    expect(parse(single)).toEqual({
      call: "smooth",
      status: "ok",
      marginalLogLikelihood: -3,
      run,
      filteredMeans: [[1], [null]],
      logLikelihoods: [-1, -2],
    });
  });

  test("cuts every series of a ragged batch to its length", () => {
    expect(parse(batch)).toMatchObject({
      series: ["a", 'b, "c"'],
      lengths: [3, 2],
      marginalLogLikelihoods: [-1, -2],
      smoothedMeans: [
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [
          [7, 8],
          [9, 10],
        ],
      ],
      smoothedCrossCovariances: [
        [
          [
            [1, 2],
            [3, 4],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        ],
        [
          [
            [9, 10],
            [11, 12],
          ],
        ],
      ],
      logLikelihoods: [
        [0.1, 0.2, 0.3],
        [0.4, 0.5],
      ],
    });
  });

  test("is whole for a series of more rows than one piece", () => {
    const data = Float64Array.from({ length: 5000 }, (_, i) => i / 7);
    const long: Result = {
      ...single,
      summary: { ...single.summary, lengths: [5000] },
      fields: new Map([["logLikelihoods", { data, shape: [5000] }]]),
    };
    expect(parse(long).logLikelihoods).toEqual(Array.from(data));
  });

  test("writes no rows as an empty list", () => {
    const one: Result = {
      ...single,
      summary: { ...single.summary, lengths: [1] },
      fields: new Map([["smoothedCrossCovariances", { data: new Float64Array(0), shape: [0, 1, 1] }]]),
    };
    expect(parse(one).smoothedCrossCovariances).toEqual([]);
  });
});

suite("csvText()", () => {
  test("writes one row per step, with named columns and empty cells at the end of cross-covariances", () => {
    expect([...csvText(batch, ",")].join("").split("\n")).toEqual([
      "series,t,smoothed_mean_0,smoothed_mean_1,smoothed_cross_cov_0_0,smoothed_cross_cov_0_1," +
        "smoothed_cross_cov_1_0,smoothed_cross_cov_1_1,log_likelihood",
      "a,0,1,2,1,2,3,4,0.1",
      "a,1,3,4,5,6,7,8,0.2",
      "a,2,5,6,,,,,0.3",
      '"b, ""c""",0,7,8,9,10,11,12,0.4',
      '"b, ""c""",1,9,10,,,,,0.5',
      "",
    ]);
  });

  test("separates by tabs and leaves the series out for one series", () => {
    expect([...csvText(single, "\t")].join("")).toBe(
      "t\tfiltered_mean_0\tlog_likelihood\n0\t1\t-1\n1\t\t-2\n",
    );
  });

  test("names variances and covariances apart", () => {
    expect(columnNames("filteredVariances", [1])).toEqual(["filtered_var_0"]);
    expect(columnNames("predictedCovariances", [1, 2])).toEqual(["predicted_cov_0_0", "predicted_cov_0_1"]);
  });
});

/** Two steps ahead of two series, with one scenario; m = 1. */
const ahead: Result = {
  call: "forecast",
  summary: {
    status: "ok",
    statuses: ["ok", "ok"],
    lengths: [3, 7],
    numSeries: 2,
    run,
    level: 0.9,
    scenarios: ["hot"],
  },
  batched: true,
  seriesNames: ["a", "b"],
  fields: new Map([
    ["means", { data: Float64Array.of(1, 2, 3, 4), shape: [2, 2, 1] }],
    ["covariances", { data: Float64Array.of(5, 6, 7, 8), shape: [2, 2, 1, 1] }],
    ["scenarios/hot/means", { data: Float64Array.of(10, 20, 30, 40), shape: [2, 2, 1] }],
    ["scenarios/hot/covariances", { data: Float64Array.of(5, 6, 7, 8), shape: [2, 2, 1, 1] }],
  ]),
};

/** Two samples of two series of length 2 and 1, n = 1. */
const draws: Result = {
  call: "sample",
  summary: {
    status: "ok",
    statuses: ["ok", "ok"],
    lengths: [2, 1],
    numSeries: 2,
    run,
    numSamples: 2,
    seed: 4,
  },
  batched: true,
  seriesNames: ["a", "b"],
  fields: new Map([
    ["states", { data: Float64Array.of(1, 2, 3, 4, 5, Number.NaN, 6, Number.NaN), shape: [2, 2, 2, 1] }],
  ]),
};

suite("forecasts and samples", () => {
  const json = (result: Result) => JSON.parse([...jsonText(result)].join(""));
  const csv = (result: Result) => [...csvText(result, ",")].join("");

  test("a forecast counts t from the end of each series and nests scenarios by name", () => {
    expect(csv(ahead)).toBe(
      "series,scenario,t,mean_0,cov_0_0\n" +
        "a,baseline,3,1,5\na,baseline,4,2,6\na,hot,3,10,5\na,hot,4,20,6\n" +
        "b,baseline,7,3,7\nb,baseline,8,4,8\nb,hot,7,30,7\nb,hot,8,40,8\n",
    );
    expect(json(ahead)).toEqual({
      call: "forecast",
      status: "ok",
      level: 0.9,
      run,
      series: ["a", "b"],
      lengths: [3, 7],
      statuses: ["ok", "ok"],
      means: [
        [[1], [2]],
        [[3], [4]],
      ],
      covariances: [
        [[[5]], [[6]]],
        [[[7]], [[8]]],
      ],
      scenarios: {
        hot: {
          means: [
            [[10], [20]],
            [[30], [40]],
          ],
          covariances: [
            [[[5]], [[6]]],
            [[[7]], [[8]]],
          ],
        },
      },
    });
  });

  test("samples have an axis in JSON and a column in tables; series are cut to their length", () => {
    expect(csv(draws)).toBe(
      "series,sample,t,state_0\na,0,0,1\na,0,1,2\na,1,0,3\na,1,1,4\nb,0,0,5\nb,1,0,6\n",
    );
    expect(json(draws)).toMatchObject({
      numSamples: 2,
      seed: 4,
      states: [
        [
          [[1], [2]],
          [[3], [4]],
        ],
        [[[5]], [[6]]],
      ],
    });
    const one: Result = {
      ...draws,
      batched: false,
      summary: { ...draws.summary, statuses: ["ok"], lengths: [2], numSeries: 1 },
      fields: new Map([["states", { data: Float64Array.of(1, 2, 3, 4), shape: [2, 2, 1] }]]),
    };
    expect(csv(one)).toBe("sample,t,state_0\n0,0,1\n0,1,2\n1,0,3\n1,1,4\n");
    expect(json(one).states).toEqual([
      [[1], [2]],
      [[3], [4]],
    ]);
  });

  test("names the columns of forecasts", () => {
    const names = ["variances", "lower", "stateMeans", "stateCovariances", "stateVariances", "observations"];
    expect(names.map(name => columnNames(name, [1])[0])).toEqual([
      "var_0",
      "lower_0",
      "state_mean_0",
      "state_cov_0",
      "state_var_0",
      "observation_0",
    ]);
  });

  test("npz holds every field by its path, and the lengths of a batch", async () => {
    const path = join(folder, "b.npz");
    await openOutput("forecast", path, [...ahead.fields.keys()]).write(ahead);
    const where = { call: "", option: "", path };
    const members = readZip(readFileSync(path), where);
    expect([...members.keys()]).toEqual([...ahead.fields.keys(), "lengths"].map(name => `${name}.npy`));
    const read = (name: string) => readNpy(members.get(`${name}.npy`) as Uint8Array, where);
    expect(read("scenarios/hot/means")).toEqual(ahead.fields.get("scenarios/hot/means"));
    expect(read("lengths")).toEqual({ data: Float64Array.of(3, 7), shape: [2] });
    rmSync(path);
  });
});

suite("openOutput()", () => {
  test("puts a whole file in place and nothing beside it", async () => {
    const path = join(folder, "a.csv");
    await openOutput("smooth", path, ["filteredMeans"]).write(single);
    expect(readFileSync(path, "utf8")).toMatch(/^t,filtered_mean_0/);
    expect(readdirSync(folder)).toEqual(["a.csv"]);
  });

  test("leaves nothing, and an older file as it was, when stopped", async () => {
    const path = join(folder, "a.csv");
    const before = readFileSync(path, "utf8");
    const output = openOutput("smooth", path, ["filteredMeans"]);
    await expect(output.write(batch, AbortSignal.abort())).rejects.toThrow(AbortedError);
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readdirSync(folder)).toEqual(["a.csv"]);
  });

  test.each([
    ["x.parquet", /ending in \.json, \.csv, \.tsv, \.npy, \.npz, got x\.parquet/],
    ["x.npy", /expected one field, got 2\. Choose it: --fields smoothedMeans/],
    [join(folder, "none", "x.json"), /expected a writable place, got the folder .* that does not exist/],
    [join(folder, "a.csv", "x.json"), /that is not a folder/],
  ])("refuses %s before any work", (path, message) => {
    expect(() => openOutput("smooth", path, ["smoothedMeans", "logLikelihoods"])).toThrow(UsageError);
    expect(() => openOutput("smooth", path, ["smoothedMeans", "logLikelihoods"])).toThrow(message);
  });
});
