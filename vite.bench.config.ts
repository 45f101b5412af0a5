import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";
import { shaders } from "./scripts/shaders/plugin.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const builtins = new Set(builtinModules);

/** --mode page: the page for headless Chrome. Otherwise: the command for Node, which also runs on Dawn. */
export default defineConfig(({ mode }): UserConfig => {
  const plugins = [shaders(path("./shaders"))];
  if (mode === "page") {
    return {
      plugins,
      root: path("./bench/page"),
      base: "./",
      build: {
        chunkSizeWarningLimit: 2000,
        outDir: path("./dist/bench/page"),
        emptyOutDir: true,
        target: "es2022",
        modulePreload: false,
      },
    };
  }
  return {
    plugins,
    build: {
      chunkSizeWarningLimit: 2000,
      outDir: path("./dist/bench"),
      emptyOutDir: true,
      target: "node20",
      minify: false,
      lib: { entry: { main: path("./bench/main.ts") }, formats: ["es"] },
      rolldownOptions: {
        external: id => id.startsWith("node:") || builtins.has(id) || id === "ws" || id === "webgpu",
        platform: "node",
      },
    },
  };
});
