/** The examples of docs/nonlinear.md and of the README: they print what they say, and tables name every rule and family. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
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

  test("the example of the README runs", async () => {
    const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
    const [code] = codeBlocks(readme, "js").filter(block => block.includes("nonlinearGaussianSSM"));
    expect(
      await printedBy(
        `${code}console.log(smoothedMeans.shape.join(), smoothedMeans.data.every(Number.isFinite));`,
      ),
    ).toEqual(["7,2 true"]);
  });

  test("names every family", () => {
    const table = text.slice(text.indexOf("| `family`"), text.indexOf("Any other:"));
    expect([...table.matchAll(/^\| `([\w-]+)` /gm)].map(match => match[1]).slice(1)).toEqual(FAMILY_NAMES);
  });
});
