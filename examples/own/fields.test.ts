/** Texts of the form as pieces with their places, and the numbers and covariances they stand for. */
import { expect, suite, test } from "vitest";
import { documentOf } from "./document.ts";
import { EXAMPLES } from "./examples.ts";
import { FieldError } from "./faults.ts";
import { readExpressions, readNamed, readRows } from "./fields.ts";
import { askedOf } from "./form.ts";
import { covarianceOf, parametersOf } from "./numbers.ts";

const placeOf = async (work: () => unknown): Promise<[line: number, column: number, length: number]> => {
  const error = await Promise.resolve()
    .then(work)
    .catch(e => e);
  expect(error).toBeInstanceOf(FieldError);
  const { line, column, length } = (error as FieldError).place;
  return [line, column, length];
};

suite("readExpressions()", () => {
  test("takes names out, leaves comparisons, comments and blanks", () => {
    const { entries, where } = readExpressions(
      "dynamics",
      "# f\n\n  a = dt*x0\n x0 == a ? 1 : 2\nx1 >= a ? a : 0",
    );
    expect(where.map(({ name, text, line, column }) => [name, text, line, column])).toEqual([
      ["a", "dt*x0", 3, 7],
    ]);
    expect(entries.map(({ text, line, column }) => [text, line, column])).toEqual([
      ["x0 == a ? 1 : 2", 4, 2],
      ["x1 >= a ? a : 0", 5, 1],
    ]);
  });

  test("refuses a name twice and a name without a value, at the place", async () => {
    expect(await placeOf(() => readExpressions("dynamics", "a = 1\na = 22"))).toEqual([2, 5, 2]);
    expect(await placeOf(() => readNamed("parameters", "g = 9\n dt ="))).toEqual([2, 2, 4]);
    expect(await placeOf(() => readNamed("parameters", "__proto__ = 1"))).toEqual([1, 1, 13]);
  });
});

suite("readRows()", () => {
  test("cuts at commas outside of brackets and knows every column", () => {
    const rows = readRows("process", " q , max(1, 2)\n[1, 2][1],3");
    expect(rows.map(row => row.map(({ text, line, column }) => [text, line, column]))).toEqual([
      [
        ["q", 1, 2],
        ["max(1, 2)", 1, 6],
      ],
      [
        ["[1, 2][1]", 2, 1],
        ["3", 2, 11],
      ],
    ]);
  });
});

suite("parametersOf()", () => {
  test("numbers may use those before; vectors and matrices by rows", async () => {
    const list = readNamed("parameters", "a = 2\nb = a^2/4 + pi\nv = [1, a]\nA = [1, 2; a, 4]");
    expect(await parametersOf(list)).toEqual({
      a: 2,
      b: 1 + Math.PI,
      v: [1, 2],
      A: [
        [1, 2],
        [2, 4],
      ],
    });
  });

  test("a fault inside a matrix is at its own column", async () => {
    expect(await placeOf(() => parametersOf(readNamed("parameters", "A = [1, 2;  zz, 4]")))).toEqual([
      1, 13, 2,
    ]);
    expect(await placeOf(() => parametersOf(readNamed("parameters", "a = 1/0")))).toEqual([1, 5, 3]);
  });
});

suite("covarianceOf()", () => {
  const of = (text: string, size?: number) =>
    covarianceOf("process", readRows("process", text), { q: 3 }, size);
  test("one line holds standard deviations, more are the matrix", async () => {
    expect(await of("q, 2", 2)).toEqual([
      [9, 0],
      [0, 4],
    ]);
    expect(await of("q, 1\n1, q", 2)).toEqual([
      [3, 1],
      [1, 3],
    ]);
    expect(await of("q")).toEqual([[9]]);
  });
  test("refuses other shapes as a whole and a negative deviation at its place", async () => {
    expect(await placeOf(() => of("1, 2, 3", 2))).toEqual([0, 1, 1]);
    expect(await placeOf(() => of("1, 2\n3", 2))).toEqual([0, 1, 1]);
    expect(await placeOf(() => of("", 1))).toEqual([0, 1, 1]);
    expect(await placeOf(() => of("1,  -q", 2))).toEqual([1, 5, 2]);
  });
});

suite("documentOf()", () => {
  test("makes a document of every model to begin with, variances on the diagonal", async () => {
    for (const values of Object.values(EXAMPLES))
      expect((await documentOf(askedOf(values).text)).document).toMatchObject({
        format: "statescan/model@1",
      });
    const { document } = await documentOf({
      ...askedOf(EXAMPLES.pendulum).text,
      family: "variance",
      emission: "angle\nspeed",
      variance: "v = angle^2\n1 + v\n2",
    });
    expect(document).toMatchObject({
      type: "generalized-gaussian",
      emissions: { mean: ["angle", "speed"], covariance: ["1 + v", "0", "0", "2"], where: { v: "angle^2" } },
    });
  });
});
