import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { shaders } from "./scripts/shaders/plugin.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The library: one ES module that runs in pages, workers and Node. `npm run dev` serves the examples. */
export default defineConfig({
  plugins: [shaders(path("./shaders"))],
  server: { open: false },
  build: {
    target: "es2022",
    sourcemap: true,
    lib: { entry: path("./src/api/index.ts"), formats: ["es"], fileName: () => "statescan.js" },
  },
});
