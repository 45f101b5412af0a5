/** The examples on hidden Markov models in docs/getting-started.md print what stands below them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, suite, test } from "vitest";
import * as statescan from "./index.ts";

const text = readFileSync(join(import.meta.dirname, "../../docs/getting-started.md"), "utf8");
const section = text.slice(
  text.indexOf("### Hidden Markov models"),
  text.indexOf("### Progress and cancellation"),
);
const AsyncFunction = (async () => {}).constructor as new (
  ...code: string[]
) => (...args: unknown[]) => Promise<void>;

suite("docs/getting-started.md", () => {
  test("the calls on hidden Markov models print what they say", async () => {
    const [, code] = /```js\n([\s\S]*?)```/.exec(section) as RegExpExecArray;
    const printed: string[] = [];
    const body = code.replace(/import \{([^}]*)\} from "statescan";/, "const {$1} = statescan;");
    const log = (...values: unknown[]): void => {
      printed.push(values.join(" "));
    };
    await new AsyncFunction("statescan", "console", body)(statescan, { log });
    const lines = code.split("\n");
    const expected = lines.filter(
      (line, i) => line.startsWith("// ") && /console\.log|^\)/.test(lines[i - 1] ?? ""),
    );
    expect(expected.length).toBe(6);
    expect(printed.map(line => `// ${line}`)).toEqual(expected);
  });
});
