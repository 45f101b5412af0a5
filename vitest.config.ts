import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import type { BrowserConfigOptions } from "vitest/node";
import { shaders } from "./scripts/shaders/plugin.ts";
import { findChrome } from "./src/cli/chrome/find_chrome.mjs";
import { FASTER_COMPILER } from "./test-browser/faster_compiler.ts";

const plugins = () => [shaders(fileURLToPath(new URL("./shaders", import.meta.url)))];
const chrome = findChrome()?.path;

/** Files that start browsers of their own, each of which keeps about a core busy. */
const TWO = 2;

/** Files of the second browser: half of the work, and few kernels that the first browser compiles too. */
const SECOND_BROWSER =
  "test-browser/{accuracy_hmm,covariance_form,elements,emissions,engine,far_densities,hmm,hmm_*,particles_exact,recurrence,recurrence_updates,scan,systems}.test.ts";

const browser: BrowserConfigOptions = {
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
    launchOptions: {
      ...(chrome ? { executablePath: chrome } : {}),
      args: [
        "--no-sandbox",
        "--enable-unsafe-webgpu",
        "--disable-gpu-watchdog",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--no-first-run",
        ...FASTER_COMPILER,
      ],
    },
  }),
  instances: [{ browser: "chromium" }],
};

export default defineConfig({
  test: {
    projects: [
      {
        plugins: plugins(),
        test: {
          name: "unit",
          include: ["{src,scripts,shaders,bench,examples}/**/*.test.ts"],
          environment: "node",
          // Files share what they import, and leave it as they found it.
          isolate: false,
          restoreMocks: true,
          maxWorkers: availableParallelism(),
          // The command's tests start a program each, on a machine that may be busy.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: plugins(),
        test: {
          name: "cli",
          include: ["test-browser/*.node.test.ts"],
          environment: "node",
          maxWorkers: TWO,
        },
      },
      {
        plugins: plugins(),
        resolve: { alias: { statescan: fileURLToPath(new URL("./src/api/index.ts", import.meta.url)) } },
        test: {
          name: "site",
          include: ["test-browser/site/**/*.node.test.ts"],
          environment: "node",
          testTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
          maxWorkers: TWO,
        },
      },
      {
        plugins: plugins(),
        test: {
          name: "browser",
          include: ["test-browser/**/*.test.ts"],
          exclude: ["test-browser/**/*.node.test.ts"],
          // The files of a browser share its page and its engine: see test-browser/shared_engine.ts.
          isolate: false,
          fileParallelism: false,
          // Two browsers share the cores, and the first test of a size waits for its kernels.
          testTimeout: 120_000,
          browser: {
            ...browser,
            instances: [
              {
                browser: "chromium",
                name: "browser 1",
                exclude: ["test-browser/**/*.node.test.ts", SECOND_BROWSER],
              },
              { browser: "chromium", name: "browser 2", include: [SECOND_BROWSER] },
            ],
          },
        },
      },
      // The long table of docs/accuracy.md: only `npm run accuracy` asks for it.
      ...(process.env.ACCURACY
        ? [
            {
              plugins: plugins(),
              test: {
                name: "accuracy",
                include: ["test-browser/accuracy.long.ts"],
                fileParallelism: false,
                provide: { accuracy: JSON.parse(process.env.ACCURACY) },
                browser,
              },
            },
          ]
        : []),
      // The tables of docs/parallel-newton.md: only `npm run newton` asks for them.
      ...(process.env.NEWTON
        ? [
            {
              plugins: plugins(),
              test: {
                name: "newton",
                include: ["test-browser/parallel_newton*.long.ts"],
                fileParallelism: false,
                provide: { newton: JSON.parse(process.env.NEWTON) },
                browser,
              },
            },
          ]
        : []),
      // Many draws of nonlinear models: only `npm run seeds` asks for it.
      ...(process.env.SEEDS
        ? [
            {
              plugins: plugins(),
              test: {
                name: "seeds",
                include: ["test-browser/nonlinear_seeds.long.ts"],
                fileParallelism: false,
                provide: { seeds: JSON.parse(process.env.SEEDS) },
                browser,
              },
            },
          ]
        : []),
    ],
  },
});
