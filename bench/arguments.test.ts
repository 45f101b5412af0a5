import { expect, suite, test } from "vitest";
import { HELP, parseArguments } from "./arguments.ts";
import { LINEAR_GAUSSIAN_METHODS } from "./cell.ts";

suite("parseArguments()", () => {
  test("without arguments: one long series at every size, then many short ones", () => {
    const options = parseArguments([]);
    expect(options).toMatchObject({ driver: "chrome", gpu: "auto", repeat: 7, budget: 20, sweep: false });
    expect(options.tasks).toEqual(["filter", "smoother"]);
    expect(options.methods).toEqual(LINEAR_GAUSSIAN_METHODS);
    expect(options.grids).toEqual([
      { n: [1, 2, 4, 8], T: [1e3, 1e4, 1e5, 1e6], series: [1] },
      { n: [4], T: [100], series: [1, 100, 10_000] },
    ]);
  });

  test("reads lists, exponents and both ways of giving a value", () => {
    const options = parseArguments(["--n", "4", "--T=1e4,100000", "--task", "smoother", "--chunk", "8,16"]);
    expect(options.grids).toEqual([{ n: [4], T: [1e4, 1e5], series: [1] }]);
    expect(options.tasks).toEqual(["smoother"]);
    expect(options.chunks).toEqual([8, 16]);
    expect(options.leaves).toEqual([]);
  });

  test("without arguments: also one corner of hidden Markov models", () => {
    expect(parseArguments([]).hmm).toEqual({
      tasks: ["filter", "smoother", "decode"],
      methods: ["parallel", "sequential", "cpu"],
      grids: [{ K: [4], T: [1e5], series: [1] }],
    });
    expect(parseArguments(["--n", "4"]).hmm.grids).toEqual([]);
    expect(parseArguments(["--sweep"]).hmm.grids).toEqual([]);
  });

  test("hidden Markov models alone, by name or by their states", () => {
    const options = parseArguments("--model hmm --K 4 --T 1e5,1e6 --task smoother,decode".split(" "));
    expect(options.grids).toEqual([]);
    expect(options.hmm).toMatchObject({
      tasks: ["smoother", "decode"],
      grids: [{ K: [4], T: [1e5, 1e6], series: [1] }],
    });
    expect(parseArguments(["--K", "8", "--method", "cpu"])).toMatchObject({
      grids: [],
      hmm: { methods: ["cpu"], grids: [{ K: [8], T: [1e5], series: [1] }] },
    });
    const both = parseArguments("--model linear-gaussian,hmm --T 1e4".split(" "));
    expect([both.grids.length, both.hmm.grids.length]).toEqual([1, 1]);
  });

  test("recurrences alone, by name or by their systems", () => {
    expect(parseArguments([]).recurrence).toEqual({
      systems: ["gru", "mean-field", "observer"],
      gain: 0.9,
      methods: ["newton", "quasi", "sequential", "cpu"],
      grids: [{ n: [16], T: [1e4], series: [1] }],
    });
    expect(parseArguments("--system gru --n 2,8 --T 1e3 --method newton,cpu".split(" "))).toMatchObject({
      grids: [],
      methods: ["cpu"],
      hmm: { grids: [] },
      recurrence: { systems: ["gru"], methods: ["newton", "cpu"], grids: [{ n: [2, 8], T: [1000] }] },
    });
    expect(parseArguments(["--n", "4"]).recurrence.grids).toEqual([]);
  });

  test("many series are short unless their length is given", () => {
    expect(parseArguments(["--series", "1,1000"]).grids[0].T).toEqual([100]);
    expect(parseArguments(["--series", "2", "--T", "500"]).grids[0].T).toEqual([500]);
  });

  test("a sweep tries chunk lengths and leaves of the parallel method alone", () => {
    const options = parseArguments(["--sweep", "--leaves", "64"]);
    expect(options.methods).toEqual(["parallel"]);
    expect(options.chunks.length).toBeGreaterThan(3);
    expect(options.leaves).toEqual([64]);
  });

  test("the last of two equal options wins", () => {
    expect(parseArguments(["--gpu", "hardware", "--gpu", "auto"]).gpu).toBe("auto");
  });

  test.each([
    [["--colour", "red"], "an option expected, got --colour"],
    [["4"], "an option expected, got 4"],
    [["--n"], "--n expected a value, got none"],
    [["--n", "0"], "--n expected whole numbers from 1, got 0"],
    [["--T", "1e3,,1e4"], "--T expected whole numbers from 1, got nothing"],
    [["--T", "1.5"], "--T expected whole numbers"],
    [["--task", "filter,decode"], "--task expected filter, smoother, got decode"],
    [["--model", "hmm", "--task", "sample"], "--task expected filter, smoother, decode, got sample"],
    [["--model", "markov"], "--model expected linear-gaussian, hmm, recurrence, got markov"],
    [
      ["--model", "hmm", "--n", "4"],
      "--n expected with --model linear-gaussian or recurrence, got hmm. Use --K.",
    ],
    [
      ["--model", "linear-gaussian", "--K", "4"],
      "--K expected with --model hmm, got linear-gaussian. Use --n.",
    ],
    [["--K", "4", "--sweep"], "--sweep expected with --model linear-gaussian, got hmm. Use --chunk."],
    [
      ["--K", "4", "--method", "refined"],
      "--method expected parallel, sequential, cpu with --model hmm, got refined",
    ],
    [["--system", "lstm"], "--system expected gru, mean-field, observer, got lstm"],
    [["--gain", "-1"], "--gain expected a number above 0, got -1"],
    [
      ["--model", "hmm", "--gain", "1"],
      "--gain expected with --model recurrence, got hmm. Use --model recurrence.",
    ],
    [
      ["--system", "gru", "--method", "refined"],
      "--method expected newton, quasi, sequential, cpu with --model recurrence, got refined",
    ],
    [["--driver", "deno"], "--driver expected chrome, dawn, got deno"],
    [["--budget", "-1"], "--budget expected a number above 0, got -1"],
  ])("refuses %j with the fix", (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });

  test("the help names every option that is read", () => {
    for (const name of "driver gpu adapter model task method n K T series chunk leaves sweep outputs repeat budget limit seed json table".split(
      " ",
    ))
      expect(HELP).toContain(`--${name}`);
  });
});
