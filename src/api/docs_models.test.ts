/** The examples of docs/models.md print what stands below them, and its documents are models. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, suite, test } from "vitest";
import * as statescan from "./index.ts";

const text = readFileSync(join(import.meta.dirname, "../../docs/models.md"), "utf8");
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(match => match[1]);

const AsyncFunction = (async () => {}).constructor as new (
  ...code: string[]
) => (...args: unknown[]) => Promise<void>;

suite("docs/models.md", () => {
  const examples = blocks("js").map(code => [/const (\w+)/.exec(code)?.[1] ?? "", code] as const);

  test("has its examples", () => {
    expect([examples.length, blocks("json").length]).toEqual([4, 2]);
  });

  test.each(examples)("example of %s", async (_, code) => {
    const printed: string[] = [];
    const body = code.replace(/import \{([^}]*)\} from "statescan";/, "const {$1} = statescan;");
    const log = (...values: unknown[]): void => {
      printed.push(values.join(" "));
    };
    await new AsyncFunction("statescan", "console", body)(statescan, { log });
    const lines = code.split("\n");
    const expected = lines.flatMap((line, i) =>
      lines[i - 1]?.startsWith("console.log") ? [line.replace("// ", "")] : [],
    );
    expect(printed.length).toBeGreaterThan(0);
    expect(printed).toEqual(expected);
  });

  test.each(blocks("json"))("document %#", json => {
    const model = statescan.parseModelDocument(json);
    expect(statescan.modelDocument(model)).toEqual(JSON.parse(json));
    expect(statescan.stateNames(model)?.length).toBe(model.stateDim);
  });
});
