import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of docs/`name`. */
export const docText = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../../docs", name), "utf8");
