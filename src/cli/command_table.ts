/** The command line as data: one table of options serves parsing, checking and help. */

export interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** Allowed values; the first is the default. */
  readonly choices?: readonly string[];
  /** Left out it is not set: what stands beside it decides whether the default means anything. */
  readonly unset?: boolean;
  /** What stands for the value in help. */
  readonly value?: string;
  readonly help: string;
}

const HELP: Option = { type: "boolean", short: "h", help: "show this help" };
const GPU: Option = {
  type: "string",
  choices: ["auto", "hardware", "software"],
  help: "which WebGPU adapter: hardware refuses a software one, exit 3",
};

const BACKEND: Option = {
  type: "string",
  choices: ["auto", "webgpu", "cpu"],
  help: "webgpu: headless Chrome; auto takes it for large work on a hardware GPU",
};
const PROGRESS: Option = {
  type: "string",
  choices: ["auto", "json", "none"],
  help: "auto: a bar on a terminal; json: one object a line on standard error",
};

const MODEL: Option = { type: "string", short: "m", value: "F.json", help: "model document" };
const OUT: Option = {
  type: "string",
  short: "o",
  value: "F",
  help: "result file; default JSON on standard output",
};
const FIELDS: Option = { type: "string", value: "a,b", help: "result fields to write; default all" };
const SEED: Option = {
  type: "string",
  value: "K",
  help: "whole number; the same seed gives the same draws; default 0",
};

const LEVEL: Option = {
  type: "string",
  value: "P",
  help: "probability between lower and upper; default 0.95",
};

/** How numbers of models with moments are computed; form of linear Gaussian ones alone. */
const PRECISION: Readonly<Record<string, Option>> = {
  refine: {
    type: "string",
    choices: ["auto", "always", "never"],
    help: "float32 runs around a nominal trajectory; the CPU code needs none",
  },
  form: {
    type: "string",
    choices: ["auto", "timeInvariant", "squareRoot", "covariance"],
    help: "form of covariances; covariance is refused where it loses digits",
  },
};

const WGSL: Readonly<Record<string, Option>> = {
  wgsl: {
    type: "string",
    value: "F.wgsl",
    help: "nonlinear models: functions dynamics and emission in WGSL",
  },
};

/** How functions of nonlinear models are made affine. */
const LINEARIZATION: Readonly<Record<string, Option>> = {
  ...WGSL,
  linearization: {
    type: "string",
    choices: ["unscented", "taylor", "cubature", "gauss-hermite", "slr"],
    unset: true,
    help: "nonlinear models: how functions are made affine",
  },
  alpha: { type: "string", value: "A", help: "unscented: spread of the points; default 1" },
  beta: { type: "string", value: "B", help: "unscented: weight of the centre in covariances; default 0" },
  kappa: { type: "string", value: "K", help: "unscented: spread of the points; default max(0, 3 - n)" },
  order: { type: "string", value: "P", help: "gauss-hermite: nodes for every state; default 5" },
  points: { type: "string", value: "C", help: "slr: number of points; default 1024" },
};

const PARTICLES: Readonly<Record<string, Option>> = {
  particles: { type: "string", value: "N", help: "nonlinear models: by a particle filter of N particles" },
  proposal: {
    type: "string",
    choices: ["bootstrap", "auxiliary"],
    unset: true,
    help: "particles: how they move",
  },
};

const UPDATES: Readonly<Record<string, Option>> = {
  updates: {
    type: "string",
    value: "K",
    help: "nonlinear models: times an emission is made affine; default 1",
  },
};

/** How nonlinear models are smoothed. */
const ITERATIONS: Readonly<Record<string, Option>> = {
  iterations: {
    type: "string",
    value: "K",
    help: "nonlinear models: most iterations around the smoothed states; 0: one pass",
  },
  tolerance: { type: "string", value: "E", help: "iterations: change that ends them, in sd; default 1e-6" },
  damping: {
    type: "string",
    choices: ["lineSearch", "none"],
    unset: true,
    help: "iterations: how steps are cut",
  },
};

