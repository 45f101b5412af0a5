import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { shaders } from "./scripts/shaders/plugin.ts";
import { site } from "./scripts/site/plugin.ts";
import { MINIFY } from "./scripts/sizes.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** In the dev server pages that import the built library get its source, so that edits show at once. */
const useSource: Plugin = {
  name: "use-source",
  apply: "serve",
  enforce: "pre",
  resolveId: source =>
    source === "statescan" || /\/dist\/(statescan|core\/index)\.js$/.test(source)
      ? path("./src/api/index.ts")
      : undefined,
};

/**
 * The library as one file: an ES module for pages and workers, and with --mode node the same with names and lines as written, as Node
 * shows where errors come from. In several files: vite.core.config.ts. `npm run dev` serves the site from its sources.
 */
export default defineConfig(({ mode }) => {
  const readable = mode === "node";
  return {
    appType: "mpa",
    plugins: [
      useSource,
      shaders(path("./shaders")),
      { ...site(path(".").replace(/\/$/, "")), apply: "serve" },
    ],
    server: { open: false },
    build: {
      outDir: path(readable ? "./dist/node" : "./dist"),
      emptyOutDir: true,
      target: "es2022",
      sourcemap: !readable,
      minify: readable ? false : "oxc",
      lib: { entry: path("./src/api/index.ts"), formats: ["es"], fileName: () => "statescan.js" },
      rolldownOptions: { output: { ...(!readable && { minify: MINIFY }), codeSplitting: false } },
    },
  };
});
