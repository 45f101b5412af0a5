/** Where the built bench keeps its files, seen from dist/bench/main.js. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = dirname(fileURLToPath(import.meta.url));

/** The page for headless Chrome. */
export const PAGE_FOLDER = join(FOLDER, "page");

/** Version in the nearest package.json upwards. */
export function packageVersion(): string {
  for (let folder = FOLDER; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
    if (folder === dirname(folder)) return "unknown";
  }
}
