import { expect, suite, test } from "vitest";
import { directional, jacobian } from "./derivatives.ts";
import { Graph, type Id } from "./graph.ts";
import { literal, shaderBody } from "./shader_text.ts";

const make = () => {
  const g = new Graph();
  const x = g.variable("x", 0);
  const y = g.variable("x", 1);
  const one = g.constant(1);
  return { g, x, y, one, zero: g.constant(0) };
};
/** The operation of a node, with its arguments. */
const show = (g: Graph, id: Id): string => {
  const { op, args, value, index } = g.nodes[id];
  if (op === "constant") return String(value);
  return op === "variable" ? "xy"[index] : `${op}(${args.map(arg => show(g, arg)).join(", ")})`;
};

suite("Graph", () => {
  test("makes equal nodes one, also with arguments of a sum or product the other way round", () => {
    const { g, x, y } = make();
    expect(g.apply("add", x, y)).toBe(g.apply("add", y, x));
    expect(g.apply("sin", g.apply("mul", y, x))).toBe(g.apply("sin", g.apply("mul", x, y)));
    expect(g.apply("sub", x, y)).not.toBe(g.apply("sub", y, x));
  });

  test("folds constants and leaves out what is neutral", () => {
    const { g, x, y, one, zero } = make();
    expect(g.valueOf(g.apply("sin", g.constant(2)))).toBe(Math.sin(2));
    expect(g.apply("add", x, zero)).toBe(x);
    expect(g.apply("mul", one, x)).toBe(x);
    expect(g.apply("mul", x, zero)).toBe(zero);
    expect(g.apply("sub", x, x)).toBe(zero);
    expect(g.apply("neg", g.apply("neg", x))).toBe(x);
    expect(g.apply("pow", x, one)).toBe(x);
    expect(show(g, g.apply("add", x, g.apply("neg", y)))).toBe("sub(x, y)");
    expect(g.apply("select", g.apply("lt", x, y), x, x)).toBe(x);
  });

  test("takes the accurate forms of what is written", () => {
    const { g, x, one } = make();
    expect(show(g, g.apply("log", g.apply("add", one, x)))).toBe("log1p(x)");
    expect(show(g, g.apply("log", g.apply("sub", one, x)))).toBe("log1p(neg(x))");
    expect(show(g, g.apply("sub", g.apply("exp", x), one))).toBe("expm1(x)");
    expect(show(g, g.apply("add", g.constant(-1), g.apply("exp", x)))).toBe("expm1(x)");
    expect(show(g, g.apply("sub", one, g.apply("cos", x)))).toBe("mul(2, powi(sin(mul(x, 0.5)), 2))");
    expect(show(g, g.apply("pow", g.constant(Math.E), x))).toBe("exp(x)");
    expect(show(g, g.apply("sqrt", g.apply("mul", x, x)))).toBe("abs(x)");
  });

  test("gives derivatives that are 0 where they must be, and only there", () => {
    const { g, x, y } = make();
    const f = [g.apply("mul", x, x), g.apply("add", y, g.constant(3)), g.apply("floor", x)];
    expect(jacobian(g, f, [x, y]).map(id => show(g, id))).toEqual(["mul(x, 2)", "0", "0", "1", "0", "0"]);
    expect(directional(g, f, new Map())).toEqual([g.constant(0), g.constant(0), g.constant(0)]);
  });
});

suite("shaderBody()", () => {
  test("names what is used twice, and nothing else", () => {
    const { g, x, y } = make();
    const shared = g.apply("sin", x);
    const roots = [g.apply("mul", shared, y), g.apply("add", shared, y)];
    const names = {
      variable: (group: string, index: number) => `${group}[${index}]`,
      helper: (name: string) => `f_${name}`,
    };
    expect(shaderBody(g, roots, names)).toEqual({
      lines: ["let v0 = f_sin_f32(x[0]);"],
      values: ["(x[1] * v0)", "(x[1] + v0)"],
    });
  });

  test("writes float32 numbers that read back as they are", () => {
    for (const value of [0.1, 1, -2.5, 1e-7, 3e20, 123456.789, Math.PI, 1e30]) {
      const text = literal(value);
      expect(Math.fround(Number(text.replace(/[()f]/g, "")))).toBe(Math.fround(value));
      expect(text).toMatch(/^\(?-?[\d.]+(e[+-]?\d+)?f\)?$/);
    }
    expect(literal(0)).toBe("0.0f");
    expect(literal(-0)).toBe("0.0f");
    expect(literal(Number.NEGATIVE_INFINITY)).toMatch(/^\(-1.*e\+?30f\)$/);
    expect(literal(1e39)).toBe(literal(1e30));
  });
});
