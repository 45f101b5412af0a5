declare module "virtual:statescan-shaders" {
  import type { KernelSource } from "./manifest.ts";
  export const kernels: readonly KernelSource[];
}
