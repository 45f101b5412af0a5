/** The examples of docs/expressions.md print what stands below them, and its tables have every function. */
import { expect, suite, test } from "vitest";
import { expressionFunction } from "./index.ts";
import { codeBlocks, docText, printedBy, saidToPrint } from "./testing/doc_examples.ts";

const text = docText("expressions.md");

suite("docs/expressions.md", () => {
  test.each(codeBlocks(text, "js"))("example %#", async code => {
    const expected = saidToPrint(code);
    expect(expected.length).toBeGreaterThan(1);
    expect(await printedBy(code)).toEqual(expected);
  });

  test("names every function, and no other", async () => {
    const table = text.slice(text.indexOf("| functions"), text.indexOf("Not in the language"));
    const named = [...table.matchAll(/`(\w+)`/g)].map(match => match[1]);
    const error = await expressionFunction({ expressions: ["qqqqqqqqqq(x0)"], stateDim: 1 }).catch(
      fault => fault,
    );
    const known = /one of the functions ([\w, ]+), got/.exec(String(error))![1].split(", ");
    expect([...new Set(named)].sort()).toEqual([...known].sort());
  });

  test("shows a fault as it is", async () => {
    const expressions = ["x0 + dt*x1", "x1 - dt*gg*sin(x0)"];
    const given = { expressions, stateDim: 2, parameters: { g: 9.8, dt: 0.0125 } };
    const error = await expressionFunction(given).catch(fault => fault);
    expect(text).toContain(`\n${error.message}\n`);
  });
});
