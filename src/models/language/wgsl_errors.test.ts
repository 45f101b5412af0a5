/** What is refused, at which line and column, with the nearest thing that would do. */
import { expect, suite, test } from "vitest";
import { ParameterError } from "../../engine/index.ts";
import { SourceError } from "./autodiff/refuse.ts";
import { wgslFunction } from "./index.ts";

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

/** A function of a vec2f with these lines in its body, which begin at line 2, column 3. */
const body = (text: string) => `fn f(x: vec2f) -> vec2f {\n  ${text}\n  return x;\n}`;

/** Text, place, and words of the error. */
const TABLE: readonly (readonly [what: string, code: string, place: string, words: RegExp])[] = [
  ["an unknown name", body("let y = xx.x;"), "2:11", /unknown name xx\. Did you mean "x"/],
  ["an unknown function", body("let y = sine(x.x);"), "2:11", /unknown name sine\. Did you mean "sin"/],
  ["an unknown type", body("var y: vec2g;"), "2:10", /unknown name vec2g\. Did you mean "vec2f"/],
  ["f32 + i32", body("let i = 1; let y = x.x + i;"), "2:22", /got f32 \+ i32\. Convert one/],
  ["f32 in i32", body("let y: i32 = x.x;"), "2:16", /expected i32, got f32\. Convert it: i32\(…\)/],
  ["a float for an i32", body("let y: i32 = 1.5;"), "2:16", /expected i32, got a decimal number/],
  ["too many arguments", body("let y = sin(x.x, 1.0);"), "2:11", /expected 1 argument of sin, got 2/],
  ["a wrong argument", body("let y = dot(x, vec3f());"), "2:18", /type of the first argument, got vec3<f32>/],
  [
    "arguments of the user's",
    `fn g(a: f32) -> f32 { return a; }\n${body("let y = g();")}`,
    "3:11",
    /1 argument of g, got 0/,
  ],
  ["a wrong return", "fn f(x: vec2f) -> vec2f { return x.x; }", "1:34", /expected vec2<f32>, got f32/],
  [
    "a wrong size of the result",
    "fn f(x: vec2f) -> vec3f { return x.xyx; }",
    "1:19",
    /outputDim 2.*got vec3<f32>/,
  ],
  [
    "a wrong size of x",
    "fn f(x: array<f32, 3>) -> vec2f { return vec2f(x[0]); }",
    "1:9",
    /array<f32, 2> for x \(stateDim 2\)/,
  ],
  [
    "a way without return",
    "fn f(x: vec2f) -> vec2f {\n  if x.x > 0.0 { return x; }\n}",
    "3:1",
    /return on every way through f/,
  ],
  [
    "an index out of range",
    body("let y = array(1.0, 2.0)[2];"),
    "2:27",
    /index from 0 to 1 of array<f32, 2>, got 2/,
  ],
  ["a component out of range", body("let y = x.z;"), "2:12", /member of vec2<f32>, got \.z/],
  ["an index that is f32", body("let y = x[x.x];"), "2:13", /index: i32 or u32, got f32\. Convert it/],
  ["a condition that is f32", body("if x.x { }"), "2:6", /expected bool, got f32/],
  ["assignment to let", body("let y = 1.0; y = 2.0;"), "2:16", /var on the left side, got y/],
  ["assignment to an argument", body("x.x = 2.0;"), "2:3", /got x, which is not one\. Copy it into a var/],
  ["assignment to a swizzle", body("var y = x; y.xy = x;"), "2:14", /several components at once/],
  ["a name twice", body("let y = 1; let y = 2;"), "2:14", /a second y/],
  [
    "recursion",
    "fn g(a: f32) -> f32 { return g(a); }\nfn f(x: vec2f) -> vec2f { return x * g(1.0); }",
    "1:1",
    /no recursion, got g → g/,
  ],
  [
    "a variable of the module",
    "var<private> s: f32;\nfn f(x: vec2f) -> vec2f { return x; }",
    "1:5",
    /variables of a function only/,
  ],
  [
    "storage",
    "@group(0) @binding(0) var<storage> s: f32;\nfn f(x: vec2f) -> vec2f { return x; }",
    "1:27",
    /address space/,
  ],
  ["override", "override k = 1.0;\nfn f(x: vec2f) -> vec2f { return x; }", "1:1", /got override k/],
  ["enable", "enable f16;\nfn f(x: vec2f) -> vec2f { return x; }", "1:1", /got enable/],
  [
    "an entry point",
    "@compute @workgroup_size(1) fn f(x: vec2f) -> vec2f { return x; }",
    "1:1",
    /without attributes, got @compute/,
  ],
  ["f16", body("let y = 1.0h;"), "2:11", /got f16/],
  ["an atomic", body("var y: atomic<u32>;"), "2:10", /atomic/],
  ["a texture", body("let y = textureLoad(x);"), "2:11", /textureLoad, a texture function/],
  ["a derivative across pixels", body("let y = dpdx(x.x);"), "2:11", /dpdx, a derivative across pixels/],
  ["a barrier", body("workgroupBarrier();"), "2:3", /synchronization/],
  ["bits of a float", body("let y = bitcast<u32>(x.x);"), "2:11", /bitcast<u32> of f32/],
  ["modf", body("let y = modf(x.x);"), "2:11", /modf, which has two/],
  ["frexp", body("let y = frexp(x.x);"), "2:11", /frexp/],
  ["discard", body("discard;"), "2:3", /discard/],
  ["break-if elsewhere", body("loop { break if true; }"), "2:10", /end of continuing/],
  ["a number too large", body("let y = 1e39;"), "2:11", /larger than f32 holds/],
  ["a constant that is no number", body("let y = 1.0 / 0.0;"), "2:11", /finite constant/],
  ["an assertion that fails", body("const_assert 1 == 2;"), "2:3", /what the assertion says, got false/],
  [
    "a call with pointers in an expression",
    `fn g(a: ptr<function, f32>) -> f32 { *a += 1.0; return *a; }\n${body("var a = 1.0; let y = g(&a) + a;")}`,
    "3:24",
    /statement of its own/,
  ],
  [
    "a struct without the member",
    `struct S { angle: f32 }\n${body("let s = S(1.0); let y = s.angel;")}`,
    "3:28",
    /unknown name angel\. Did you mean "angle"/,
  ],
  ["a missing semicolon", body("let y = 1.0"), "3:3", /expected ';' after statement, got return/],
  ["a character", body("let y = 1.0 $ 2.0;"), "2:15", /the character \$/],
  [
    "an open brace",
    "fn f(x: vec2f) -> vec2f { return x;",
    "1:36",
    /} that closes the block, got the end of the text/,
  ],
  [
    "something else between functions",
    "fn f(x: vec2f) -> vec2f { return x; }\nfoo",
    "2:1",
    /a declaration.*got foo/,
  ],
  ["a switch without default", body("switch 1 { case 1: {} }"), "2:3", /default case/],
  ["a value thrown away", body("sin(x.x);"), "2:3", /result of a call to be used/],
  ["an array without a length", body("var y: array<f32>;"), "2:10", /element type and a length/],
  [
    "a fault in what is not used",
    `fn g() -> f32 { return 1; }\nfn h() -> f32 { return true; }\n${body("")}`,
    "2:24",
    /expected f32, got bool/,
  ],
];

