/** The examples of docs/recurrences.md print what stands in them; they go on from one another, until one imports anew. */
import { expect, suite, test } from "vitest";
import { codeBlocks, docText, printedBy, saidToPrint } from "./testing/doc_examples.ts";

const programs: string[] = [];
for (const block of codeBlocks(docText("recurrences.md"), "js")) {
  if (block.startsWith("import ")) programs.push(block);
  else programs.push(`${programs.pop()}\n${block}`);
}

suite("docs/recurrences.md", () => {
  test.each(programs)("the examples %#", async code => {
    const expected = saidToPrint(code);
    expect(expected.length).toBeGreaterThan(1);
    expect(await printedBy(code)).toEqual(expected);
  });
});
