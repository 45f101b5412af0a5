/** The examples on hidden Markov models in docs/getting-started.md print what stands below them. */
import { expect, suite, test } from "vitest";
import { codeBlocks, docText, printedBy } from "./testing/doc_examples.ts";

const text = docText("getting-started.md");
const section = text.slice(
  text.indexOf("### Hidden Markov models"),
  text.indexOf("### Progress and cancellation"),
);
suite("docs/getting-started.md", () => {
  test("the calls on hidden Markov models print what they say", async () => {
    const [code] = codeBlocks(section, "js");
    const printed = await printedBy(code);
    const lines = code.split("\n");
    const expected = lines.filter(
      (line, i) => line.startsWith("// ") && /console\.log|^\)/.test(lines[i - 1] ?? ""),
    );
    expect(expected.length).toBe(6);
    expect(printed.map(line => `// ${line}`)).toEqual(expected);
  });
});
