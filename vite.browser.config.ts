import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The page that the command drives in headless Chrome. */
export default defineConfig({
  root: fileURLToPath(new URL("./src/cli/browser", import.meta.url)),
  base: "./",
  build: {
    outDir: fileURLToPath(new URL("./dist/browser", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
  },
});
