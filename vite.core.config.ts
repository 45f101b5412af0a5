import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { shaders } from "./scripts/shaders/plugin.ts";
import { MINIFY, sizes } from "./scripts/sizes.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The library in several files: the core, and parts that calls load when they need them. */
export default defineConfig({
  plugins: [shaders(path("./shaders")), sizes(path("./dist/statescan.js"))],
  build: {
    outDir: path("./dist/core"),
    emptyOutDir: true,
    target: "es2022",
    sourcemap: true,
    chunkSizeWarningLimit: 2000,
    lib: { entry: { index: path("./src/api/index.ts") }, formats: ["es"] },
    rolldownOptions: {
      output: {
        minify: MINIFY,
        // Names of shared pieces list all who share them.
        chunkFileNames: ({ name }) => `${name.split("~")[0]}-[hash].js`,
        codeSplitting: {
          groups: [
            { name: "core", tags: ["$initial"], priority: 2 },
            // What parts share; small pieces go with the nearest larger one.
            { name: "shared", minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 10_000 },
          ],
        },
      },
    },
  },
});
