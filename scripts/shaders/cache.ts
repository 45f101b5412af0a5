/** What was assembled and reflected once is kept, under the hash of everything it was made from: builds and test runs share it. */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where entries are kept; deleting it is always safe. */
const FOLDER = join(import.meta.dirname, "../../node_modules/.cache/statescan");
/** Besides the shaders: what takes part in making the bundle. */
const MAKERS = [
  import.meta.dirname,
  join(import.meta.dirname, "../../src/engine/specialise.ts"),
  join(import.meta.dirname, "../../package-lock.json"),
];

/** @param make called when there is no entry for the present contents of `root` and the makers */
export function cached(root: string, make: () => string): string {
  const file = join(FOLDER, `shaders-${fingerprint([root, ...MAKERS])}.json`);
  try {
    return readFileSync(file, "utf8");
  } catch {
    // not made yet
  }
  const text = make();
  try {
    mkdirSync(FOLDER, { recursive: true });
    // Written aside and renamed: another process never reads half of it.
    const aside = `${file}.${process.pid}`;
    writeFileSync(aside, text);
    renameSync(aside, file);
  } catch {
    // A folder that cannot be written costs time, nothing else.
  }
  return text;
}

function fingerprint(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    const files = /\.\w+$/.test(path)
      ? [path]
      : readdirSync(path, { recursive: true, encoding: "utf8" })
          .filter(file => /\.(wgsl|ts)$/.test(file))
          .sort()
          .map(file => join(path, file));
    for (const file of files) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 32);
}
