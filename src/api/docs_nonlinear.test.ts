/** The examples of docs/nonlinear.md print what stands below them, and its tables name every rule and family. */
import { expect, suite, test } from "vitest";
import { FAMILY_NAMES } from "../models/index.ts";
import { codeBlocks, docText, printedBy, saidToPrint } from "./testing/doc_examples.ts";

const text = docText("nonlinear.md");

suite("docs/nonlinear.md", () => {
  test.each(codeBlocks(text, "js"))("example %#", async code => {
    const expected = saidToPrint(code);
    expect(expected.length).toBeGreaterThan(0);
    expect(await printedBy(code)).toEqual(expected);
  });

  test("names every family", () => {
    const table = text.slice(text.indexOf("| `family`"), text.indexOf("Any other:"));
    expect([...table.matchAll(/^\| `([\w-]+)` /gm)].map(match => match[1]).slice(1)).toEqual(FAMILY_NAMES);
  });
});