/** Options of the commands that run on data; `own` are of one command alone. */
const onData = (
  own: Readonly<Record<string, Option>>,
  covariances: Readonly<Record<string, Option>> = {},
  precision: Readonly<Record<string, Option>> = PRECISION,
): Readonly<Record<string, Option>> => ({
  model: MODEL,
  data: {
    type: "string",
    short: "d",
    multiple: true,
    value: "F",
    help: "observations; again for more series",
  },
  inputs: { type: "string", multiple: true, value: "F", help: "inputs u_t, a file for every data file" },
  columns: { type: "string", value: "a,b", help: "columns of the data to use, by name or number from 0" },
  series: { type: "string", value: "COLUMN", help: "column that names the series a row belongs to" },
  ...own,
  out: OUT,
  fields: FIELDS,
  backend: BACKEND,
  gpu: GPU,
  method: { type: "string", choices: ["auto", "parallel", "sequential"], help: "how time is handled" },
  ...precision,
  ...covariances,
  progress: PROGRESS,
  help: HELP,
});

const SMOOTHER: Readonly<Record<string, Option>> = {
  smoother: {
    type: "string",
    choices: ["auto", "rts", "twoFilter"],
    help: "how later data are used; auto: twoFilter where float32 needs it",
  },
};

/** How hidden Markov models are smoothed. */
const HMM_SMOOTHER: Readonly<Record<string, Option>> = {
  lag: {
    type: "string",
    value: "L",
    help: "hidden Markov models: smooth a step by the L after it; default all",
  },
  transitions: {
    type: "string",
    choices: ["sum", "steps"],
    unset: true,
    help: "hidden Markov models: expected transitions, over all steps or of each",
  },
};

const COVARIANCES: Readonly<Record<string, Option>> = {
  covariances: {
    type: "string",
    choices: ["full", "diag", "none"],
    help: "covariance matrices, their diagonals (as ...Variances), or neither",
  },
};

const LIKELIHOOD: Readonly<Record<string, Option>> = {
  likelihood: {
    type: "string",
    choices: ["exact", "diffuseOmitted", "burn"],
    help: "how a diffuse start is counted",
  },
  "burn-in": {
    type: "string",
    value: "STEPS",
    help: "steps that burn leaves out; default the diffuse ones",
  },
};

/** Options of the commands on recurrences; `own` are of one command alone. */
const onRecurrence = (own: Readonly<Record<string, Option>>): Readonly<Record<string, Option>> => ({
  model: { ...MODEL, help: 'model document of type "recurrence"' },
  system: { type: "string", value: "NAME", help: "a system of the library in its place, as lorenz" },
  wgsl: { type: "string", value: "F.wgsl", help: "the function dynamics in WGSL" },
  data: {
    type: "string",
    short: "d",
    multiple: true,
    value: "F",
    help: "inputs u_t, a row for every step; again for more series",
  },
  steps: { type: "string", value: "T", help: "number of steps of a model without inputs" },
  columns: { type: "string", value: "a,b", help: "columns of the data to use, by name or number from 0" },
  series: { type: "string", value: "COLUMN", help: "column that names the series a row belongs to" },
  "initial-state": { type: "string", value: "a,b", help: "the state before step 0; default the document's" },
  ...own,
  out: OUT,
  fields: FIELDS,
  backend: BACKEND,
  gpu: GPU,
  progress: PROGRESS,
  help: HELP,
});

