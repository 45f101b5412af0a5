import { expect, suite, test } from "vitest";
import { parseArguments } from "./arguments.ts";
import { COMMANDS } from "./command_table.ts";
import { UsageError } from "./exit_codes.ts";
import { commandHelp, generalHelp } from "./help.ts";

suite("parseArguments()", () => {
  test("gives options and the default of every choice", () => {
    const { command, options } = parseArguments(["smooth", "-m", "m.json", "--data=a.csv", "--data", "-"]);
    expect(command).toBe("smooth");
    expect(options).toMatchObject({
      model: "m.json",
      data: ["a.csv", "-"],
      backend: "auto",
      gpu: "auto",
      method: "auto",
      form: "auto",
      covariances: "full",
      progress: "auto",
    });
  });

  test.each([
    [[], /command expected .* got none/],
    [["smoth"], /got "smoth"\. Did you mean "smooth"\?/],
    [["smooth", "--modle", "x"], /got "--modle"\. Did you mean "--model"\?/],
    [["smooth", "--zzzzzzzz"], /got "--zzzzzzzz"\. See statescan help smooth\./],
    [["smooth", "-x"], /got "-x"/],
    [["smooth", "data.csv"], /expected options only, got "data\.csv"/],
    [["smooth", "--model"], /--model expected F\.json, got nothing/],
    [["smooth", "--model", "--data", "x"], /--model expected F\.json, got nothing/],
    [["smooth", "--backend", "gpu"], /--backend expected auto, webgpu or cpu, got "gpu"/],
    [["smooth", "--method", "paralel"], /Did you mean "parallel"\?/],
    [["smooth", "--smoother", "twofilter"], /--smoother expected auto, rts or twoFilter, got "twofilter"/],
    [
      ["decode", "--smoother", "rts"],
      /decode: option expected one of its options, got "--smoother", which decode does not take \(smooth and decompose do\)\. Leave/,
    ],
    [["smooth", "--samples", "3"], /got "--samples", which smooth does not take \(sample and simulate do\)/],
    [["decode", "--qqqqqq", "3"], /got "--qqqqqq"\. See statescan help decode\./],
    [["smooth", "--model", "a", "--model", "b"], /--model expected once, got it twice/],
    [["info", "--json=yes"], /--json expected no value/],
    [["info", "--data", "x"], /info: option expected one of its options, got "--data"/],
  ])("refuses %j", (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(UsageError);
    expect(() => parseArguments(argv)).toThrow(message);
  });

  test("takes numbers below 0 for values, not for options", () => {
    const { options } = parseArguments(["simulate", "--seed", "-1", "--initial-state", "-.5,2"]);
    expect(options).toMatchObject({ seed: "-1", "initial-state": "-.5,2" });
  });

  test("knows help and version", () => {
    expect(parseArguments(["--help"])).toMatchObject({ command: "", help: true });
    expect(parseArguments(["--version"])).toMatchObject({ version: true });
    expect(parseArguments(["filter", "-h"])).toMatchObject({ command: "filter", help: true });
    expect(parseArguments(["help", "filter"])).toMatchObject({ command: "help", rest: ["filter"] });
  });
});

suite("help", () => {
  test("names every command, every option and every exit code", () => {
    for (const command of Object.keys(COMMANDS)) {
      expect(generalHelp()).toContain(`  ${command}`);
      for (const option of Object.keys(COMMANDS[command]))
        expect(commandHelp(command)).toContain(`--${option}`);
    }
    for (const code of ["0 done", "2 bad", "3 no", "4 num", "5 some", "130 inter"]) {
      expect(generalHelp()).toContain(code);
    }
  });
  test("fits a terminal of 120 columns", () => {
    for (const command of Object.keys(COMMANDS)) {
      for (const line of commandHelp(command).split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    }
  });
});
