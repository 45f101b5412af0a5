/** Where the package's own files are, seen from the bundle dist/cli/main.js. */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const BUNDLE_FOLDER = dirname(fileURLToPath(import.meta.url));

/** The built page that headless Chrome opens. */
export const PAGE_FOLDER = join(BUNDLE_FOLDER, "..", "browser");

/** Version of the package. */
export function packageVersion(): string {
  const text = readFileSync(join(BUNDLE_FOLDER, "..", "..", "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
