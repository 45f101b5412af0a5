import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, suite, test } from "vitest";
import { readData } from "./read_data.ts";

const folder = mkdtempSync(join(tmpdir(), "read-data-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const read = (paths: readonly string[], columns?: string[]) =>
  readData("smooth", "--data", paths, { columns });

suite("readData() with several files", () => {
  test("refuses the same columns in another order, unless they are chosen by name", async () => {
    const paths = [file("ab.csv", "a,b\n1,2\n"), file("ba.csv", "b,a\n4,3\n")];
    await expect(read(paths)).rejects.toThrow(
      /^smooth: --data .+ba\.csv expected the columns in the order of .+ab\.csv \(a, b\), got b, a\. .+/,
    );
    const { series } = await read(paths, ["a", "b"]);
    expect(series.map(({ data }) => [...data])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("takes files whose columns have other names", async () => {
    const { series } = await read([file("p.csv", "p\n1\n"), file("q.csv", "q\n2\n")]);
    expect(series.map(({ name }) => name)).toEqual(["p", "q"]);
  });

  test("keeps the inputs of JSON files, in all files or in none", async () => {
    const one = file("one.json", '{"observations": [1], "inputs": [5]}');
    const two = file("two.json", '{"observations": [1, 2], "inputs": [6, 7]}');
    const { inputs } = await read([one, two]);
    expect(inputs?.series.map(({ data }) => [...data])).toEqual([[5], [6, 7]]);
    await expect(read([one, file("three.json", "[1]")])).rejects.toThrow(
      /three\.json expected inputs as in the other files, got none/,
    );
  });
});
