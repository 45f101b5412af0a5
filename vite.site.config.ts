import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { shaders } from "./scripts/shaders/plugin.ts";
import { inputs, site } from "./scripts/site/plugin.ts";
import { storedRunModules } from "./scripts/site/stored_runs.ts";

const root = fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "");

/** The library as one file, for visitors to take: built before the site. */
const library: Plugin = {
  name: "site-library",
  generateBundle() {
    const file = `${root}/dist/statescan.js`;
    if (!existsSync(file)) this.error("dist/statescan.js expected, got none. Run `npm run build`.");
    this.emitFile({ type: "asset", fileName: "statescan.js", source: readFileSync(file) });
  },
};

/** The site: gallery, benchmark and documents as static files with relative links. */
export default defineConfig({
  root,
  base: "./",
  publicDir: false,
  plugins: [shaders(`${root}/shaders`), site(root), storedRunModules(root), library],
  resolve: { alias: { statescan: `${root}/src/api/index.ts` } },
  worker: { format: "es", plugins: () => [shaders(`${root}/shaders`)] },
  build: {
    outDir: "dist/site",
    emptyOutDir: true,
    target: "es2022",
    // light-dark() stays as it is: what replaces it cannot follow the button for colours.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: inputs(root) },
  },
  preview: { open: false },
});
