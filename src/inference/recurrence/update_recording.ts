/** One update of a trajectory as dispatches: the scan of newton_lane.wgsl, or a Kalman filter for trust regions. */
import { type BufferSpec, type Dispatch, LimitError, Recording } from "../../engine/index.ts";
import {
  kalmanFilterElement,
  newtonBlocksElement,
  newtonElement,
  recordScan,
  type ScanElement,
  type ScanSizes,
  scanLevels,
  scanScratch,
} from "../../scan/index.ts";
import { EACH_WORKGROUP, eachGrid } from "../each_grid.ts";
import { stateRecordLength } from "../linear_gaussian_problem.ts";
import {
  PLAIN,
  type RecurrenceGpuOptions,
  recordRecurrenceInputs,
  recurrenceSizes,
  type SlopeSettings,
  systemRequest,
} from "./recurrence_buffers.ts";
import type { IterationOptions, RecurrenceProblem } from "./recurrence_problem.ts";

export type GpuIterationOptions = IterationOptions & RecurrenceGpuOptions;

/** What decides after the merits are there; `groups` has three words for each dispatch of an update that may be stopped. */
export interface Verdict {
  readonly indices: BufferSpec;
  readonly elements: BufferSpec;
  /** Of recurrence_decide, where the merits stand. */
  readonly uniforms: Readonly<Record<string, number>>;
  /** Dispatches of an update but the decision. */
  readonly stoppable: number;
}

/** The dispatches of updates from one trajectory to another. */
export interface UpdateRecording extends Verdict {
  record(
    recording: Recording,
    from: BufferSpec,
    to: BufferSpec,
    decide: () => void,
    groups: BufferSpec,
  ): void;
  readonly words: string;
}

/** Declares the buffers of `setup` that stay from update to update. @throws LimitError */
export function updateRecording(
  setup: Recording,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
): UpdateRecording {
  const { method, call } = options;
  if (method === "gradient")
    throw new LimitError(
      `${call}: options.method expected one with a linear recursion on the GPU, got "gradient". Use backend "cpu": it is there for reference.`,
    );
  return method === "elk" || method === "quasiElk"
    ? filtered(setup, problem, options)
    : scanned(setup, problem, options);
}

function scanned(
  setup: Recording,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
): UpdateRecording {
  const { numSeries: N, numSteps: T } = problem;
  const element = elementOf(problem, options);
  const sizes = recurrenceSizes(problem, options);
  const inputs = recordRecurrenceInputs(setup, problem, settingsOf(options), "output");
  const { elements, states, memoryOffset } = kept(setup, () => scanScratch(setup, element, sizes, T, true));
  const levels = scanLevels(T, sizes);
  const shape = element.shape.variant === "lane" ? "one invocation each" : `teams of ${element.shape.team}`;
  return {
    indices: inputs.indices,
    elements,
    uniforms: { ...topOf(levels, sizes, N), element_floats: element.elementFloats, copies: 1, sums: 0 },
    stoppable: 2 * levels.length - 1,
    words: `${T} steps in chunks of ${sizes.chunkLength} by ${shape}`,
    record(recording, from, to, decide, groups) {
      const { parameters, indices, uniforms } = inputs;
      const block = { start: 0, steps: T, reverse: false };
      const scratch = { elements, states, memoryOffset };
      const buffers = { parameters, indices, current: from, next: to };
      recordScan(recording, element, sizes, block, true, scratch, {
        uniforms,
        buffers,
        between: decide,
        groups,
      });
    },
  };
}

const topOf = (levels: readonly number[], sizes: ScanSizes, N: number) => ({
  top_offset: levels.slice(0, -1).reduce((sum, level) => sum + level, 0) * N,
  top_stride: levels.at(-1) as number,
  leaf_steps: sizes.chunkLength * sizes.leaves ** (levels.length - 1),
});

/** Scratch that outlives a recording. */
function kept<Scratch extends { readonly elements: BufferSpec; readonly states: BufferSpec }>(
  setup: Recording,
  make: () => Scratch,
): Scratch {
  const scratch = make();
  const [elements, states] = [scratch.elements, scratch.states].map(spec => {
    const lasting = { ...spec, role: "output" as const };
    setup.buffers[setup.buffers.indexOf(spec)] = lasting;
    return lasting;
  });
  return { ...scratch, elements, states };
}

function elementOf(problem: RecurrenceProblem, options: GpuIterationOptions): ScanElement {
  const { method, call, engine, blocks, probe } = options;
  const request = systemRequest(call, problem);
  const diagonal = probe ? "probe" : "exact";
  if (method === "newton") return newtonElement(call, request, engine.caps);
  const constant = method === "picard" || method === "jacobi";
  return newtonBlocksElement(
    call,
    request,
    method === "blockQuasi" ? blocks : 1,
    constant ? "constant" : diagonal,
    engine.caps,
  );
}

const settingsOf = ({ method, damping, clip, bound, probe }: GpuIterationOptions): SlopeSettings => ({
  ...PLAIN,
  damping,
  clip,
  bound,
  constant: method === "picard" ? (1 - damping) * Math.min(1, clip) : 0,
  ...(probe ? { probe } : {}),
});

