/** The built command: initial states in words, and what log-likelihoods count. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { type BuiltCommand, builtCommand } from "./testing/built_command.ts";
import { localLevel } from "./testing/local_level.ts";

let command: BuiltCommand;
beforeAll(async () => {
  command = await builtCommand();
}, 120_000);
afterAll(() => command.remove());

const model = (change: object = {}) =>
  command.file("model.json", JSON.stringify(localLevel({ initial: "diffuse", ...change })));
const NILE = {
  dynamics: { weights: [[1]], covariance: [[1469.1]] },
  emissions: { weights: [[1]], covariance: [[15099]] },
};
const FLOWS = ["--data", "examples/nile/nile.csv"];

suite("statescan with a diffuse start", () => {
  test("loglik counts as --likelihood and --burn-in say", async () => {
    const value = async (
      ...args: string[]
    ): Promise<{ marginalLogLikelihood: number; diffuseSteps: number }> => {
      const { code, out, err } = await command.run(["loglik", "--model", model(NILE), ...FLOWS, ...args]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      return JSON.parse(out);
    };
    const exact = await value();
    expect(exact.marginalLogLikelihood).toBeCloseTo(-633.464563649, 8);
    expect(exact.diffuseSteps).toBe(1);
    const constant = 0.5 * Math.log(2 * Math.PI);
    const omitted = await value("--likelihood", "diffuseOmitted");
    expect(omitted.marginalLogLikelihood).toBeCloseTo(-633.464563649 + constant, 8);
    const burnt = await value("--likelihood", "burn");
    expect(burnt.marginalLogLikelihood).toBeCloseTo(-633.464563649 + constant, 8);
    expect((await value("--likelihood", "burn", "--burn-in", "100")).marginalLogLikelihood).toBe(0);
  });

  test("infinite variances are written: 1e999 in JSON, Infinity in csv", async () => {
    const args = ["filter", "--model", model(NILE), ...FLOWS, "--fields", "predictedCovariances"];
    const { out } = await command.run(args);
    expect(out).toContain("[[1e999]]");
    expect(JSON.parse(out).predictedCovariances[0]).toEqual([[Number.POSITIVE_INFINITY]]);
    const csv = join(command.folder, "out.csv");
    expect((await command.run([...args, "--out", csv])).code).toBe(0);
    expect(readFileSync(csv, "utf8").split("\n")[1]).toBe("0,Infinity");
  });

  test("what the data never tell about is exit 4 with the state, exit 5 in a batch", async () => {
    const blind = model({ emissions: { weights: [[0]], covariance: [[1]] } });
    const alone = await command.run(["smooth", "--model", blind, ...FLOWS]);
    expect(alone.code).toBe(4);
    expect(alone.err).toContain(
      "smooth: result expected status ok, got unidentified. The data never tell about the diffuse state 0: observe it",
    );
    const data = command.file("batch.json", "[[[1],[2]],[[null],[null]]]");
    const batch = await command.run(["smooth", "--model", model(), "--data", data]);
    expect(batch.code).toBe(5);
    expect(batch.err).toContain("1 of 2 series failed: 1 (unidentified).");
    expect(JSON.parse(batch.out).diffuseSteps).toEqual([1, 2]);
  });

  test("mistakes are exit 2 in the words of the command", async () => {
    const refused = async (text: string, file: string, ...args: string[]): Promise<void> => {
      const { code, err } = await command.run(["loglik", "--model", file, ...FLOWS, ...args]);
      expect(err).toContain(text);
      expect(code).toBe(2);
    };
    await refused(
      "--burn-in expected only with --likelihood burn, got it with exact",
      model(),
      "--burn-in",
      "2",
    );
    await refused("--burn-in expected a whole number", model(), "--likelihood", "burn", "--burn-in", "x");
    const known = model({ initial: { mean: [0], covariance: [[1]] } });
    await refused(
      "loglik: --burn-in expected a number of steps, as the start",
      known,
      "--likelihood",
      "burn",
    );
    await refused('expected "stationary", "diffuse" or an object', model({ initial: "flat" }));
    await refused("expected a spectral radius below 1", model({ initial: "stationary" }));
  });
});
