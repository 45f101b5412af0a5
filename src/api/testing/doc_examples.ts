/** The documents, and what tests of their examples need. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export { codeBlocks, printedBy, saidToPrint } from "./run_examples.ts";

/** The text of docs/`name`. */
export const docText = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../../docs", name), "utf8");
