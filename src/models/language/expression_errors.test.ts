import { expect, suite, test } from "vitest";
import { ParameterError } from "../../engine/index.ts";
import { type ExpressionOptions, expressionFunction } from "./index.ts";

const PENDULUM = {
  g: 9.8,
  dt: 0.0125,
  A: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  v: [1, 2, 3],
};

async function refused(options: Partial<ExpressionOptions>): Promise<ParameterError & { place?: object }> {
  const given = { source: "dynamics.expressions", stateDim: 2, expressions: ["x0"], ...options };
  const error = await expressionFunction(given).catch(fault => fault);
  expect(error).toBeInstanceOf(ParameterError);
  return error;
}

/** expression, what the text holds, line, column, length */
const FAULTS: [string, string | RegExp, number, number, number][] = [
  [
    "x0 + dtt*x1",
    'expected one of the names x0, x1, x, t, g, dt, A, v, pi, tau, e, got "dtt" at column 6. Did you mean "dt"?',
    1,
    6,
    3,
  ],
  ["x0 + foobar", 'got "foobar" at column 6. Give it as a parameter.', 1, 6, 6],
  [
    "x0 + sinus(x1)",
    /expected one of the functions sin, .*, got "sinus" at column 6. Did you mean "sin"\?/,
    1,
    6,
    5,
  ],
  ["sin(x0, x1)", "expected 1 argument of sin, got 2 at column 1. Check the brackets.", 1, 1, 3],
  ["atan2(x0)", "expected 2 arguments of atan2, got 1", 1, 1, 5],
  ["x7 + 1", "expected x0 to x1, got x7 at column 1. The state has 2 entries.", 1, 1, 2],
  ["x0 + u0", "expected no u, got u0", 1, 6, 2],
  ["sum(x + v)", "expected shapes that agree, got a vector of 2 + a vector of 3 at column 5", 1, 5, 5],
  ["A*x", "columns of the first equal to rows of the second, got a 2 × 3 matrix * a vector of 2", 1, 1, 3],
  [
    "sum(A*A)",
    "got a 2 × 3 matrix * a 2 × 3 matrix at column 5. For entry by entry write .* instead.",
    1,
    5,
    3,
  ],
  ["x0/v", "expected a number to divide by, got a vector of 3", 1, 1, 4],
  ["sum(A^2)", "expected numbers around ^, got a 2 × 3 matrix", 1, 5, 3],
  ["x0 + 'text'", 'got the text "text"', 1, 7, 4],
  ["5 cm", 'got "cm" after a number, as a unit', 1, 3, 2],
  ["x0 + 2i", "got the complex unit i", 1, 7, 1],
  ["f(a) = a^2", "got the definition of a function, f(…) =", 1, 1, 1],
  ["sum(1:3)", "got a range with :", 1, 5, 1],
  ["{a: 1}", "got an object { }", 1, 2, 1],
  ["x.a", "got a property after a dot", 1, 3, 1],
  ["x0!", "got the operator !", 1, 1, 2],
  ["x0 & x1", "got the operator &", 1, 1, 2],
  ["5%", "got a percentage", 1, 1, 1],
  ["true", "got the value true", 1, 1, 4],
  ["1e999", "got the number Infinity", 1, 1, 5],
  ["x0 > 1", "expected a number, got a comparison at column 1. Choose by it: c ? 1 : 0.", 1, 1, 6],
  ["(x0 > 1) + 1", "expected a number in +, got a comparison", 1, 2, 6],
  ["x0 ? 1 : 2", "expected a comparison before ?, got a number", 1, 1, 2],
  ["x < 1 ? 1 : 2", "expected single numbers to compare, got a vector of 2", 1, 1, 5],
  ["x[0]", "expected an index from 1 to 2, got 0 at column 3. Indices count from 1, as in mathjs", 1, 3, 1],
  ["A[1]", "expected 2 indices, got 1 into a 2 × 3 matrix", 1, 1, 3],
  ["x[x0]", "got one that is not constant", 1, 3, 2],
  ["x(1)", "expected a function, got x, a vector of 2 at column 1. For an entry write x[…].", 1, 1, 1],
  ["g(x0)", "got g, a number at column 1. For a product write g*(…).", 1, 1, 1],
  [
    "x0 + sqrt(-1)",
    "expected a number from sqrt, got NaN at column 6. There are real numbers only.",
    1,
    6,
    4,
  ],
  ["sin + 1", 'expected a name, got the function "sin"', 1, 1, 3],
  ["x0 +", "expected an expression that can be read, got unexpected end of expression", 1, 5, 1],
  ["(x0 + 1", "got parenthesis ) expected", 1, 8, 1],
  ["x0 = 3", 'expected a new name before =, got "x0"', 1, 1, 2],
  [
    "[x, v]",
    "expected numbers, or rows of one length, between [ and ], got a vector of 2 and a vector of 3",
    1,
    2,
    4,
  ],
  ["norm(A)", "expected a vector, got a 2 × 3 matrix at column 1", 1, 1, 4],
  ["norm(x, 1)", "expected 1 argument of norm, got 2", 1, 1, 4],
  ["mod(x0)", "expected 2 arguments of mod, got 1", 1, 1, 3],
  ["x1 mod y9", 'got "y9" at column 8', 1, 8, 2],
  ["x5 = 1; x5", 'expected a new name before =, got "x5"', 1, 1, 2],
  ["cross(v, x)", "expected vectors of 3, got a vector of 2", 1, 1, 5],
  ["a = sin(x0)\nb = a + oops\nb", 'got "oops" at line 2, column 9', 2, 9, 4],
  ["# comment x9\nx9", "got x9 at line 2, column 1", 2, 1, 2],
  ["x", "expected a number, got a vector of 2 at column 1. Write one expression for every entry.", 1, 1, 1],
];

