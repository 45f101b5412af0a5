/** The examples of docs/models.md print what stands below them, and its documents are models. */
import { expect, suite, test } from "vitest";
import * as statescan from "./index.ts";
import { codeBlocks, docText, printedBy, saidToPrint } from "./testing/doc_examples.ts";

const text = docText("models.md");
const blocks = (language: string): string[] => codeBlocks(text, language);

suite("docs/models.md", () => {
  const examples = blocks("js").map(code => [/const (\w+)/.exec(code)?.[1] ?? "", code] as const);

  test("has its examples", () => {
    expect([examples.length, blocks("json").length]).toEqual([4, 2]);
  });

  test.each(examples)("example of %s", async (_, code) => {
    const printed = await printedBy(code);
    const expected = saidToPrint(code);
    expect(printed.length).toBeGreaterThan(0);
    expect(printed).toEqual(expected);
  });

  test.each(blocks("json"))("document %#", json => {
    const model = statescan.parseModelDocument(json);
    expect(statescan.modelDocument(model)).toEqual(JSON.parse(json));
    expect(statescan.stateNames(model)?.length).toBe(model.stateDim);
  });
});
