import { expect, suite, test } from "vitest";
import { parseDate, possibleOrders } from "./dates.ts";
import { peek } from "./peek.ts";
import { likelyPeriod } from "./period.ts";
import { readTable } from "./read_table.ts";
import { makeSeries } from "./series.ts";

const day = (text: string) => Date.parse(text) / 1000;

async function series(text: string, holes: "missing" | "ignore" = "missing") {
  const file = new Blob([text]);
  const found = await peek(file);
  return makeSeries(await readTable(file, found, { ...found, every: 1 }), holes);
}

suite("parseDate()", () => {
  test.each([
    ["2012-01-31", "ymd", "2012-01-31Z"],
    ["2012/1/3", "dmy", "2012-01-03Z"],
    ["31.1.2012", "mdy", "2012-01-31Z"],
    ["3/1/2012", "dmy", "2012-01-03Z"],
    ["3/1/2012", "mdy", "2012-03-01Z"],
    ["3-1-69", "dmy", "2069-01-03Z"],
    ["20120131", "ymd", "2012-01-31Z"],
    ["2012-02", "ymd", "2012-02-01Z"],
    ["2012", "ymd", "2012-01-01Z"],
    ["2012 Q3", "ymd", "2012-07-01Z"],
    ["5 Jan 2012", "ymd", "2012-01-05Z"],
    ["January 5, 2012", "ymd", "2012-01-05Z"],
    ["Jan-2012", "ymd", "2012-01-01Z"],
    ["2012-01-31T13:05", "ymd", "2012-01-31T13:05Z"],
    ["2012-01-31 13:05:09.5Z", "ymd", "2012-01-31T13:05:09.5Z"],
    ["2012-01-31T13:05:09+02:00", "ymd", "2012-01-31T11:05:09Z"],
    ["1/31/2012 1:05 PM", "mdy", "2012-01-31T13:05Z"],
    ["1/31/2012 12:05 am", "mdy", "2012-01-31T00:05Z"],
  ] as const)("reads %s in the order %s", (text, order, iso) => {
    expect(parseDate(text, order)).toBe(day(iso));
  });

  test.each([
    "2012-13-01",
    "31/12/2012x",
    "2011-02-29",
    "12.5",
    "high",
    "2012-01-01 25:00",
    "1/2",
    "May be 2012",
  ])("refuses %s", text => expect(parseDate(text, "mdy")).toBeNaN());

  test("knows which orders of day and month are possible", () => {
    expect(possibleOrders(["2012-01-02"])).toEqual(["ymd"]);
    expect(possibleOrders(["1/2/2012", "13/2/2012"])).toEqual(["dmy"]);
    expect(possibleOrders(["1/2/2012", "1/13/2012"])).toEqual(["mdy"]);
    expect(possibleOrders(["1/2/2012", "2/2/2012"])).toEqual(["mdy", "dmy"]);
  });
});

suite("makeSeries()", () => {
  test("counts days without a row as missing, and labels them and those ahead like the file", async () => {
    const found = await series("date,y\n2024-02-27,1\n2024-02-28,2\n2024-03-01,3\n");
    expect(Array.from(found.values[0]!)).toEqual([1, 2, NaN, 3]);
    expect([0, 2, 3, 4, 5].map(found.label)).toEqual([
      "2024-02-27",
      "2024-02-29",
      "2024-03-01",
      "2024-03-02",
      "2024-03-03",
    ]);
    expect(found.notes).toEqual(["One row every day; 1 step without a row, taken as missing values."]);
  });

  test("or ignores that time passed", async () => {
    const found = await series("date,y\n2024-02-27,1\n2024-02-28,2\n2024-03-01,3\n", "ignore");
    expect(found.numSteps).toBe(3);
    expect(found.notes[0]).toMatch(/1 step without a row, but rows are taken as equally spaced/);
  });

  test("knows months, ends of months, quarters and years", async () => {
    const months = await series("month,y\n2023-11,1\n2023-12,2\n2024-02,3\n");
    expect([months.numSteps, months.label(2), months.label(4)]).toEqual([4, "2024-01", "2024-03"]);
    const ends = await series("date,y\n2023-11-30,1\n2023-12-31,2\n2024-01-31,3\n");
    expect([ends.notes[0], ends.label(3)]).toEqual(["One row every month.", "2024-02-29"]);
    expect((await series("date,y\n2023-01-01,1\n2023-04-01,2\n2023-07-01,3\n")).notes).toEqual([
      "One row every 3 months.",
    ]);
    const years = await series("year,y\n1900,1\n1901,2\n1902,3\n");
    expect([years.dates, years.notes[0], years.label(3)]).toEqual([true, "One row every year.", "1903"]);
  });

  test("knows numbers, rounded as they may be", async () => {
    const found = await series("t,y\n0.083,1\n0.167,2\n0.25,3\n0.417,4\n");
    expect([found.numSteps, found.label(3)]).toEqual([5, "0.3335"]);
  });

  test("says where steps differ, where rows go back, and where times repeat", async () => {
    expect((await series("t,y\n1,1\n2.3,2\n5,3\n")).notes[0]).toMatch(
      /equally spaced, as the steps between them differ/,
    );
    const back = await series("year,y\n1902,3\n1901,2\n1900,1\n");
    expect([Array.from(back.values[0]!), back.label(0), back.notes[0]]).toEqual([
      [1, 2, 3],
      "1900",
      expect.stringMatching(/turned round/),
    ]);
    expect((await series("year,y\n1900,3\n1900,2\n1901,1\n")).notes[0]).toMatch(
      /In 1 row the time is that of the row above.*several series/,
    );
    expect((await series("year,y\n1900,3\n1905,2\n1901,1\n")).notes[0]).toMatch(
      /before that of the row above/,
    );
  });

  test("refuses what is too short to smooth", async () => {
    await expect(series("t,y\n1,2\n")).rejects.toThrow(/At least three rows expected, got 1/);
    await expect(series("t,y\n1,2\n2,\n3,\n4,\n")).rejects.toThrow(
      /Column “y”: at least three values expected, got 1/,
    );
  });
});

suite("likelyPeriod()", () => {
  const wave = (T: number, period: number) =>
    Float64Array.from({ length: T }, (_, t) => Math.sin((2 * Math.PI * t) / period) + 0.1 * Math.sin(t * t));
  test("asks the calendar first, then the data", () => {
    const guess = (T: number, period: number, step: Parameters<typeof likelyPeriod>[0]["step"]) =>
      likelyPeriod({ values: [wave(T, period)], step, numSteps: T, dates: step !== undefined });
    expect(guess(120, 12, { kind: "months", size: 1 })).toEqual({ period: 12, harmonics: 6 });
    expect(guess(40, 4, { kind: "months", size: 3 }).period).toBe(4);
    expect(guess(1461, 365.25, { kind: "seconds", size: 86400 }).period).toBe(365.25);
    expect(guess(1461, 7, { kind: "seconds", size: 86400 }).period).toBe(7);
    expect(guess(500, 24, { kind: "seconds", size: 3600 }).period).toBe(24);
    expect(guess(200, 9, undefined).period).toBe(9);
  });
});
