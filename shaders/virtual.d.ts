declare module "virtual:statescan-shaders" {
  import type { KernelBundle } from "./manifest.ts";
  export const bundle: KernelBundle;
}
