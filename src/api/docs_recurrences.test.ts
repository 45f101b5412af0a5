/** The examples of docs/recurrences.md print what stands in them; they go on from one another. */
import { expect, suite, test } from "vitest";
import { codeBlocks, docText, printedBy, saidToPrint } from "./testing/doc_examples.ts";

const code = codeBlocks(docText("recurrences.md"), "js").join("\n");

suite("docs/recurrences.md", () => {
  test("the examples", async () => {
    const expected = saidToPrint(code);
    expect(expected.length).toBe(5);
    expect(await printedBy(code)).toEqual(expected);
  });
});
