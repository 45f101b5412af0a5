#!/usr/bin/env node
import { existsSync } from "node:fs";

const bundle = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(bundle)) {
  const { main } = await import(bundle.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error("statescan: dist/cli expected the built command, got nothing. Run `npm run build`.");
  process.exitCode = 1;
}
