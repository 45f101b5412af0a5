/** The examples of docs/linear-gaussian.md print what stands below them. */
import { expect, suite, test } from "vitest";
import { codeBlocks, docText, printedBy } from "./testing/doc_examples.ts";

suite("docs/linear-gaussian.md", () => {
  for (const [i, code] of codeBlocks(docText("linear-gaussian.md"), "js").entries())
    test(`example ${i + 1} prints what it says`, async () => {
      const expected = code.split("\n").filter(line => line.startsWith("// "));
      expect(expected.length).toBeGreaterThan(0);
      expect((await printedBy(code)).map(line => `// ${line}`)).toEqual(expected);
    });
});
