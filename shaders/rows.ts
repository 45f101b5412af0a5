/** One row per kernel: a skeleton of shaders/scan with an element of shaders/elements, and the size variant. */
import type { KernelRow } from "../scripts/shaders/assemble.ts";

const SKELETONS = ["reduce", "up", "spine", "down", "apply", "sequential"] as const;
const ELEMENTS = {
  affine: "elements/affine_params.wgsl",
  kalman_filter: "elements/kalman_params.wgsl",
  kalman_smoother: "elements/kalman_params.wgsl",
} as const;
/** lane: one invocation per element. team: several, matrices in workgroup memory. wide: the same in storage. */
const VARIANTS = { lane: [] } as const;

export const rows: readonly KernelRow[] = Object.entries(ELEMENTS).flatMap(([element, params]) =>
  Object.entries(VARIANTS).flatMap(([variant, defines]) =>
    SKELETONS.map(skeleton => {
      const style = variant === "lane" ? "lane" : "team";
      return {
        name: `${element}_${skeleton}_${variant}`,
        file: `scan/${skeleton}.wgsl`,
        imports: { PARAMS: params, ELEMENT: `elements/${element}_${style}.wgsl` },
        defines: [...defines, style.toUpperCase()],
      };
    }),
  ),
);

/** Sizes at which the build reads the kernels: bindings and uniform offsets do not depend on them. */
export const SAMPLE_CONSTANTS = { STATE_DIM: 2, EMISSION_DIM: 1, WORKGROUP: 4, TEAM: 1, TEAMS: 4, LEAVES: 4 };
