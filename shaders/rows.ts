/** One row per kernel: a skeleton of shaders/scan with an element of shaders/elements, and the size variant. */
import type { KernelRow } from "../scripts/shaders/assemble.ts";

const SKELETONS = ["reduce", "up", "spine", "down", "apply", "sequential"] as const;
const ELEMENTS = {
  affine: "elements/affine_params.wgsl",
  kalman_filter: "elements/kalman_params.wgsl",
  kalman_smoother: "elements/kalman_params.wgsl",
  kalman_filter_covariance: "elements/kalman_params.wgsl",
  kalman_smoother_covariance: "elements/kalman_params.wgsl",
  kalman_two_filter: "elements/kalman_params.wgsl",
} as const;
/** lane: one invocation per element. team: several, matrices in workgroup memory. wide: the same in storage. */
const VARIANTS = { lane: [], team: ["TEAM_MEMORY_WORKGROUP"], wide: ["TEAM_MEMORY_STORAGE"] } as const;

/** Skeletons and elements of the scan of vectors whose matrices are known beforehand. */
const VECTOR_SKELETONS = ["fold", "walk"] as const;
const VECTOR_ELEMENTS = ["vector", "steady_filter", "steady_smoother", "backward_sampler"] as const;

const vectorRows: readonly KernelRow[] = VECTOR_ELEMENTS.flatMap(element =>
  VECTOR_SKELETONS.map(skeleton => ({
    name: `${element}_${skeleton}`,
    file: `vector/${skeleton}.wgsl`,
    imports: { PARAMS: `elements/${element}_params.wgsl`, ELEMENT: `elements/${element}.wgsl` },
  })),
);