/** The change δ is the state of a filter: δ_t = A_t δ_{t−1} + r_t + q, 0 = δ_t + e. */
function filtered(
  setup: Recording,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
): UpdateRecording {
  const { numSeries: N, numSteps: T, stateDim: D } = problem;
  const { call, engine, method, trustRegion, probe } = options;
  const { splice, constants, cell } = systemRequest(call, problem);
  if (cell)
    throw new LimitError(
      `${call}: options.method expected one without a trust region for a cell on the GPU, got "${method}". Use backend "cpu".`,
    );
  const diagonal = method === "quasiElk";
  const copies = diagonal ? D : 1;
  const [n, series] = diagonal ? [1, N * D] : [D, N];
  const element = kalmanFilterElement(call, n, n, engine.caps);
  const sizes = recurrenceSizes({ ...problem, numSeries: series }, options);
  const inputs = recordRecurrenceInputs(setup, problem, settingsOf(options), "output");
  const weights = series * T * n * n;
  const constantAt = weights + N * T * D;
  const model = setup.buffer("trust region model", [constantAt + 3 * n * n], "output");
  setup.upload(model, () => modelOf(constantAt, n, Math.sqrt(trustRegion)));
  const indices = lengthsOf(setup, problem, copies);
  const observations = setup.buffer("no change", [series, T, n], "output");
  const record = stateRecordLength(n);
  const moments = setup.buffer("filtered changes", [series, T, record], "output");
  const others = ["predicted", "likelihoods"].map(name =>
    setup.buffer(name, [name === "predicted" ? 4 : series * T], "output"),
  );
  const scratch = kept(setup, () => scanScratch(setup, element, sizes, T, true));
  const partials = Math.ceil(T / EACH_WORKGROUP);
  const merits = setup.buffer("merits of workgroups", [N, partials], "output");
  const levels = scanLevels(T, sizes);
  const own = { ...inputs.uniforms, num_series: N, block_steps: T };
  return {
    indices,
    elements: merits,
    uniforms: {
      top_offset: 0,
      top_stride: partials,
      leaf_steps: EACH_WORKGROUP,
      element_floats: 1,
      copies,
      sums: 1,
    },
    stoppable: 2 + 2 * levels.length - 1,
    words: `a Kalman filter of ${T} steps for the change, ${diagonal ? "coordinate by coordinate, " : ""}σ² = ${trustRegion}`,
    record(recording, from, to, decide, groups) {
      const stop = (word: number): Pick<Dispatch, "indirect"> => ({
        indirect: { buffer: groups, word: 3 * word },
      });
      recording.dispatch({
        kernel: {
          name: "recurrence_linearise",
          constants: {
            ...constants,
            STATE_DIM: D,
            WORKGROUP: EACH_WORKGROUP,
            DIAGONAL: diagonal ? (probe ? 1 : 0) : 3,
          },
          unroll: false,
          splice,
        },
        uniforms: { ...own, bias_offset: weights, state_floats: record, partials },
        buffers: {
          parameters: inputs.parameters,
          indices,
          current: from,
          elements: merits,
          states: scratch.states,
          next: model,
        },
        workgroups: [partials, Math.min(N, 65_535), Math.ceil(N / 65_535)],
        ...stop(0),
        cost: N * T * (D + 1) * (20 * D + 2 * D * D),
      });
      decide();
      const inner = new Recording();
      recordScan(inner, element, sizes, { start: 0, steps: T, reverse: false }, true, scratch, {
        uniforms: filterUniforms(n, T, weights, constantAt, series),
        buffers: {
          parameters: model,
          indices,
          observations,
          filtered: moments,
          predicted: others[0],
          likelihoods: others[1],
        },
        groups,
      });
      // The filter's dispatches stand behind the one before it.
      for (const dispatch of inner.dispatches)
        recording.dispatch({
          ...dispatch,
          indirect: { buffer: groups, word: (dispatch.indirect?.word ?? 0) + 3 },
        });
      recording.dispatch({
        kernel: {
          name: "recurrence_move",
          constants: { STATE_DIM: D, WORKGROUP: EACH_WORKGROUP, INPUT_DIM: 1, PARAMETERS: 1 },
          unroll: false,
        },
        uniforms: { ...own, record_floats: record, copies },
        buffers: { parameters: inputs.parameters, indices, current: from, filtered: moments, next: to },
        workgroups: eachGrid(N * T * D),
        ...stop(1 + inner.dispatches.length),
        cost: 10 * N * T * D,
      });
    },
  };
}

/** Zeros, then the factors of process noise and emissions: I, and H = I with σ I. */
function modelOf(constantAt: number, n: number, sigma: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(constantAt + 3 * n * n);
  for (let i = 0; i < n; i++) {
    const at = constantAt + i * (n + 1);
    out[at] = out[at + n * n] = 1;
    out[at + 2 * n * n] = sigma;
  }
  return out;
}

/** Lengths of all filters, and behind them the one emission record. */
function lengthsOf(setup: Recording, { lengths }: RecurrenceProblem, copies: number): BufferSpec {
  const own = setup.buffer("filter lengths", [lengths.length * copies + 1], "output", "u32");
  setup.upload(own, () =>
    Uint32Array.from([...lengths].flatMap(length => new Array(copies).fill(length)).concat(0)),
  );
  return own;
}

const filterUniforms = (n: number, T: number, weights: number, constantAt: number, series: number) => ({
  weights_offset: 0,
  weights_step: n * n,
  weights_series: T * n * n,
  bias_offset: weights,
  bias_step: n,
  bias_series: T * n,
  noise_offset: constantAt,
  noise_step: 0,
  noise_series: 0,
  record_offset: series,
  record_step: 0,
  record_series: 0,
  emission_offset: constantAt + n * n,
  flags: 1,
});
