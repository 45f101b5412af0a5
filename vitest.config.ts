import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import type { BrowserConfigOptions } from "vitest/node";
import { shaders } from "./scripts/shaders/plugin.ts";
import { findChrome } from "./src/cli/chrome/find_chrome.mjs";

const plugins = () => [shaders(fileURLToPath(new URL("./shaders", import.meta.url)))];
const chrome = findChrome()?.path;

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
        },
      },
      {
        plugins: plugins(),
        test: {
          name: "cli",
          include: ["test-browser/*.node.test.ts"],
          environment: "node",
          fileParallelism: false,
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
          fileParallelism: false,
        },
      },
      {
        plugins: plugins(),
        test: {
          name: "browser",
          include: ["test-browser/**/*.test.ts"],
          exclude: ["test-browser/**/*.node.test.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          browser,
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
    ],
  },
});
