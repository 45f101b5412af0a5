import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { shaders } from "./scripts/shaders/plugin.ts";
import { findChrome } from "./src/cli/chrome/find_chrome.mjs";

const plugins = () => [shaders(fileURLToPath(new URL("./shaders", import.meta.url)))];
const chrome = findChrome()?.path;

export default defineConfig({
  test: {
    projects: [
      {
        plugins: plugins(),
        test: { name: "unit", include: ["{src,scripts,shaders,bench}/**/*.test.ts"], environment: "node" },
      },
      {
        plugins: plugins(),
        test: {
          name: "cli",
          include: ["test-browser/**/*.node.test.ts"],
          environment: "node",
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
          browser: {
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
          },
        },
      },
    ],
  },
});