suite("wgslFunction() refuses", () => {
  for (const [what, code, place, words] of TABLE) {
    test(`${what}, at ${place}`, async () => {
      const error = await make(code).catch(e => e);
      expect(error).toBeInstanceOf(SourceError);
      expect(error.message).toMatch(words);
      expect(error.message).toContain(`wgslFunction: dynamics.wgsl:${place} expected`);
      expect(`${error.place.line}:${error.place.column}`).toBe(place);
    });
  }

  test("with the line and a caret", async () => {
    const error = await make(body("let y = sine(x.x);")).catch(e => e);
    expect(error.message.split("\n").slice(1)).toEqual([
      "2 |   let y = sine(x.x);",
      "  |           ^^^^^^^^^",
    ]);
  });

  test("options that are wrong", async () => {
    const fine = body("");
    await expect(make(fine, { entry: "g" })).rejects.toThrow(
      /entry expected one of the functions f, got "g"/,
    );
    await expect(make(fine, { stateDim: 0 })).rejects.toThrow(/stateDim expected a whole number ≥ 1, got 0/);
    await expect(make(fine, { entri: "g" })).rejects.toThrow(/Did you mean "entry"/);
    const f = await make(fine);
    expect(() => f.wgsl("2x")).toThrow(ParameterError);
  });
});
