/**
 * iterate.cpu.ts on the GPU: updates of whole trajectories in float32, the function and its Jacobian within the kernels of the scan.
 * The merit comes up the tree with the elements; which series go on is decided there too (shaders/recurrence/decide.wgsl), so that
 * the host looks only now and then.
 */
import {
  type BufferSpec,
  type ExecuteOptions,
  execute,
  Recording,
  readTensors,
  type Status,
  type Tensor,
} from "../../engine/index.ts";
import {
  newtonBlocksElement,
  newtonElement,
  recordScan,
  type ScanElement,
  scanLevels,
  scanScratch,
} from "../../scan/index.ts";
import {
  PLAIN,
  type RecurrenceGpuOptions,
  recordRecurrenceInputs,
  recurrenceSizes,
  type SlopeSettings,
  systemRequest,
} from "./recurrence_buffers.ts";
import {
  type IterationOptions,
  type IterationRecords,
  NOT_REACHED,
  type RecurrenceProblem,
} from "./recurrence_problem.ts";
import { evaluateSequentially } from "./sequential.cpu.ts";

/** Merits of at least this stand for those that are not finite: shaders/recurrence/trajectory.wgsl. */
const NO_MERIT = 1e30;
/** Words of a series in the control buffer. */
const WORDS = 4;
const REACHED = 1;
/** Looks of the host at first, and at most that many updates between two. */
const FIRST_LOOK = 4;
const LAST_LOOK = 64;
const DECIDE_WORKGROUP = 64;

export type GpuIterationOptions = IterationOptions & RecurrenceGpuOptions;

/** @throws LimitError, DeviceError, AbortedError; ShaderError for a function that does not compile */
export async function iterateGpu(
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
): Promise<{ records: IterationRecords; words: string }> {
  const { call, engine, signal, onProgress, maxIterations, polish } = options;
  const run = new Updates(problem, options);
  const execution: ExecuteOptions = { call, signal };
  const tensors = await execute(engine, run.setup, execution);
  try {
    const most = maxIterations + polish + 1;
    // Trajectories and prefixes are looked at one by one.
    const single = options.onIterate !== undefined || options.prefixes !== undefined;
    let control: Uint32Array = new Uint32Array(0);
    const seen: Float64Array[] = [];
    for (let looks = 0, batch = FIRST_LOOK; looks < most; batch = Math.min(LAST_LOOK, 2 * batch)) {
      const count = single ? 1 : Math.min(batch, most - looks);
      await execute(engine, run.updates(looks, count), { ...execution, given: tensors });
      looks += count;
      control = asWords(await run.read(tensors, [run.control]));
      if (single) await run.show(tensors, looks - 1, control);
      onProgress?.({ phase: "iterate", done: Math.min(looks, maxIterations), total: maxIterations });
      if (run.isOver(control)) break;
    }
    void seen;
    return { records: await run.records(tensors, control), words: run.words };
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}

const asWords = ([data]: Float32Array[]): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, data.length);

class Updates {
  /** Buffers and uploads. */
  readonly setup = new Recording();
  readonly control: BufferSpec;
  readonly words: string;
  readonly #problem: RecurrenceProblem;
  readonly #options: GpuIterationOptions;
  readonly #states: readonly [BufferSpec, BufferSpec];
  readonly #merits: BufferSpec;
  readonly #meritStride: number;
  /** An update from the first of the two trajectories to the second, and one back. */
  readonly #pair: readonly [Recording, Recording];

