/** Code blocks of a text, and what they print when they are run; in Node and in pages. */
import * as statescan from "../index.ts";

/** The code blocks of a language. */
export const codeBlocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(match => match[1]);

const AsyncFunction = (async () => {}).constructor as new (
  ...code: string[]
) => (...args: unknown[]) => Promise<void>;

/** The lines that an example prints, run with this library in the place of its import. */
export async function printedBy(code: string): Promise<string[]> {
  const printed: string[] = [];
  const body = code.replace(/import \{([^}]*)\} from "statescan";/, "const {$1} = statescan;");
  const log = (...values: unknown[]): void => {
    printed.push(values.join(" "));
  };
  await new AsyncFunction("statescan", "console", body)(statescan, { log });
  return printed;
}

/** The lines that stand in comments below the calls of console.log: what an example says it prints. */
export function saidToPrint(code: string): string[] {
  const lines = code.split("\n");
  return lines.flatMap((line, i) =>
    lines[i - 1]?.startsWith("console.log") ? [line.replace("// ", "")] : [],
  );
}
