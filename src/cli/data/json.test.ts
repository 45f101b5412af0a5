import { expect, suite, test } from "vitest";
import { DataError, ParameterError } from "../../api/index.ts";
import { readJson } from "./json.ts";

const source = { call: "smooth", option: "--data", path: "a.json" };
const read = (value: unknown, options = {}) =>
  readJson(typeof value === "string" ? value : JSON.stringify(value), source, options);

suite("readJson()", () => {
  test("reads [T], [T, m] and lists of [T_i, m]; null is missing", () => {
    expect(read([1, null, 3])).toMatchObject({ columns: ["0"], batched: false });
    expect(Array.from(read([1, null, 3]).series[0].data)).toEqual([1, NaN, 3]);
    expect(
      Array.from(
        read([
          [1, 2],
          [3, null],
        ]).series[0].data,
      ),
    ).toEqual([1, 2, 3, NaN]);
    const batch = read([[[1], [2]], [[3]]]);
    expect(batch.batched).toBe(true);
    expect(batch.series.map(({ numRows }) => numRows)).toEqual([2, 1]);
  });

  test("reads observations with inputs", () => {
    const table = read({
      observations: [[1], [2]],
      inputs: [
        [0, 1],
        [1, 0],
      ],
    });
    expect(table.columns).toEqual(["0"]);
    expect(table.inputs?.columns).toEqual(["0", "1"]);
    expect(Array.from(table.inputs?.series[0].data ?? [])).toEqual([0, 1, 1, 0]);
  });

  test("uses chosen columns", () => {
    expect(
      Array.from(
        read(
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          { columns: ["2", "0"] },
        ).series[0].data,
      ),
    ).toEqual([3, 1, 6, 4]);
    expect(() => read([[1]], { columns: ["y"] })).toThrow(ParameterError);
    expect(() => read([[1]], { series: "id" })).toThrow(/--series expected csv or tsv data/);
  });

  test.each([
    ["text that is no JSON", "[1, 2", /expected JSON, got text that is not/],
    ["an empty file", " ", /got an empty file/],
    ["no rows", [], /expected at least one row, got none/],
    ["a series without rows", [[[1]], []], /\[1\] expected at least one row/],
    ["rows without numbers", [[]], /expected at least one number/],
    ["ragged rows", [[1, 2], [3]], /\[1\] expected 2 numbers, got 1/],
    ["text for a number", [[1], ["x"]], /\[1\]\[0\] expected a finite number or null, got "x"/],
    ["a number beyond float64", "[1, 1e999]", /\[1\] expected a finite number or null, got Infinity/],
    ["an object without observations", { data: [1] }, /expected an array or \{"observations"/],
    [
      "an unknown key",
      { observations: [1], input: [1] },
      /expected the keys observations and inputs, got "input"/,
    ],
    ["a number alone", 3, /got 3/],
    [
      "series of different width",
      [[[1]], [[1, 2]]],
      /\[1\] expected 1 numbers a row as in the first series, got 2/,
    ],
  ])("refuses %s", (_, value, message) => {
    expect(() => read(value)).toThrow(DataError);
    expect(() => read(value)).toThrow(message);
  });
});
