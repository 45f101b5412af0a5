/** What is refused, at which line and column, with the nearest thing that would do. */
import { expect, suite, test } from "vitest";
import { ParameterError } from "../../engine/index.ts";
import { wgslFunction } from "./index.ts";
import { body, FAULTS } from "./testing/wgsl_faults.ts";

const make = (code: string, options = {}) =>
  wgslFunction({
    source: "dynamics.wgsl",
    code,
    entry: "f",
    stateDim: 2,
    inputDim: 0,
    numParameters: 0,
    outputDim: 2,
    ...options,
  });

suite("wgslFunction() refuses", () => {
  for (const [what, code, place, words] of FAULTS) {
    test(`${what}, at ${place}`, async () => {
      const error = await make(code).catch(e => e);
      expect(error).toBeInstanceOf(ParameterError);
      expect(error.message).toMatch(words);
      expect(error.message).toContain(`wgslFunction: dynamics.wgsl:${place} expected`);
      expect(`${error.place.line}:${error.place.column}`).toBe(place);
    });
  }

  test("with the line and a caret", async () => {
    const error = await make(body("let y = sine(x.x);")).catch(e => e);
    expect(error.message.split("\n").slice(1)).toEqual(["    let y = sine(x.x);", "            ^^^^^^^^^"]);
  });

  test("with the part around the place of a long line", async () => {
    const error = await make(body(`let y = ${"x.x * ".repeat(40)}xx;`)).catch(e => e);
    const [, line, marks] = error.message.split("\n");
    expect(line.length).toBeLessThan(170);
    expect(line.slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1)).toBe("xx");
  });

  test("arguments that could be other ones", async () => {
    const given = (code: string, sizes = {}) =>
      make(code, { numParameters: 1, ...sizes }).catch(e => e.message);
    expect(await given("fn f(x: vec2f, dt: f32) -> vec2f { return x * dt; }")).toMatch(
      /dynamics\.wgsl:1:20 expected no argument 2 \(inputDim 0\), got dt\. Name the arguments x, u, t and p/,
    );
    expect(await given("fn f(state: vec2f, p: f32) -> vec2f { return state * p; }")).toMatch(
      /expected u as argument 2, got p\. Name/,
    );
    expect(await given("fn f(x: vec2f, u: f32) -> vec2f { return x * u; }")).toMatch(
      /expected array<f32, 1> for u \(inputDim 0\), got f32/,
    );
    expect(await given("fn f(a: vec2f, b: f32, c: f32, d: f32, e: f32) -> vec2f { return a; }")).toMatch(
      /at most the arguments x, u, t, p of f, got 5/,
    );
    expect(await given("fn f(t: f32) -> vec2f { return vec2f(t); }", { stateDim: undefined })).toMatch(
      /an argument x of f, or stateDim, got neither/,
    );
  });

  test("options that are wrong", async () => {
    const fine = body("");
    await expect(make(fine, { entry: "g" })).rejects.toThrow(
      /entry expected one of the functions f, got "g"/,
    );
    await expect(make(fine, { stateDim: 0 })).rejects.toThrow(/stateDim expected a whole number ≥ 1, got 0/);
    await expect(make(fine, { entri: "g" })).rejects.toThrow(/Did you mean "entry"/);
    await expect(make(fine, { code: 3 })).rejects.toThrow(/wgslFunction: code expected a text, got 3/);
    await expect(make(fine, { call: "filter", source: "m", stateDim: 3 })).rejects.toThrow(/^filter: m:1:9 /);
    await expect(wgslFunction(undefined!)).rejects.toThrow(/argument expected an object with code/);
    const f = await make(fine);
    for (const name of ["2x", "sin", "vec2f", "filter", "f32", "_f", ""])
      expect(() => f.wgsl(name), name).toThrow(ParameterError);
  });
});
