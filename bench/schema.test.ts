import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, suite, test } from "vitest";
import { FORMAT, isBenchResult, resultFaults } from "./schema.ts";

const FOLDER = join(import.meta.dirname, "results");
const stored = readdirSync(FOLDER)
  .filter(name => name.endsWith(".json"))
  .map(name => [name, JSON.parse(readFileSync(join(FOLDER, name), "utf8"))] as const)
  .filter(([, { format }]) => format === FORMAT);

suite("resultFaults()", () => {
  test.each(stored)("finds none in %s", (_, value) => {
    expect(resultFaults(value)).toEqual([]);
  });

  test("names the place, what belongs there and what is there", () => {
    const value = structuredClone(stored[0][1]);
    value.date = "some day";
    value.cells[0].T = 1.5;
    value.cells[1].phases.total.median = "fast";
    value.machine.colour = "red";
    expect(resultFaults(value)).toEqual([
      'result.date expected a date, got "some day"',
      "result.machine.colour is not part of statescan/bench@1",
      "result.cells[0].T expected a whole number from 1, got 1.5",
      'result.cells[1].phases.total.median expected a number from 0, got "fast"',
    ]);
  });

  test.each([undefined, null, 3, [], {}, { format: "statescan/bench@2" }])("refuses %j", value => {
    expect(isBenchResult(value)).toBe(false);
  });
});