suite("expressionFunction() refuses, with the place,", () => {
  test.each(FAULTS)("%j", async (expression, text, line, column, length) => {
    const error = await refused({ expressions: [expression], outputDim: 1, parameters: PENDULUM });
    expect(error.message).toMatch(/^expressionFunction: dynamics\.expressions\[0\] expected /);
    if (typeof text === "string") expect(error.message).toContain(text);
    else expect(error.message).toMatch(text);
    expect(error.place).toEqual({ source: "dynamics.expressions[0]", line, column, length });
    const shown = expression.split("\n")[line - 1];
    const carets = " ".repeat(column - 1) + "^".repeat(length);
    expect(error.message.endsWith(`\n  ${shown}\n  ${carets}`)).toBe(true);
  });

  test("expressions that are empty, missing, of the wrong number or not texts", async () => {
    const message = async (options: Partial<ExpressionOptions>) => (await refused(options)).message;
    expect(await message({ expressions: ["  "] })).toBe(
      "expressionFunction: dynamics.expressions[0] expected an expression, got an empty text. Write what the value is, e.g. x0 + dt*x1.",
    );
    expect(await message({ expressions: ["# only a comment"] })).toContain("got an empty text");
    expect(await message({ expressions: [] })).toContain(
      "dynamics.expressions expected expressions, got none",
    );
    expect(await message({ expressions: ["x0", "x1", "1"], outputDim: 2 })).toContain(
      "dynamics.expressions expected 2 expressions, got 3",
    );
    expect(await message({ expressions: "x", outputDim: 3 })).toContain(
      "expected a vector of 3, got a vector of 2",
    );
    expect(await message({ expressions: ["x0", 3 as never] })).toContain(
      "dynamics.expressions[1] expected an expression as text, got 3",
    );
    expect(await message({ expressions: ["x0", "x"] })).toContain(
      "dynamics.expressions[1] expected a number, got a vector of 2",
    );
  });

  test("names that are taken, and what is not a parameter", async () => {
    const message = async (options: Partial<ExpressionOptions>) => (await refused(options)).message;
    expect(await message({ parameters: { x1: 2 } })).toContain(
      'dynamics.parameters.x1 expected names of your own, got "x1"',
    );
    expect(await message({ parameters: { sin: 2 } })).toContain('got the function "sin"');
    expect(await message({ parameters: { "a b": 2 } })).toContain("expected a name of letters, digits and _");
    expect(await message({ parameters: { a: [[[1]]] } })).toContain(
      "expected a number, a vector or a matrix, got shape [1, 1, 1]",
    );
    expect(await message({ parameters: { a: Number.NaN } })).toContain("expected finite numbers, got NaN");
    expect(await message({ stateNames: ["a"] })).toContain("dynamics.stateNames expected 2 names, got 1");
    expect(await message({ stateNames: ["a", "a"] })).toContain('expected names that differ, got "a" twice');
    expect(await message({ where: { a: "x0 + q" } })).toContain("dynamics.where.a expected one of the names");
    expect(await message({ stateDim: 0 })).toContain(
      "dynamics.stateDim expected a whole number from 1 to 4096, got 0",
    );
    expect(await message({ stateDim: 60, expressions: "y" })).toContain(
      "expected one of the names x0 to x59, x, t, pi, tau, e, got",
    );
    expect(await message({ wher: {} } as never)).toContain('Did you mean "where"?');
    for (const name of ["in", "true", "NaN", "end"])
      expect(await message({ parameters: { [name]: 1 } })).toContain(
        `dynamics.parameters.${name} expected names of your own, got "${name}", a word of the language`,
      );
    expect(await message({ where: { "a b": "1" } })).toContain(
      'dynamics.where.a b expected a name of letters, digits and _, got the text "a b"',
    );
    expect(await message({ stateDim: 1e9 })).toContain(
      "dynamics.stateDim expected a whole number from 1 to 4096, got 1000000000",
    );
  });

  test("brackets inside brackets that cannot be read", async () => {
    const deep = `${"(".repeat(50_000)}x0${")".repeat(50_000)}`;
    expect((await refused({ expressions: [deep] })).message).toBe(
      "expressionFunction: dynamics.expressions[0] expected an expression that can be read, got brackets inside brackets, too deep. Give parts of it a name.",
    );
  });

  test("a place in a long line, which is shown in part", async () => {
    const line = `${"x0 + ".repeat(100)}oops${" + x1".repeat(100)}`;
    const error = await refused({ expressions: [line] });
    expect(error.place).toMatchObject({ line: 1, column: 501, length: 4 });
    const [, shown, carets] = error.message.split("\n");
    expect(shown).toMatch(/^ {2}….{160}…$/);
    expect(shown.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("oops");
  });

  test("nothing about ends of lines that Windows writes", async () => {
    const f = await expressionFunction({ expressions: "a = 2*x0\r\na + 1\r\n", stateDim: 1 });
    const out = new Float64Array(1);
    f.float64.value(out, [3], [], 0, []);
    expect(out[0]).toBe(7);
    const error = await refused({ expressions: "a = 2*x0\r\na + oops\r\n" });
    expect(error.place).toMatchObject({ line: 2, column: 5 });
    expect(error.message.endsWith("\n  a + oops\n      ^^^^")).toBe(true);
  });
});
