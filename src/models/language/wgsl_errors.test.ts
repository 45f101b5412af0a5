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
    "a function of literals outside its domain",
    body("let y = log(-1.0);"),
    "2:11",
    /log is defined for, got -1/,
  ],
  [
    "a constant beyond f32",
    `const A: f32 = 1e30f * 1e30f;\n${body("")}`,
    "1:16",
    /a constant that f32 holds, got 1\.0*1?e\+60/,
  ],
  [
    "a division of integers by 0",
    body("let k = 3; let y = k / 0;"),
    "2:22",
    /divisor of \/ that is not 0, got 0/,
  ],
  ["a shift by 32", body("let k = 3u; let y = k << 32u;"), "2:23", /shift of 0 to 31 bits, got 32/],
  ["powers as ^", body("let y = x.x ^ 2.0;"), "2:11", /got f32 \^ a decimal number\. Powers are pow\(a, b\)/],
  [
    "two pointers to one variable",
    `fn g(a: ptr<function, f32>, b: ptr<function, f32>) { *a = *b; }\n${body("var a = 1.0; g(&a, &a);")}`,
    "3:22",
    /pointers of g to different variables, got two to a/,
  ],
  ["break in no loop", body("break;"), "2:3", /break in a loop or a switch, got one elsewhere/],
  [
    "continue in no loop",
    body("switch 1 { default: { continue; } }"),
    "2:25",
    /continue in the body of a loop/,
  ],
  ["break in continuing", body("loop { break; continuing { break; } }"), "2:30", /break if at the end/],
  [
    "return in continuing",
    body("loop { break; continuing { return x; } }"),
    "2:30",
    /no return in continuing/,
  ],
  [
    "statements after continuing",
    body("loop { continuing { } break; }"),
    "2:25",
    /expected '}' for loop, got break/,
  ],
  ["a case twice", body("switch 1 { case 2: {} case 2: {} default: {} }"), "2:30", /second case of 2/],
  ["a member twice", `struct S { a: f32, a: f32 }\n${body("")}`, "1:1", /second a\. Rename/],
  ["a struct of nothing", `struct S { }\n${body("")}`, "1:1", /members of S, got none/],
  ["a type in itself", `struct S { a: array<S, 2> }\n${body("")}`, "1:21", /does not contain itself, got S/],
  [
    "recursion in a circle",
    `fn g(a: f32) -> f32 { return h(a); }\nfn h(a: f32) -> f32 { return g(a); }\n${body("")}`,
    "1:1",
    /no recursion, got g → h → g/,
  ],
  ["a function of itself", "fn f(x: vec2f) -> vec2f { return f(x); }", "1:1", /no recursion, got f → f/],
  ["a buffer", body("let y = arrayLength(x);"), "2:11", /arrayLength, a function of buffers/],
  [
    "a texture of the module",
    `@group(0) @binding(0) var image: texture_2d<f32>;\n${body("")}`,
    "1:1",
    /only functions, constants, structs and aliases, got the variable image/,
  ],
  ["a pointer to storage", `fn g(a: ptr<storage, f32>) { }\n${body("")}`, "1:9", /ptr<function, …>/],
  ["a type of f16", "fn f(x: vec2<f16>) -> vec2f { return vec2f(); }", "1:14", /got f16\. Use f32/],
  ["an integer result", "fn f(x: vec2f) -> vec2i { return vec2i(); }", "1:19", /outputDim 2.*got vec2<i32>/],
  ["no result", "fn f(x: vec2f) { }", "1:1", /f to return.*got nothing/],
  ["an integer t", "fn f(x: vec2f, t: u32) -> vec2f { return x; }", "1:19", /f32 for t, got u32/],
  ["a ternary", body("let y = x.x > 0 ? 1.0 : 2.0;"), "2:19", /the character \?/],
  [
    "too many operators in a row",
    body(`let y = ${Array(500).fill("x.x").join("+")};`),
    "2:11",
    /at most 450 operators in a row.*Split it/,
  ],
  [
    "brackets without end",
    body(`let y = ${"(".repeat(2000)}x.x${")".repeat(2000)};`),
    "2:110",
    /at most 100 parts in each other/,
  ],
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

  test("with the part around the place of a long line", async () => {
    const error = await make(body(`let y = ${"x.x * ".repeat(40)}xx;`)).catch(e => e);
    const [, line, marks] = error.message.split("\n");
    expect(line.length).toBeLessThan(130);
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
