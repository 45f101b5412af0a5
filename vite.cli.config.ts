import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { shaders } from "./scripts/shaders/plugin.ts";

const builtins = new Set(builtinModules);

/** The command for Node. The browser launcher stays outside: the set-up script runs the same files unbuilt. */
export default defineConfig({
  plugins: [shaders(fileURLToPath(new URL("./shaders", import.meta.url)))],
  build: {
    outDir: "dist/cli",
    emptyOutDir: true,
    target: "node20",
    minify: false,
    chunkSizeWarningLimit: 2000,
    lib: { entry: { main: "src/cli/main.ts", plot: "src/cli/plot/page.ts" }, formats: ["es"] },
    rolldownOptions: {
      external: id => id.startsWith("node:") || builtins.has(id) || id === "ws" || id === "papaparse",
      platform: "node",
    },
  },
});
