import { expect, suite, test } from "vitest";
import { evaluate, specialise } from "./specialise.ts";

suite("specialise()", () => {
  test("puts only the constants that the text names in front", () => {
    expect(specialise("let a = N;", { N: 3, M: 4 }, true).code).toBe("const N: u32 = 3u;\nlet a = N;");
  });
  test("unrolls loops in loops with bounds of outer variables and derived constants", () => {
    const text =
      "const N2: u32 = N * N;\n#for i in 0 .. N\n#for j in i + 1 .. N\nx[i * N2 + j] = 0.0;\n#end\n#end";
    expect(specialise(text, { N: 3 }, true).code.split("\n").slice(2)).toEqual([
      "x[0u * N2 + 1u] = 0.0;",
      "x[0u * N2 + 2u] = 0.0;",
      "x[1u * N2 + 2u] = 0.0;",
    ]);
  });
  test("writes ordinary loops when not unrolling", () => {
    expect(specialise("#for i in 1 .. N\nf(i);\n#end", { N: 2 }, false).code).toBe(
      "const N: u32 = 2u;\nfor (var i = 1u; i < N; i++) {\nf(i);\n}",
    );
  });
  test("remembers the line every output line came from", () => {
    expect(specialise("a\n#for i in 0 .. 2\nb\n#end\nc", {}, true).origin).toEqual([0, 2, 2, 4]);
  });
  test("replaces whole words only", () => {
    expect(specialise("#for i in 0 .. 1\nlet inner = i + li;\n#end", {}, true).code).toBe(
      "let inner = 0u + li;",
    );
  });
  test("refuses a loop without an end, and bounds that are not known", () => {
    expect(() => specialise("#for i in 0 .. 2\nx", {}, true)).toThrow(/#for expected a matching #end/);
    expect(() => specialise("#for i in 0 .. K\nx\n#end", {}, true)).toThrow(/got K/);
  });
});

suite("evaluate()", () => {
  test("knows precedence, parentheses, subtraction from the left and integer division", () => {
    const lookup = (name: string) => ({ N: 5 })[name];
    expect(evaluate("N - 1 - 2", lookup)).toBe(2);
    expect(evaluate("2 + N * (N - 3u)", lookup)).toBe(12);
    expect(evaluate("(N * N + N) / 2u", lookup)).toBe(15);
  });
});
