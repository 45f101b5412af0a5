/**
 * Pack the bench for a bare x86-64 Linux machine with a GPU: bench/portable/ with run.sh and payload.tar.gz, which
 * holds node, Dawn, the built bench and the libraries that such a machine may lack. Run it on x86-64 Linux.
 *   npm run bench:portable [-- --libvulkan FILE]
 */

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { inRoot, run, say } from "./stage.mjs";

const LIMIT = 60 * 2 ** 20;
const FOLDER = inRoot("bench", "portable");
const STAGE = inRoot("out", "portable");
const DAWN = inRoot("node_modules", "webgpu");
const MIB = bytes => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

try {
  await pack(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

async function pack(args) {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `x86-64 Linux expected, got ${process.platform} ${process.arch}: the pack holds this node.`,
    );
  }
  if (!existsSync(join(DAWN, "package.json"))) {
    throw new Error("the package webgpu is needed: npm i --no-save webgpu@0.6.2");
  }
  const build = ["--no-install", "vite", "build", "--config", "vite.bench.config.ts", "--logLevel", "warn"];
  if ((await run("npx", build)) !== 0) throw new Error("the bench could not be built");
  for (const folder of [FOLDER, STAGE]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const { version } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  writeFileSync(
    join(STAGE, "package.json"),
    JSON.stringify({ name: "statescan-bench", version, type: "module" }),
  );
  cpSync(inRoot("dist", "bench"), join(STAGE, "bench"), {
    recursive: true,
    filter: path => !path.endsWith("page"),
  });
  copyStripped(realpathSync(process.execPath), join(STAGE, "node"));
  chmodSync(join(STAGE, "node"), 0o755);
  packDawn();
  packLibraries(args);
  if ((await run("tar", ["-cf", join(STAGE, "..", "portable.tar"), "-C", STAGE, "."])) !== 0) {
    throw new Error("tar failed");
  }
  const zipped = spawnSync("gzip", ["-9c", join(STAGE, "..", "portable.tar")], { maxBuffer: 2 ** 30 });
  if (zipped.status !== 0) throw new Error("gzip failed");
  writeFileSync(join(FOLDER, "payload.tar.gz"), zipped.stdout);
  rmSync(join(STAGE, "..", "portable.tar"));
  rmSync(STAGE, { recursive: true });
  copyFileSync(inRoot("bench", "run_portable.sh"), join(FOLDER, "run.sh"));
  chmodSync(join(FOLDER, "run.sh"), 0o755);
  const bytes = readdirSync(FOLDER).reduce((sum, name) => sum + statSync(join(FOLDER, name)).size, 0);
  if (bytes > LIMIT) throw new Error(`at most ${MIB(LIMIT)} expected, got ${MIB(bytes)}`);
  say(`bench/portable: ${MIB(bytes)}. On the other machine: sh portable/run.sh`);
}

/** Only the binary of x86-64 Linux. */
function packDawn() {
  const to = join(STAGE, "node_modules", "webgpu");
  const binary = join("dist", "linux-x64", "dawn.node");
  mkdirSync(join(to, dirname(binary)), { recursive: true });
  for (const name of ["package.json", "index.js", "LICENSE.md"])
    copyFileSync(join(DAWN, name), join(to, name));
  copyStripped(join(DAWN, binary), join(to, binary));
}

/** Used by run.sh only where the system has none of that name. */
function packLibraries(args) {
  const known =
    spawnSync("sh", ["-c", "ldconfig -p || /sbin/ldconfig -p"], { encoding: "utf8" }).stdout ?? "";
  const installed = name =>
    new RegExp(`${name.replaceAll(/[.+]/g, "\\$&")} \\(.*x86-64.*=> (.*)`).exec(known)?.[1];
  const given = args[args.indexOf("--libvulkan") + 1];
  const candidates = {
    "libstdc++.so.6": [installed("libstdc++.so.6")],
    "libgcc_s.so.1": [installed("libgcc_s.so.1")],
    // Chrome and Chromium bring the loader along.
    "libvulkan.so.1": args.includes("--libvulkan")
      ? [given]
      : [
          installed("libvulkan.so.1"),
          "/usr/lib/chromium/libvulkan.so.1",
          "/opt/google/chrome/libvulkan.so.1",
        ],
  };
  mkdirSync(join(STAGE, "lib"), { recursive: true });
  for (const [name, paths] of Object.entries(candidates)) {
    const path = paths.find(file => file && existsSync(file));
    if (path) copyStripped(realpathSync(path), join(STAGE, "lib", name));
    else say(`${name} not found here: the other machine must have it`);
  }
}

/** Without symbols where strip is there. */
function copyStripped(from, to) {
  const stripped = spawnSync("strip", ["-o", to, from]);
  if (stripped.status !== 0) copyFileSync(from, to);
}
