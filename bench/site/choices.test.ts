import { expect, suite, test } from "vitest";
import { parseArguments } from "../arguments.ts";
import { benchOptions, FIRST_LOOK, readChoices, withLengths } from "./choices.ts";

const VALUES = {
  model: "square-root",
  task: "smoother",
  n: "4",
  K: "3",
  T: "1e4, 1000;1e3",
  series: "2",
  methods: "parallel,cpu",
  repeat: "5",
  budget: "5",
};

suite("readChoices()", () => {
  test("reads a list of lengths in any order, each once", () => {
    expect(readChoices(VALUES)).toEqual({
      model: "square-root",
      task: "smoother",
      size: 4,
      T: [1000, 10_000],
      series: 2,
      kinds: ["parallel", "cpu"],
      repeat: 5,
      budget: 5,
    });
  });

  test.each([
    [{ T: "1e3, many" }, "Steps T: whole numbers from 1 expected, such as 1000, 1e4, got many."],
    [{ T: " " }, "Steps T: 1 to 12 numbers expected, got 0."],
    [{ T: "0.5" }, "got 0.5"],
    [{ n: "" }, "State dimension n: a whole number from 1 to 32 expected, got nothing."],
    [{ model: "hmm", K: "1" }, "States K: a whole number from 2 to 64 expected, got 1."],
    [{ model: "mean-field", gain: "9" }, "Gain g: a number from 0.1 to 4 expected, got 9."],
    [{ model: "gru", n: "129" }, "State dimension n: a whole number from 1 to 128 expected, got 129."],
    [{ methods: "" }, "Methods: at least one expected, got none."],
    [{ repeat: "1e9" }, "Repetitions"],
  ])("refuses %j", (change, message) => {
    expect(() => readChoices({ ...VALUES, ...change })).toThrow(message);
  });
});

suite("benchOptions()", () => {
  test("are those of the command with the same sizes, but for the driver", () => {
    const ours = benchOptions(readChoices(VALUES));
    const command = parseArguments(
      "--n 4 --T 1e3,1e4 --series 2 --task smoother --method parallel,cpu,cpu-every-step --repeat 5 --budget 5".split(
        " ",
      ),
    );
    const others = { hmm: undefined, recurrence: undefined };
    expect({ ...ours, ...others }).toEqual({ ...command, driver: "page", ...others });
    expect([ours.hmm.grids, ours.recurrence.grids]).toEqual([[], []]);
  });

  test("of a hidden Markov model leave the other models out", () => {
    const ours = benchOptions(readChoices({ ...VALUES, model: "hmm", task: "decode" }));
    expect(ours.grids).toEqual([]);
    expect(ours.hmm).toEqual({
      tasks: ["decode"],
      methods: ["parallel", "cpu"],
      grids: [{ K: [3], T: [1000, 10_000], series: [2] }],
    });
    expect(withLengths(ours, [1000]).hmm.grids[0].T).toEqual([1000]);
  });

  test("of a recurrence are those of the command too, with its gain", () => {
    const ours = benchOptions(
      readChoices({ ...VALUES, model: "mean-field", task: "evaluate", n: "100", gain: "1.1" }),
    );
    const command = parseArguments(
      "--system mean-field --gain 1.1 --n 100 --T 1e3,1e4 --series 2 --method newton,quasi,cpu".split(" "),
    );
    expect(ours.recurrence).toEqual(command.recurrence);
    expect([ours.grids, ours.hmm.grids]).toEqual([[], []]);
    expect(withLengths(ours, [1000]).recurrence.grids[0].T).toEqual([1000]);
  });

  test("of the first look show the host first", () => {
    expect(benchOptions(FIRST_LOOK).methods).toEqual(["cpu-time-invariant", "time-invariant"]);
  });
});