  constructor(problem: RecurrenceProblem, options: GpuIterationOptions) {
    this.#problem = problem;
    this.#options = options;
    const { setup } = this;
    const { numSeries: N, numSteps: T, stateDim: D } = problem;
    const { maxIterations, polish, tolerance, guess, call, engine } = options;
    const element = elementOf(problem, options);
    const sizes = recurrenceSizes(problem, options);
    const inputs = recordRecurrenceInputs(setup, problem, settingsOf(options), "output");
    const scratch = scanScratch(setup, element, sizes, T, true);
    const kept = [scratch.elements, scratch.states].map(spec => ({ ...spec, role: "output" as const }));
    setup.buffers.splice(-2, 2, ...kept);
    const [elements, states] = kept;
    this.#states = [
      setup.buffer("trajectory", [N, T, D], "output"),
      setup.buffer("trajectory moved", [N, T, D], "output"),
    ];
    setup.upload(this.#states[0], () => Float32Array.from(guess));
    setup.upload(this.#states[1], () => Float32Array.from(guess));
    this.control = setup.buffer("iteration control", [N * WORDS + 1], "output", "u32");
    this.#meritStride = maxIterations + polish + 2;
    this.#merits = setup.buffer("merits", [N * this.#meritStride + 1], "output");
    setup.upload(this.#merits, () => {
      const out = new Float32Array(N * this.#meritStride + 1).fill(-1);
      out[N * this.#meritStride] = options.prefixes ? -1 : tolerance;
      return out;
    });
    const levels = scanLevels(T, sizes);
    const top = levels.length - 1;
    const dispatches = 2 * levels.length - 1;
    const groups = setup.buffer("workgroups", [3 * dispatches], "output", "u32");
    const decide = {
      kernel: { name: "recurrence_decide", constants: { WORKGROUP: DECIDE_WORKGROUP }, unroll: false },
      uniforms: {
        num_series: N,
        top_offset: levels.slice(0, top).reduce((sum, level) => sum + level, 0) * N,
        top_stride: levels[top],
        leaf_steps: sizes.chunkLength * sizes.leaves ** top,
        element_floats: element.elementFloats,
        max_updates: maxIterations,
        polish,
        merit_stride: this.#meritStride,
        num_groups: 3 * dispatches,
      },
      buffers: { elements, indices: inputs.indices, control: this.control, merits: this.#merits, groups },
      workgroups: [1, 1, 1] as const,
      cost: 100 * N,
    };
    const oneWay = (from: BufferSpec, to: BufferSpec): Recording => {
      const recording = new Recording();
      for (const spec of setup.buffers) recording.use(spec);
      recordScan(
        recording,
        element,
        sizes,
        { start: 0, steps: T, reverse: false },
        true,
        { elements, states, memoryOffset: scratch.memoryOffset },
        {
          uniforms: inputs.uniforms,
          buffers: { parameters: inputs.parameters, indices: inputs.indices, current: from, next: to },
          between: () => recording.dispatch(decide),
          groups,
        },
      );
      return recording;
    };
    this.#pair = [oneWay(...this.#states), oneWay(this.#states[1], this.#states[0])];
    setup.upload(groups, () =>
      Uint32Array.from(this.#pair[0].dispatches.filter(d => d.indirect).flatMap(d => [...d.workgroups])),
    );
    const shape = element.shape.variant === "lane" ? "one invocation each" : `teams of ${element.shape.team}`;
    this.words = `${options.method} in float32 on ${engine.adapter.name}, ${T} steps in chunks of ${sizes.chunkLength} by ${shape}, ${this.#pair[0].dispatches.length} dispatches an update`;
    void call;
  }

  /** Looks `from` … `from + count − 1`, and the updates that they let happen. */
  updates(from: number, count: number): Recording {
    const recording = new Recording();
    for (const spec of this.setup.buffers) recording.use(spec);
    for (let k = from; k < from + count; k++) {
      for (const dispatch of this.#pair[k % 2].dispatches) recording.repeat(dispatch);
      recording.mark("iterate", k, from + count);
    }
    return recording;
  }

  read(tensors: ReadonlyMap<BufferSpec, Tensor>, specs: readonly BufferSpec[]): Promise<Float32Array[]> {
    const { engine, call } = this.#options;
    return readTensors(
      engine,
      call,
      specs.map(spec => tensors.get(spec) as Tensor),
    );
  }

  /** Whether no series goes on. */
  isOver(control: Uint32Array): boolean {
    return this.#problem.lengths.every((_, s) => this.#stopped(control, s));
  }

  #stopped(control: Uint32Array, s: number): boolean {
    const { maxIterations, polish } = this.#options;
    const [state, reached, made] = control.subarray(s * WORDS, s * WORDS + 3);
    return state === REACHED ? made >= reached + polish : state !== 0 || made > maxIterations;
  }

  async show(tensors: ReadonlyMap<BufferSpec, Tensor>, look: number, _: Uint32Array): Promise<void> {
    const { onIterate } = this.#options;
    const [states, merits] = await this.read(tensors, [this.#states[look % 2], this.#merits]);
    onIterate?.(0, look, Float64Array.from(states), meritOf(merits[look]));
  }

  async records(tensors: ReadonlyMap<BufferSpec, Tensor>, control: Uint32Array): Promise<IterationRecords> {
    const { numSeries: N, numSteps: T, stateDim: D, lengths } = this.#problem;
    const [first, second, merits] = await this.read(tensors, [...this.#states, this.#merits]);
    const states = new Float64Array(N * T * D);
    const iterations = new Uint32Array(N);
    const statuses = new Array<Status>(N).fill("ok");
    const failed = Uint32Array.from(lengths);
    const resets = new Uint32Array(N);
    const series = Array.from({ length: N }, (_, s) => {
      const [state, reached, made] = control.subarray(s * WORDS, s * WORDS + 3);
      states.set((made % 2 === 0 ? first : second).subarray(s * T * D, (s * T + lengths[s]) * D), s * T * D);
      const own = merits.subarray(s * this.#meritStride, (s + 1) * this.#meritStride);
      const count = own.findIndex(merit => merit === -1);
      const seen = Float64Array.from(own.subarray(0, count < 0 ? own.length : count), meritOf);
      resets[s] = seen.filter(merit => merit === Number.POSITIVE_INFINITY).length;
      iterations[s] = state === REACHED ? reached : made;
      if (state !== REACHED) {
        const step = evaluateSequentially(this.#problem, s);
        if (step < lengths[s]) {
          statuses[s] = "nonFinite";
          failed[s] = step;
        } else statuses[s] = Number.isFinite(seen.at(-1)) ? "maxIterations" : "diverged";
      }
      return seen;
    });
    return { states, iterations, statuses, failed, merits: series, resets };
  }
}

const meritOf = (merit: number): number => (merit < NO_MERIT ? merit : Number.POSITIVE_INFINITY);

function elementOf(problem: RecurrenceProblem, options: GpuIterationOptions): ScanElement {
  const { method, call, engine, blocks, probe } = options;
  const request = systemRequest(call, problem);
  switch (method) {
    case "quasi":
      return newtonBlocksElement(request, 1, probe ? "probe" : "exact");
    case "blockQuasi":
      return newtonBlocksElement(request, blocks, probe ? "probe" : "exact");
    case "picard":
    case "jacobi":
      return newtonBlocksElement(request, 1, "constant");
    default:
      return newtonElement(call, request, engine.caps);
  }
}

const settingsOf = ({ method, damping, clip, bound, probe }: GpuIterationOptions): SlopeSettings => ({
  ...PLAIN,
  damping,
  clip,
  bound,
  constant: method === "picard" ? (1 - damping) * Math.min(1, clip) : 0,
  ...(probe ? { probe } : {}),
});

void NOT_REACHED;
