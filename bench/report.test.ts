import { expect, suite, test } from "vitest";
import type { Cell } from "./cell.ts";
import { headline, SOFTWARE_WARNING, tables } from "./report.ts";
import { summarise } from "./statistics.ts";
import { bestChoices } from "./sweep.ts";
import { bytesText, short, sizeText, textTable } from "./table.ts";

const PASSED = { means: 1e-6, covariances: 1e-7, logLikelihood: 0, passed: true };
const timed = (method: Cell["method"], ms: number, more: Partial<Cell> = {}): Cell => ({
  task: "filter",
  method,
  n: 4,
  m: 2,
  T: 1e5,
  series: 1,
  outcome: "timed",
  check: PASSED,
  phases: { total: summarise([ms]), execute: summarise([ms]), compute: summarise([ms]) },
  ...more,
});

suite("textTable()", () => {
  test("lines up columns, numbers to the right", () => {
    const table = textTable(
      [
        { title: "name", value: (row: [string, number]) => row[0], left: true },
        { title: "ms", value: row => String(row[1]) },
      ],
      [
        ["a", 1],
        ["longer", 100],
      ],
    );
    expect(table).toBe("name     ms\n------  ---\na         1\nlonger  100");
  });

  test.each([
    [undefined, "-"],
    [Number.NaN, "-"],
    [0, "0"],
    [0.012345, "0.0123"],
    [1.2345, "1.23"],
    [12.345, "12.3"],
    [99.96, "100"],
    [0.09999, "0.100"],
    [12345, "12300"],
  ])("short(%s) is %s", (value, text) => {
    expect(short(value)).toBe(text);
  });

  test("sizes and bytes read well", () => {
    expect([1000, 1e4, 1e6, 12_345, 20_000].map(sizeText)).toEqual(["1000", "1e4", "1e6", "12345", "2e4"]);
    expect([12, 2048, 3 * 2 ** 20, undefined].map(bytesText)).toEqual(["12 B", "2.00 KiB", "3.00 MiB", "-"]);
  });
});

suite("tables()", () => {
  test("of hidden Markov models have bytes of a step beside the least, and a table of their own", () => {
    const hmm: Partial<Cell> = {
      model: "hmm",
      K: 4,
      m: 1,
      check: { probs: 2e-7, logLikelihood: 0, passed: true },
      work: {
        plan: "",
        chunk: 1,
        leaves: 1,
        blocks: 1,
        dispatches: 3,
        uploadBytes: 0,
        readbackBytes: 0,
        touchedBytes: 38e5,
        flops: 1,
        leastBytes: 24e5,
      },
    };
    const text = tables([timed("parallel", 10, hmm), timed("cpu", 5, { model: "hmm", K: 4 })], false);
    expect(text).toContain("hidden Markov filter, K = 4");
    expect(text).toMatch(/ 38\.0 +24\.0 +2e-7 0/);
    expect(text).toMatch(/CPU f64 /);
    expect(text).toMatch(/faster, hidden Markov .*\n.*\n.*\nfilter +4 +1e5 +1 +- +0\.500x/);
    expect(text).not.toContain("GPU refined");
  });

  test("of recurrences have updates, and what failed says why", () => {
    const own: Partial<Cell> = {
      model: "recurrence",
      task: "evaluate",
      system: "mean-field",
      gain: 1.6,
      check: { states: 2e-6, passed: true },
    };
    const failed: Cell = {
      ...timed("quasi", 1, own),
      outcome: "check failed",
      phases: undefined,
      check: undefined,
      note: "not converged in 200 updates",
    };
    const cells = [timed("newton", 2, { ...own, updates: 4 }), failed, timed("cpu", 8, own)];
    const text = tables(cells, false);
    expect(text).toContain("mean-field, n = 4, gain 1.6");
    expect(text).toMatch(/GPU Newton .* 4 +2e-6/);
    expect(text).toMatch(/GPU quasi-Newton .*FAILED, not timed: not converged in 200 updates/);
    expect(text).toMatch(/GPU Newton +- +4\.00x/);
    expect(text).not.toContain("GPU parallel is");
  });

  test("say how many times faster parallel is, and slower when it is", () => {
    const text = tables([timed("parallel", 10), timed("sequential", 100), timed("cpu", 5)], false);
    expect(text).toContain("filter, n = 4, m = 2");
    expect(text).toContain("10.0x");
    expect(text).toContain("0.500x");
  });

  test("a cell that failed its check has no times", () => {
    const failed = { ...timed("parallel", 1), outcome: "check failed" as const, phases: undefined };
    const text = tables([{ ...failed, check: { ...PASSED, means: 0.5, passed: false } }], false);
    expect(text).toContain("FAILED, not timed: 5e-1");
    expect(text).not.toContain("times faster");
  });

  test("a skipped cell says why", () => {
    const skipped = {
      ...timed("sequential", 1),
      outcome: "skipped" as const,
      note: "too long",
      phases: undefined,
    };
    expect(tables([skipped], false)).toContain("skipped: too long");
  });
});

suite("headline()", () => {
  const machine = (software: boolean) => ({
    adapter: {
      name: "Some adapter",
      vendor: "v",
      architecture: "a",
      device: "",
      description: "",
      software,
    },
    timestamps: true,
    driver: "dawn" as const,
    versions: { statescan: "0.1.0" },
    host: { platform: "linux x64", cpu: "cpu", cores: 2 },
  });

  test("says in plain sight when the adapter is software", () => {
    expect(headline({ machine: machine(true), date: "today" })).toContain(SOFTWARE_WARNING);
    expect(headline({ machine: machine(false), date: "today" })).toMatch(/software {2}no/);
    expect(headline({ machine: machine(false), date: "today" })).not.toContain(SOFTWARE_WARNING);
  });
});

suite("bestChoices()", () => {
  test("takes the fastest per size and sets it against the planner's", () => {
    const cells = [
      timed("parallel", 5),
      timed("parallel", 3, { asked: { chunk: 32, leaves: 64 } }),
      timed("parallel", 4, { asked: { chunk: 64, leaves: 64 } }),
      timed("parallel", 9, { T: 1000, asked: { chunk: 8 } }),
      timed("parallel", 1, { T: 1000, outcome: "error", phases: undefined }),
    ];
    const [long, short] = bestChoices(cells);
    expect(long.best.asked).toEqual({ chunk: 32, leaves: 64 });
    expect(long.planned?.asked).toBeUndefined();
    expect(short).toMatchObject({ best: { T: 1000 }, planned: undefined });
  });
});
