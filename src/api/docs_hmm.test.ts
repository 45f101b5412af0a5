/** The example of docs/hmm.md prints what stands below it, and its documents are models that give them back. */
import { expect, suite, test } from "vitest";
import * as statescan from "./index.ts";
import { codeBlocks, docText, printedBy, saidToPrint } from "./testing/doc_examples.ts";

const text = docText("hmm.md");
const blocks = (language: string): string[] => codeBlocks(text, language);

suite("docs/hmm.md", () => {
  test("has its examples", () => {
    expect([blocks("js").length, blocks("json").length]).toEqual([1, 4]);
  });

  test.each(blocks("js"))("example %#", async code => {
    const printed = await printedBy(code);
    const expected = saidToPrint(code);
    expect(printed.length).toBeGreaterThan(0);
    expect(printed).toEqual(expected);
  });

  test.each(blocks("json"))("document %#", json => {
    const model = statescan.parseModelDocument<statescan.HiddenMarkovModel>(json);
    expect(model.type).toBe("hmm");
    expect(statescan.modelDocument(model)).toEqual(JSON.parse(json));
  });

  test("names every family, and no other", () => {
    const table = text.slice(text.indexOf("| family"), text.indexOf("Statistics are the sums"));
    const named = [...table.matchAll(/^\| `([a-z-]+)`/gm)].map(match => match[1]);
    const emissions = (family: string) => ({ family }) as never;
    const refuse = (): unknown =>
      statescan.hiddenMarkovModel({ initialProbs: [1], transitionMatrix: [[1]], emissions: emissions("?") });
    expect(refuse).toThrow("emissions.family expected one of");
    const known = /one of ("[^,]+"(?:, "[^,]+")*)/.exec(String(thrown(refuse)))![1];
    expect(new Set(named)).toEqual(new Set(known.split(", ").map(name => name.replaceAll('"', ""))));
  });
});

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