const scanRows: readonly KernelRow[] = Object.entries(ELEMENTS).flatMap(([element, params]) =>
  Object.entries(VARIANTS).flatMap(([variant, defines]) =>
    [...SKELETONS, ...(element === "kalman_smoother" ? ["each"] : [])].map(skeleton => {
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

/** One element of hidden Markov models. splice: its kernels take the density of the emissions in when they are made. */
interface HmmElement {
  readonly file: string;
  readonly params: string;
  readonly splice?: string;
  readonly maps?: string;
  readonly extended?: boolean;
  /** Skeletons, where they are not those of a scan: files by the names of the kernels. */
  readonly skeletons?: Readonly<Record<string, string>>;
  readonly variants: readonly (keyof typeof VARIANTS)[];
}

const ALL = ["lane", "team", "wide"] as const;
const FILTER = { file: "hmm_filter", params: "hmm/filter_params.wgsl", splice: "emissions", variants: ALL };
const SMOOTHER = { file: "hmm_smoother", params: "hmm/smoother_params.wgsl", variants: ALL };
const TWO_FILTER = {
  file: "hmm_two_filter",
  params: "hmm/two_filter_params.wgsl",
  splice: "emissions",
  variants: ALL,
};
const FIXED_LAG = {
  file: "hmm_fixed_lag",
  params: "hmm/fixed_lag_params.wgsl",
  variants: ALL,
  skeletons: { windows: "hmm/fixed_lag.wgsl" },
};
const STORED_MAPS = { params: "hmm/maps_stored_params.wgsl", maps: "hmm/maps_stored.wgsl" };
const DRAWN_MAPS = { params: "hmm/maps_drawn_params.wgsl", maps: "hmm/maps_drawn.wgsl" };
const INDEX_MAP = { file: "index_map", variants: ["lane"] } as const;
const HMM_ELEMENTS: Readonly<Record<string, HmmElement>> = {
  hmm_filter: FILTER,
  hmm_filter_extended: { ...FILTER, extended: true },
  hmm_smoother: SMOOTHER,
  hmm_smoother_extended: { ...SMOOTHER, extended: true },
  hmm_two_filter: TWO_FILTER,
  hmm_two_filter_extended: { ...TWO_FILTER, extended: true },
  hmm_fixed_lag: FIXED_LAG,
  hmm_fixed_lag_extended: { ...FIXED_LAG, extended: true },
  hmm_max_plus: {
    file: "hmm_max_plus",
    params: "hmm/max_plus_params.wgsl",
    splice: "emissions",
    variants: ALL,
  },
  index_map: { ...INDEX_MAP, ...STORED_MAPS },
  hmm_sampler: { ...INDEX_MAP, ...DRAWN_MAPS },
  hmm_sampler_extended: { ...INDEX_MAP, ...DRAWN_MAPS, extended: true },
};

const SCANS = Object.fromEntries(SKELETONS.map(skeleton => [skeleton, `scan/${skeleton}.wgsl`]));

const hmmRows: readonly KernelRow[] = Object.entries(HMM_ELEMENTS).flatMap(
  ([element, { file, params, splice, maps, extended, variants, skeletons = SCANS }]) =>
    variants.flatMap(variant =>
      Object.entries(skeletons).map(([skeleton, frame]) => {
        const style = variant === "lane" ? "lane" : "team";
        return {
          name: `${element}_${skeleton}_${variant}`,
          file: frame,
          imports: {
            PARAMS: params,
            ELEMENT: `elements/${file}_${style}.wgsl`,
            ...(maps ? { MAPS: maps } : {}),
          },
          defines: [...VARIANTS[variant], style.toUpperCase(), ...(extended ? ["EXTENDED"] : [])],
          ...(splice ? { splice } : {}),
        };
      }),
    ),
);

/** Other kernels that take a density in. */
const emissionRows: readonly KernelRow[] = [
  { name: "emission_each", file: "hmm/emission_each.wgsl", splice: "emissions" },
];

/** Kernels that make the arrays of results that stay on the GPU. */
const leftRows: readonly KernelRow[] = [
  { name: "moments_each", file: "moments_each.wgsl" },
  { name: "hmm_rows_each", file: "hmm/rows_each.wgsl" },
];

/** Updates of a trajectory: a scan whose elements come from a function that is taken in. */
const newtonRows: readonly KernelRow[] = [
  ...(["lane", "team", "wide"] as const).map(variant => ["newton", variant] as const),
  ...(["lane", "team", "wide"] as const).map(variant => ["lyapunov", variant] as const),
  ...["newton_blocks", "newton_trust", "newton_mobius"].flatMap(
    element =>
      [
        [element, "lane"],
        [element, "team"],
      ] as const,
  ),
  ...(["lane", "team", "wide"] as const).map(variant => ["newton_derivative", variant] as const),
].flatMap(([element, variant]) => {
  const style = variant === "lane" ? "lane" : "team";
  const diagonal = !["newton", "newton_derivative", "lyapunov"].includes(element);
  const given = style === "lane" ? ["system"] : diagonal ? ["cell"] : ["system", "cell"];
  // Nobody asks what a step ahead of the chunks is.
  const none = element === "newton_mobius" ? ["sequential", "apply"] : ["sequential"];
  const trust = element === "newton_trust";
  return given.flatMap(text =>
    SKELETONS.filter(skeleton => !none.includes(skeleton)).map(skeleton => ({
      name: `${element}${text === "cell" ? "_cell" : ""}_${skeleton}_${variant}`,
      file: `scan/${skeleton}.wgsl`,
      imports: {
        PARAMS: "recurrence/params.wgsl",
        ELEMENT: `elements/${trust ? "newton_blocks" : element.replace("_derivative", "")}_${style}.wgsl`,
      },
      defines: [
        ...VARIANTS[variant],
        style.toUpperCase(),
        text === "cell" ? "ROWS" : "COLUMNS",
        ...(trust ? ["TRUST"] : []),
        ...(element === "newton_derivative" ? ["DERIVATIVE"] : []),
      ],
      splice: `recurrence/${text}s`,
    })),
  );
});

/** What goes with them. */
const recurrenceRows: readonly KernelRow[] = [
  { name: "recurrence_decide", file: "recurrence/decide.wgsl" },
  { name: "recurrence_slide", file: "recurrence/slide.wgsl" },
  ...["linearise", "each"].flatMap(kernel => [
    { name: `recurrence_${kernel}`, file: `recurrence/${kernel}.wgsl`, splice: "recurrence/systems" },
    { name: `recurrence_${kernel}_cell`, file: `recurrence/${kernel}_cell.wgsl`, splice: "recurrence/cells" },
  ]),
  { name: "recurrence_move", file: "recurrence/move.wgsl" },
  { name: "recurrence_pull", file: "recurrence/pull.wgsl", splice: "recurrence/pulls" },
  { name: "recurrence_push", file: "recurrence/push.wgsl", splice: "recurrence/pushes" },
  { name: "recurrence_sequential", file: "recurrence/sequential.wgsl", splice: "recurrence/systems" },
  { name: "recurrence_sequential_cell", file: "recurrence/sequential_cell.wgsl", splice: "recurrence/cells" },
];
/** Particle filters; what calls functions of a model takes them in. */
const PARTICLE_KERNELS = ["step", "look", "spine", "ahead", "backward"] as const;
const particleRows: readonly KernelRow[] = PARTICLE_KERNELS.map(kernel => ({
  name: `particle_${kernel}`,
  file: `particles/${kernel}.wgsl`,
  ...(kernel === "spine" || kernel === "backward" ? {} : { splice: "functions" }),
}));

export const rows: readonly KernelRow[] = [
  ...scanRows,
  ...vectorRows,
  ...hmmRows,
  ...emissionRows,
  ...leftRows,
  ...newtonRows,
  ...recurrenceRows,
  ...particleRows,
];

/** The snippet of each folder with which the build reads kernels that take one in. */
export const SAMPLE_SNIPPETS: Readonly<Record<string, string>> = {
  emissions: "precomputed",
  "recurrence/systems": "linear",
  "recurrence/cells": "linear",
  "recurrence/pulls": "linear",
  "recurrence/pushes": "linear",
  functions: "linear",
};

/** Sizes at which the build reads the kernels: bindings and uniform offsets do not depend on them. */
export const SAMPLE_CONSTANTS = {
  STATE_DIM: 2,
  EMISSION_DIM: 1,
  WIDEST: 2,
  MEMORY_FLOATS: 64,
  NUM_STATES: 2,
  MEMORY_WORDS: 128,
  MAP_BITS: 8,
  DRAW_BITS: 29,
  WORKGROUP: 4,
  TEAM: 1,
  TEAMS: 4,
  LEAVES: 4,
  INPUT_DIM: 1,
  PARAMETERS: 4,
  BLOCKS: 1,
  DIAGONAL: 0,
  STEPS: 4,
  RULE: 2,
  LEVELS: 3,
  EMISSION: 0,
  THETA_DIM: 1,
  COVARIANCE_DIM: 1,
  DYNAMICS_INPUTS: 1,
  DYNAMICS_PARAMETERS: 1,
  EMISSION_INPUTS: 1,
  EMISSION_PARAMETERS: 1,
  COVARIANCE_INPUTS: 1,
  COVARIANCE_PARAMETERS: 1,
};
