declare module "virtual:statescan-shaders/kernels_linear_gaussian" {
  import type { KernelBundle } from "./manifest.ts";
  export const bundle: KernelBundle;
}

declare module "virtual:statescan-shaders/kernels_hidden_markov" {
  import type { KernelBundle } from "./manifest.ts";
  export const bundle: KernelBundle;
}

declare module "virtual:statescan-shaders/kernels_recurrences" {
  import type { KernelBundle } from "./manifest.ts";
  export const bundle: KernelBundle;
}

declare module "virtual:statescan-shaders/kernels_particles" {
  import type { KernelBundle } from "./manifest.ts";
  export const bundle: KernelBundle;
}

declare module "virtual:statescan-shaders/kernels_language" {
  import type { KernelBundle } from "./manifest.ts";
  export const bundle: KernelBundle;
}
