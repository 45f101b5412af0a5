/** The examples of docs/wgsl-functions.md print what stands below them, and its tables have every function. */
import { expect, suite, test } from "vitest";
import { wgslFunction } from "./index.ts";
import { codeBlocks, docText, printedBy, saidToPrint } from "./testing/doc_examples.ts";

const text = docText("wgsl-functions.md");
const words = (part: string): string[] => [...part.matchAll(/`(\w+)`/g)].map(match => match[1]!);

suite("docs/wgsl-functions.md", () => {
  test.each(codeBlocks(text, "js"))("example %#", async code => {
    const expected = saidToPrint(code);
    expect(expected.length).toBeGreaterThan(1);
    expect(await printedBy(code)).toEqual(expected);
  });

  test("names every function that there is, and those that there are not", async () => {
    const table = text.slice(text.indexOf("| functions of WGSL"), text.indexOf("Refused by name"));
    const refused = text.slice(text.indexOf("functions of bits, "), text.indexOf("also bits of"));
    const fault = (called: string) =>
      wgslFunction({ code: `fn f(x: f32) -> f32 { return ${called}(); }`, entry: "f" }).catch(String);
    for (const called of words(table)) expect(await fault(called), called).toMatch(/expected \d argument/);
    for (const called of words(refused)) expect(await fault(called), called).toContain(`${called}, `);
    const { BUILTINS } = await import("../models/language/wgsl_builtins.ts");
    expect(words(table).sort()).toEqual(BUILTINS.filter(called => called !== "modf").sort());
  });

  test("shows a fault as it is", async () => {
    const code =
      "fn dynamics(x: State) -> f32 {\n  let bow = sine(x.angle);\n  return bow;\n}\nstruct State { angle: f32 }";
    const error = await wgslFunction({ code, entry: "dynamics", source: "dynamics.wgsl" }).catch(
      fault => fault,
    );
    expect(text).toContain(`\n${error.message}\n`);
    expect(error.place).toEqual({ source: "dynamics.wgsl", line: 2, column: 13, length: 13 });
  });
});
