import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { shaders } from "./scripts/shaders/plugin.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The page that the command drives in headless Chrome. */
export default defineConfig({
  plugins: [shaders(path("./shaders"))],
  root: path("./src/cli/browser"),
  base: "./",
  build: {
    outDir: path("./dist/browser"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    chunkSizeWarningLimit: 2000,
  },
});
