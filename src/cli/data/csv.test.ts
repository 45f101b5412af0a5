import { expect, suite, test } from "vitest";
import { DataError, ParameterError } from "../../api/index.ts";
import { readCsv } from "./csv.ts";

const source = { call: "smooth", option: "--data", path: "a.csv" };
const read = (text: string, options = {}, delimiter = ",") => readCsv(text, delimiter, source, options);
const rows = (text: string, options = {}) => Array.from(read(text, options).series[0].data);

suite("readCsv()", () => {
  test("reads numbers with and without a header", () => {
    expect(read("a,b\n1,2\n3,4\n")).toMatchObject({ columns: ["a", "b"], batched: false });
    expect(rows("a,b\n1,2\n3,4\n")).toEqual([1, 2, 3, 4]);
    expect(read("1,2\n3,4").columns).toEqual(["0", "1"]);
    expect(rows("1,2\n3,4")).toEqual([1, 2, 3, 4]);
    expect(rows("a\n-1.5e3\n+.5\n7.\n")).toEqual([-1500, 0.5, 7]);
  });

  test("takes empty cells, NA, NaN and null as missing", () => {
    expect(rows("a,b\n1,\nNA,NaN\nnull, 2 \n")).toEqual([1, NaN, NaN, NaN, NaN, 2]);
  });

  test("takes an empty line of a single column as missing, but not the end of the file", () => {
    expect(rows("a\n1\n\n3\n\n")).toEqual([1, NaN, 3]);
  });

  test("reads tabs, quotes, a byte order mark and Windows line ends", () => {
    expect(Array.from(read("a\tb\n1\t2\n", {}, "\t").series[0].data)).toEqual([1, 2]);
    expect(read('\uFEFF"a, b",c\r\n"1",2\r\n').columns).toEqual(["a, b", "c"]);
  });

  test("leaves out columns that count time, silently, and text columns, with a note", () => {
    const table = read("Date,year,flow,kind\n2012-01-01,1,5,x\n2012-01-02,2,6,y\n");
    expect(table.columns).toEqual(["flow"]);
    expect(table.notes).toEqual(['column "kind" holds text and is left out']);
  });

  test("uses chosen columns in the order given, by name or number", () => {
    expect(rows("year,a,b\n1,2,3\n", { columns: ["b", "0"] })).toEqual([3, 1]);
  });

  test("splits rows by the series column, in order of appearance", () => {
    const table = read("id,y\nb,1\na,2\nb,3\n", { series: "id" });
    expect(table.batched).toBe(true);
    expect(table.series.map(({ name, data }) => [name, Array.from(data)])).toEqual([
      ["b", [1, 3]],
      ["a", [2]],
    ]);
  });

  test.each([
    ["text in a numeric column", "a\n1\nx\n", {}, /a\.csv, line 3, column "a" expected a number, got "x"/],
    [
      "text in a chosen column",
      "a,b\n1,u\n2,v\n",
      { columns: ["b"] },
      /line 2, column "b" expected a number, got "u"/,
    ],
    ["infinity", "a\n1\n-inf\n", {}, /line 3, column "a" expected a finite number, got "-inf"/],
    ["a number beyond float64", "a\n1e999\n", {}, /expected a finite number, got "1e999"/],
    ["a short row", "a,b\n1,2\n3\n", {}, /line 3 expected 2 cells, got 1/],
    ["a long row", "a,b\n1,2,3\n", {}, /line 2 expected 2 cells, got 3/],
    ["an empty file", "", {}, /expected rows of numbers, got an empty file/],
    ["blank lines only", "\n\n", {}, /got an empty file/],
    ["a header without rows", "a,b\n", {}, /expected at least one row, got a header and no rows/],
    ["no numeric column", "a,b\nx,y\n", {}, /expected a column of numbers, got none \(columns a, b\)/],
    ["an unclosed quote", 'a\n"1\n', {}, /expected closed quotes/],
    [
      "an unnamed series",
      "id,y\n,1\n",
      { series: "id" },
      /line 2, column "id" expected the name of a series/,
    ],
  ])("refuses %s", (_, text, options, message) => {
    expect(() => read(text, options)).toThrow(DataError);
    expect(() => read(text, options)).toThrow(message);
  });

  test("refuses unknown columns and names the nearest", () => {
    expect(() => read("flow\n1\n", { columns: ["flwo"] })).toThrow(ParameterError);
    expect(() => read("flow\n1\n", { columns: ["flwo"] })).toThrow(/Did you mean "flow"\?/);
    expect(() => read("flow\n1\n", { columns: ["3"] })).toThrow(
      /--columns expected a column of a\.csv \(flow\), got "3"/,
    );
    expect(() => read("y,y\n1,2\n", { columns: ["y"] })).toThrow(
      /--columns expected a column that a\.csv has once, got "y", which it has twice\. Use its number from 0: 0/,
    );
    expect(rows("y,y\n1,2\n", { columns: ["1"] })).toEqual([2]);
    expect(() => read("flow\n1\n", { series: "id" })).toThrow(/--series expected a column/);
  });

  test("leaves out the empty column that a comma at the end of every line makes, with a note", () => {
    const table = read("a,b,\n1,2,\n3,4,\n");
    expect(table.columns).toEqual(["a", "b"]);
    expect(table.notes).toEqual([
      "the last column has no name and no cells (every line ends with a delimiter) and is left out",
    ]);
    expect(read("1,2,\n3,4,\n").columns).toEqual(["0", "1"]);
    expect(read("1,2,\n3,4,\n", { columns: ["0", "2"] }).columns).toEqual(["0", "2"]);
    // A named column without values is data that are all missing; so is the only one.
    expect(read("a,b\n1,\n3,\n").columns).toEqual(["a", "b"]);
    expect(() => read("a,b\n1,2,\n")).toThrow(
      "smooth: --data a.csv, line 2 expected 2 cells, got 3. Remove the comma at the end of the line.",
    );
  });

  test.each(["a;b\n1;2\n3;4\n", "1;2\n3;4\n", "a;b\n1,5;2,5\n", "1,5;2\n1,5;2;3,5\n"])(
    "says what to do about semicolons: %j",
    text => {
      expect(() => read(text)).toThrow(
        /The cells seem to be separated by semicolons: separate them by commas, and write decimals with a point\.$/,
      );
    },
  );
});
