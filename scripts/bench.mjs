/** Build the bench and run it: `npm run bench -- --help` lists its options. */

import { inRoot, run } from "./stage.mjs";

const vite = (...args) =>
  run("npx", [
    "--no-install",
    "vite",
    "build",
    "--config",
    "vite.bench.config.ts",
    "--logLevel",
    "warn",
    ...args,
  ]);

// The first build empties dist/bench, the second puts the page into it.
process.exitCode =
  (await vite()) ||
  (await vite("--mode", "page")) ||
  (await run(process.execPath, [inRoot("dist/bench/main.js"), ...process.argv.slice(2)]));