/** How the states of a recurrence are found. */
const EVALUATION: Readonly<Record<string, Option>> = {
  method: {
    type: "string",
    choices: [
      "auto",
      "newton",
      "quasi",
      "block-quasi",
      "picard",
      "jacobi",
      "elk",
      "quasi-elk",
      "gradient",
      "sequential",
    ],
    help: "updates of the whole trajectory, or one step after the other",
  },
  guess: { type: "string", value: "G", help: "first trajectory: normal (default), zeros, tiled or a file" },
  seed: { type: "string", value: "K", help: "of the guess; whole number, default 0" },
  tolerance: { type: "string", value: "E", help: "merit per step that ends the updates; default 1e-10" },
  "max-iterations": { type: "string", value: "K", help: "most updates; default the smaller of T and 1000" },
  polish: { type: "string", value: "K", help: "updates after the tolerance is met; default 1" },
  damping: { type: "string", value: "K", help: "slopes are multiplied by 1 - K; default 0" },
  clip: { type: "string", value: "A[,S]", help: "bound of the Jacobian's entries, and of the states" },
  diagonal: {
    type: "string",
    choices: ["exact", "hutchinson"],
    unset: true,
    help: "quasi, block-quasi, quasi-elk: the diagonal itself, or by a random probe",
  },
  blocks: { type: "string", value: "B", help: "block-quasi: the Jacobian is B x B blocks; default 2" },
  "trust-region": { type: "string", value: "V", help: "elk, quasi-elk: its variance; default 100" },
  "step-size": { type: "string", value: "A", help: "gradient: length of its steps; default 0.25" },
  window: { type: "string", value: "W", help: "steps at a time; default all" },
  prefixes: { type: "string", value: "T,U", help: "lengths whose own number of updates is told" },
};

/** Options of every command. */
export const COMMANDS: Readonly<Record<string, Readonly<Record<string, Option>>>> = {
  filter: onData(
    { ...LINEARIZATION, ...UPDATES, ...PARTICLES, seed: SEED },
    { ...COVARIANCES, ...LIKELIHOOD },
  ),
  smooth: onData(
    {
      ...SMOOTHER,
      ...HMM_SMOOTHER,
      ...LINEARIZATION,
      ...ITERATIONS,
      ...PARTICLES,
      trajectories: {
        type: "string",
        value: "M",
        help: "particles: paths drawn back through them; default 100",
      },
      seed: SEED,
    },
    { ...COVARIANCES, ...LIKELIHOOD },
  ),
  loglik: onData(
    { ...LINEARIZATION, ...UPDATES, ...PARTICLES, seed: SEED },
    { ...COVARIANCES, ...LIKELIHOOD },
  ),
  decode: onData({}, {}, {}),
  forecast: onData(
    {
      steps: { type: "string", value: "H", help: "number of steps after the data" },
      level: LEVEL,
      "future-inputs": { type: "string", value: "F", help: "inputs of the steps ahead" },
      scenario: {
        type: "string",
        multiple: true,
        value: "NAME=F",
        help: "what if: other inputs of the steps ahead; again for more scenarios",
      },
      ...LINEARIZATION,
      ...UPDATES,
    },
    COVARIANCES,
  ),
  sample: onData({
    samples: { type: "string", value: "S", help: "number of draws; default 1" },
    seed: SEED,
    ...LINEARIZATION,
    ...ITERATIONS,
    ...PARTICLES,
  }),
  decompose: onData({
    level: LEVEL,
    states: {
      type: "string",
      choices: ["smoothed", "filtered"],
      help: "given all observations, or those up to each step",
    },
    ...SMOOTHER,
  }),
  simulate: {
    model: MODEL,
    ...WGSL,
    steps: { type: "string", value: "T", help: "number of steps; default that of time-varying parameters" },
    samples: { type: "string", value: "S", help: "number of draws, along an axis of their own" },
    seed: SEED,
    inputs: { type: "string", value: "F", help: "inputs u_t" },
    series: { type: "string", value: "COLUMN", help: "column of the inputs that names the series of a row" },
    "initial-state": {
      type: "string",
      value: "a,b",
      help: "z_0, in place of a draw; needed for diffuse starts; hidden Markov: 0 ... K-1",
    },
    out: OUT,
    fields: FIELDS,
    help: HELP,
  },
  evaluate: onRecurrence(EVALUATION),
  lyapunov: onRecurrence({
    spectrum: { type: "boolean", help: "all exponents; else the largest" },
    discard: { type: "string", value: "K", help: "steps before growth counts; default 0" },
  }),
  info: {
    gpu: GPU,
    json: { type: "boolean", help: "print JSON" },
    help: HELP,
  },
  help: {},
};
