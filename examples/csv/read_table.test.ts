import { expect, suite, test } from "vitest";
import { DataError, LimitError } from "../../src/api/index.ts";
import type { GivenDialect } from "./dialect.ts";
import { peek } from "./peek.ts";
import { type Choice, readTable } from "./read_table.ts";
import { makeSeries } from "./series.ts";

type Content = string | Uint8Array<ArrayBuffer>;
const blob = (content: Content) => new Blob([content]);

/** The columns that the page would choose, or others. */
async function read(
  content: Content,
  {
    given = {},
    memoryLimit,
    ...choice
  }: Partial<Choice> & { given?: GivenDialect; memoryLimit?: number } = {},
) {
  const file = blob(content);
  const found = await peek(file, given);
  const { time, values } = found;
  return readTable(file, found, { time, values, every: 1, ...choice }, { memoryLimit });
}
const numbers = async (content: Content, choice: Parameters<typeof read>[1] = {}) =>
  Array.from((await read(content, choice)).values[0]!);
const notes = async (content: Content) => makeSeries(await read(content), "missing").notes.join(" ");

suite("readTable()", () => {
  test("reads commas, semicolons, tabs and strokes alike", async () => {
    for (const separator of [",", ";", "\t", "|"])
      expect(await numbers(`t,y\n1,2\n2,3.5\n3,-4e1\n`.replaceAll(",", separator))).toEqual([2, 3.5, -40]);
  });

  test("takes decimal commas for what they are", async () => {
    expect(await numbers("t;y\n1;2,5\n2;3\n3;-0,25\n")).toEqual([2.5, 3, -0.25]);
    expect(await numbers('t,y\n1,"2,5"\n2,"3,25"\n')).toEqual([2.5, 3.25]);
    expect(await numbers("t;y\n1;2.5\n2;3\n")).toEqual([2.5, 3]);
  });

  test("reads byte order marks, UTF-16, Latin letters, CR and CR LF, and a file without a last line end", async () => {
    expect((await read("\uFEFFt,flow\r\n1,2\r\n2,3")).names).toEqual(["flow"]);
    const wide = Uint8Array.from([
      0xff,
      0xfe,
      ...[..."t,größe\n1,2\n2,3\n"].flatMap(c => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]),
    ]);
    const found = await read(wide);
    expect([found.names, Array.from(found.values[0]!)]).toEqual([["größe"], [2, 3]]);
    const latin = Uint8Array.from([..."t,größe\n1,2\n2,3\n"], c => c.charCodeAt(0));
    expect((await read(latin)).names).toEqual(["größe"]);
    expect(await numbers("t,y\r1,2\r2,3\r")).toEqual([2, 3]);
  });

  test("reads quotes with separators, line ends and quotes in them", async () => {
    const table = await read('t,"a, ""b""\nc",note\n1,"2","x\ny"\n2, "3" ,"z"\n');
    expect(table.names).toEqual(['a, "b"\nc']);
    expect(Array.from(table.values[0]!)).toEqual([2, 3]);
  });

  test("takes blank cells, NA and its kin as missing, and leaves blank lines out", async () => {
    expect(await numbers("t,y\n1,\n\n2,NA\n3,n/a\n4,null\n5, \n6,-\n7,8\n\n\n")).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
      NaN,
      NaN,
      8,
    ]);
    expect(await notes("t,y\n1,5\n\n2,4\n3,3\n")).toMatch(/every 1/);
    expect((await read("t,y\n1,5\n\n2,4\n3,3\n")).notes).toEqual(["1 blank line was left out."]);
    expect(await numbers("y\n1\n\n3\n\n")).toEqual([1, NaN, 3]);
  });

  test("does without a header, names columns twice named, and forgives separators at line ends", async () => {
    expect((await read("1,2\n2,3\n", { values: [1] })).names).toEqual(["column 2"]);
    const table = await read("t,y,y,\n1,2,3,\n2,3,4,\n", { values: [1, 2] });
    expect(table.names).toEqual(["y", "y (2)"]);
    expect((await peek(blob("t,y,y\n1,2,3\n"))).notes[0]).toMatch(/“y” heads several columns/);
    expect(await numbers("t,y\n1,2,\n2,3,\n")).toEqual([2, 3]);
    expect(
      await numbers("a,b\n1,2\n", { given: { header: false }, values: [1] }).catch(e => e.message),
    ).toMatch(/Line 1, column “column 2”.*“b”/);
  });

  test("reads numbers as Number() does", async () => {
    const texts = [
      "0.1",
      "-0.000123456789",
      "123456789.123456",
      "1e-5",
      "9007199254740993",
      "3.141592653589793238",
      "+7.",
      ".5",
      "-0",
    ];
    expect(await numbers(`y\n${texts.join("\n")}\n`)).toEqual(texts.map(Number));
  });

  test("keeps every k-th row, and the rows of one series", async () => {
    expect(await numbers("t,y\n1,2\n2,3\n3,4\n4,5\n", { every: 2 })).toEqual([2, 4]);
    const text = "id,t,y\na,1,2\nb,1,9\na,2,3\nb,2,8\n";
    const table = await read(text, { time: 1, values: [2], series: 0 });
    expect([table.seriesNames, Array.from(table.values[0]!)]).toEqual([
      ["a", "b"],
      [2, 3],
    ]);
    expect(await numbers(text, { time: 1, values: [2], series: 0, seriesName: "b" })).toEqual([9, 8]);
  });

  test("finds rows however the file is cut into pieces", async () => {
    // Rows of 37 bytes do not divide pieces of 4 MiB; a quoted cell and CR LF lie over the cuts too.
    const row = (i: number) =>
      `${String(i).padStart(10, "0")},"a ""b"" ${String(i % 1000).padStart(6, "0")}",${String(i % 997).padStart(8, "0")}\r\n`;
    const count = 300_000;
    const text = `n,text,y\r\n${Array.from({ length: count }, (_, i) => row(i)).join("")}`;
    const table = await read(text, { time: 0, values: [2] });
    expect(table.numRows).toBe(count);
    expect(table.values[0]!.every((value, i) => value === i % 997)).toBe(true);
    expect(table.labels!.get(count - 1)).toBe("0000299999");
  });

  test.each<[string, Content, RegExp]>([
    [
      "text in a numeric column",
      "t,y\n1,2\n2,high\n3,4\n",
      /^Line 3, column “y”: a number expected, got “high”/,
    ],
    ["a number with its unit", "t,y\n1,2\n2,3 m\n", /Line 3, column “y”.*“3 m”. Write the number alone/],
    [
      "thousands separators",
      't,y\n1,"1,234"\n2,"2,345,678.5"\n',
      /Line 2, column “y”.*“1,234”. It seems to have thousands/,
    ],
    [
      "the other decimal mark",
      "t;y\n1;2.5\n2;3.5\n3;4,5\n",
      /Line 4, column “y”.*behind a comma, choose that/,
    ],
    ["infinity", "t,y\n1,2\n2,inf\n", /Line 3, column “y”: a number expected, got “inf”/],
    [
      "a short row",
      "t,y,z\n1,2,3\n2,3\n",
      /^Line 3, column “z”: 3 cells expected, as in the first row, got 2/,
    ],
    ["a long row", "t,y\n1,2\n2,3,4\n", /^Line 3: 2 cells expected.*got 3.*behind column “y”/],
    ["a row behind a cell of several lines", 't,y,z\n1,2,"a\nb"\n2,x,c\n', /^Line 4, column “y”/],
    ["an open quote", 't,y\n1,2\n2,"3\n', /^Line 3, column 2: a closing quote expected/],
    ["text behind a quote", 't,y\n1,2\n2,"3"4\n', /^Line 3, column 2: the end of the cell expected/],
    ["an empty file", "", /Rows of text expected, got an empty file/],
    ["blank lines alone", "\n\n \n", /blank lines only/],
    ["a header alone", "t,y\n", /got a header and no rows/],
    ["no numbers at all", "a,b\nx,y\nz,w\n", /A column of numbers expected, got none/],
    [
      "a workbook",
      Uint8Array.from([80, 75, 3, 4, 20, 0, 6, 0]),
      /binary file. It looks like a zip archive or an Excel/,
    ],
    ["bytes", Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256), /got a binary file/],
    [
      "a date that is none",
      "date,y\n2024-01-31,1\n2024-02-31,2\n",
      /Line 3, column “date”: a date \(year, month, day\) expected.*“2024-02-31”/,
    ],
    ["no time of a row", "year,y\n2001,1\n,2\n", /Line 3, column “year”.*got an empty cell/],
  ])("refuses %s", async (_, content, message) => {
    const failed = await read(content).then(
      () => undefined,
      error => error,
    );
    expect(failed).toBeInstanceOf(DataError);
    expect(failed.message).toMatch(message);
  });

  test("refuses a line without end, and rows beyond its memory", async () => {
    await expect(read(`t,y\n1,2\n"${"x".repeat(3 << 20)}`)).rejects.toThrow(/1 MiB expected|closing quote/);
    await expect(read("x".repeat(1 << 19))).rejects.toThrow(/without the end of a line/);
    const long = `y\n${"1\n".repeat(200_000)}`;
    await expect(read(long, { memoryLimit: 1 << 20 })).rejects.toThrow(LimitError);
    await expect(read(long, { memoryLimit: 1 << 20 })).rejects.toThrow(/1 MiB: 65,536 rows/);
  });
});
