/** What the built command says of bad input to evaluate and lyapunov: one line, exit 2, no number. */
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { type BuiltCommand, builtCommand } from "./testing/built_command.ts";
import { networkDocument, networkInputs, table } from "./testing/small_network.ts";

const T = 60;
const u = networkInputs(T);
let command: BuiltCommand;

beforeAll(async () => {
  command = await builtCommand();
}, 120_000);
afterAll(() => command.remove());

const file = (name: string, content: string) => command.file(name, content);
const NETWORK = () => [
  ...["--model", file("network.json", JSON.stringify(networkDocument))],
  ...["--data", file("u.csv", table(u))],
];

suite("bad input of evaluate and lyapunov", () => {
  const lorenz = ["--system", "lorenz", "--steps", "9"];
  const gap = () => ["--data", file("gap.csv", table(u.slice(0, 9)).replace(/^5,[^,]*/m, "5,"))];
  const model = () => NETWORK().slice(0, 2);
  const cases: readonly (readonly [string, () => string[], RegExp])[] = [
    [
      "a model of another type",
      () => ["evaluate", "--model", "examples/nile/model.json", "--steps", "3"],
      /--model \S+: type expected "recurrence", got "linear-gaussian"\./,
    ],
    [
      "no model",
      () => ["evaluate", "--steps", "3"],
      /--model expected a file, or --system a name.*got nothing/,
    ],
    [
      "two models",
      () => ["evaluate", ...model(), ...lorenz],
      /got --system lorenz too\. Give one of the two\./,
    ],
    [
      "no steps",
      () => ["evaluate", "--system", "lorenz"],
      /--steps expected a whole number.*takes no inputs/,
    ],
    ["no data", () => ["evaluate", ...model()], /--data expected a file, as the model takes 2 inputs a step/],
    ["steps beside inputs", () => ["evaluate", ...NETWORK(), "--steps", "3"], /--steps expected nothing/],
    ["no steps at all", () => ["evaluate", "--system", "lorenz", "--steps", "0"], /≥ 1, got "0"/],
    ["data without inputs", () => ["evaluate", ...lorenz, "--data", "u.csv"], /--data expected nothing/],
    [
      "a series column of nothing",
      () => ["lyapunov", ...lorenz, "--series", "a"],
      /--series expected nothing without/,
    ],
    [
      "too few columns",
      () => ["evaluate", ...NETWORK(), "--columns", "u0"],
      /--data expected 2 columns, one for every input of the model, got 1 \(u0\)\. Choose/,
    ],
    [
      "a missing input",
      () => ["evaluate", ...model(), ...gap()],
      /--data expected a number in every cell, got none in column u0, step 5\. An input/,
    ],
    [
      "no rows",
      () => ["evaluate", ...model(), "--data", file("no.csv", "a,b\n")],
      /expected at least one row/,
    ],
    [
      "no tolerance",
      () => ["evaluate", ...lorenz, "--tolerance", "0"],
      /--tolerance expected a finite number above 0, got 0/,
    ],
    [
      "a method",
      () => ["evaluate", ...lorenz, "--method", "newtn"],
      /--method expected .*Did you mean "newton"\?/,
    ],
    [
      "a method of the library",
      () => ["evaluate", ...lorenz, "--method", "quasiElk"],
      /Did you mean "quasi-elk"\?/,
    ],
    [
      "a system",
      () => ["evaluate", "--system", "lorentz", "--steps", "3"],
      /evaluate: --system expected .*Did you mean "lorenz"\?/,
    ],
    [
      "a guess",
      () => ["evaluate", ...lorenz, "--guess", "zeroes"],
      /--guess expected .*Did you mean "zeros"\?/,
    ],
    [
      "a guess of another shape",
      () => ["evaluate", ...lorenz, "--guess", file("g.csv", "1,2,3\n4,5,6\n")],
      /--guess \S+g\.csv expected states \[9, 3\], got \[2, 3\]\./,
    ],
    [
      "a guess with a gap",
      () => ["evaluate", "--system", "lorenz", "--steps", "2", "--guess", file("h.csv", "1,2,3\n4,,6\n")],
      /expected a number for every state, got none at step 1\./,
    ],
    [
      "a guess of other series",
      () => [
        ...["evaluate", ...NETWORK(), ...["--data", file("u2.csv", table(u))]],
        ...["--guess", file("i.csv", `series,t,a,b\n${"u,1,1,1\n".repeat(T)}${"w,1,1,1\n".repeat(T)}`)],
      ],
      /got none of "u2" \(only u, w\)/,
    ],
    [
      "a state",
      () => ["evaluate", ...lorenz, "--initial-state", "1,2"],
      /--initial-state expected \[3\].*got \[2\]/,
    ],
    ["a bound", () => ["evaluate", ...lorenz, "--clip", "1,2,3"], /--clip expected .*got 3 numbers/],
    [
      "blocks",
      () => ["evaluate", ...lorenz, "--method", "block-quasi"],
      /--blocks expected a divisor of the 3 states, got nothing, which means 2/,
    ],
    [
      "updates",
      () => ["evaluate", ...lorenz, "--max-iterations", "0"],
      /--max-iterations expected a whole number ≥ 1/,
    ],
    [
      "a descent on a GPU",
      () => ["evaluate", ...lorenz, "--method", "gradient", "--backend", "webgpu"],
      /--method expected one that runs on a GPU/,
    ],
    ["fields", () => ["evaluate", ...lorenz, "--fields", "state"], /Did you mean "states"\?/],
    [
      "steps to leave out",
      () => ["lyapunov", ...lorenz, "--discard", "9"],
      /--discard expected fewer than the 9 steps, got 9/,
    ],
    [
      "time of a map",
      () => ["lyapunov", "--system", "henon", "--steps", "9", "--fields", "exponentsPerTime"],
      /Add "dt" to the document/,
    ],
    [
      "another command",
      () => ["smooth", ...NETWORK()],
      /--model expected a model of observations, got a recurrence/,
    ],
    [
      "an initial state that is nowhere",
      () => [
        "evaluate",
        "--model",
        file(
          "z.json",
          JSON.stringify({ format: "statescan/model@1", type: "recurrence", expressions: ["x0"] }),
        ),
        "--steps",
        "2",
      ],
      /Give it with --initial-state/,
    ],
  ];
  test.each(cases)("%s", async (_, args, message) => {
    const { code, out: text, err } = await command.run(args());
    expect(err).toMatch(message);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect({ code, text }).toEqual({ code: 2, text: "" });
  });
});
