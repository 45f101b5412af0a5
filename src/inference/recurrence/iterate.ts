/**
 * iterate.cpu.ts on the GPU: updates of whole trajectories in float32, the function and its Jacobian within the kernels of the scan.
 * Which series go on is decided there too (shaders/recurrence/decide.wgsl), so that the host looks only now and then.
 */
import {
  type BufferSpec,
  execute,
  Recording,
  readTensors,
  type Status,
  type Tensor,
} from "../../engine/index.ts";
import { wholeMerit } from "./merits.cpu.ts";
import { Prefixes } from "./prefixes.ts";
import { recordRecurrenceInputs } from "./recurrence_buffers.ts";
import type { IterationRecords, RecurrenceProblem } from "./recurrence_problem.ts";
import { cutAtFailure, firstWithoutValue } from "./sequential.cpu.ts";
import { slidingRecording } from "./sliding_recording.ts";
import { type GpuIterationOptions, settingsOf } from "./update_parts.ts";
import { updateRecording } from "./update_recording.ts";

/** Merits of at least this have a term that stands for one that is not finite: shaders/recurrence/trajectory.wgsl. */
const NO_MERIT = 1e21;
/** What stands for a merit that was not looked at. */
const UNSEEN = -1;
/** Words of a series in the control buffer, and the state in which its merit has met the tolerance. */
const WORDS = 4;
const REACHED = 1;
/** Updates before the host first looks, and most between two looks. */
const FIRST_LOOK = 4;
const LAST_LOOK = 64;
const DECIDE_WORKGROUP = 64;

/** @throws LimitError, DeviceError, AbortedError; ShaderError for a function that does not compile */
export async function iterateGpu(
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
): Promise<{ records: IterationRecords; words: string }> {
  const { call, engine, signal, onProgress, maxIterations, polish } = options;
  const updates = new Updates(problem, options);
  const prefixes = new Prefixes(problem, options);
  // Trajectories and prefixes are looked at one by one.
  const single = options.onIterate !== undefined || options.prefixes !== undefined;
  const most = maxIterations + polish + 1;
  const tensors = await execute(engine, updates.setup, { call, signal });
  try {
    let control: Uint32Array = new Uint32Array(0);
    for (let looks = 0, batch = FIRST_LOOK; looks < most; batch = Math.min(LAST_LOOK, 2 * batch)) {
      const count = single ? 1 : Math.min(batch, most - looks);
      await execute(engine, updates.recording(looks, count), { call, signal, given: tensors });
      looks += count;
      control = await updates.look(tensors);
      if (single) prefixes.look(looks - 1, await updates.trajectory(tensors, looks - 1));
      onProgress?.({ phase: "iterate", done: Math.min(looks, maxIterations), total: maxIterations });
      if (updates.areOver(control)) break;
    }
    return {
      records: { ...(await updates.records(tensors, control)), ...prefixes.records },
      words: updates.words,
    };
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}

type Tensors = ReadonlyMap<BufferSpec, Tensor>;

class Updates {
  /** Buffers and uploads. */
  readonly setup = new Recording();
  readonly words: string;
  readonly #problem: RecurrenceProblem;
  readonly #options: GpuIterationOptions;
  readonly #states: readonly [BufferSpec, BufferSpec];
  readonly #control: BufferSpec;
  readonly #merits: BufferSpec;
  readonly #stride: number;
  /** An update from the first of the two trajectories to the second, and one back. */
  readonly #pair: readonly [Recording, Recording];

  constructor(problem: RecurrenceProblem, options: GpuIterationOptions) {
    this.#problem = problem;
    this.#options = options;
    const { setup } = this;
    const { numSeries: N, numSteps: T, stateDim: D } = problem;
    const { maxIterations, polish, tolerance, guess, engine } = options;
    const inputs = recordRecurrenceInputs(setup, problem, settingsOf(options), "output", options.window);
    const update = updateRecording(setup, problem, options, inputs);
    this.#states = [
      setup.buffer("trajectory", [N, T, D], "output"),
      setup.buffer("trajectory moved", [N, T, D], "output"),
    ];
    for (const states of this.#states) setup.upload(states, () => Float32Array.from(guess));
    const stride = maxIterations + polish + 2;
    this.#stride = stride;
    const control = setup.buffer("iteration control", [N * WORDS + 1], "output", "u32");
    setup.upload(control, () => Uint32Array.from({ length: N * WORDS + 1 }, (_, i) => this.#firstWord(i)));
    // Merits, the tolerance, and merits of what windows have left behind.
    const merits = setup.buffer("merits", [N * stride + 1 + N], "output");
    setup.upload(merits, () => {
      const out = new Float32Array(N * stride + 1 + N).fill(UNSEEN, 0, N * stride);
      out[N * stride] = tolerance;
      return out;
    });
    this.#control = control;
    this.#merits = merits;
    const windowed = options.window !== undefined;
    const stoppable = update.stoppable + (windowed ? 1 : 0);
    const groups = setup.buffer("workgroups", [3 * stoppable], "output", "u32");
    const oneWay = (from: BufferSpec, to: BufferSpec): Recording => {
      const recording = new Recording();
      const way = { from, to, groups, firstGroup: 0, decide: () => recording.dispatch(decision) };
      update.record(recording, way);
      return recording;
    };
    const decision = {
      kernel: { name: "recurrence_decide", constants: { WORKGROUP: DECIDE_WORKGROUP }, unroll: false },
      uniforms: {
        ...update.uniforms,
        num_series: N,
        max_updates: maxIterations,
        polish,
        merit_stride: stride,
        num_groups: 3 * stoppable,
      },
      buffers: { elements: update.elements, indices: inputs.indices, control, merits, groups },
      workgroups: [1, 1, 1] as const,
      cost: 100 * N,
    };
    if (windowed) {
      const [from, to] = this.#states;
      const sliding = slidingRecording(setup, problem, options, inputs, { stride, stoppable });
      const recording = new Recording();
      sliding.record(recording, from, to, { control, merits, groups });
      update.record(recording, { from, to, groups, firstGroup: sliding.stoppable, decide: () => {} });
      this.#pair = [recording, recording];
    } else this.#pair = [oneWay(...this.#states), oneWay(this.#states[1], this.#states[0])];
    const dispatches = this.#pair[0].dispatches;
    setup.upload(groups, () =>
      Uint32Array.from(dispatches.filter(d => d.indirect).flatMap(d => [...d.workgroups])),
    );
    this.words = `${options.method} in float32 on ${engine.adapter.name}, ${update.words}, ${dispatches.length} dispatches an update`;
  }

  /** Looks `from` … `from + count − 1` at the merits, and the updates that they let happen. */
  recording(from: number, count: number): Recording {
    const recording = new Recording();
    for (const spec of this.setup.buffers) recording.use(spec);
    for (let k = from; k < from + count; k++) {
      for (const dispatch of this.#pair[k % 2].dispatches) recording.repeat(dispatch);
      recording.mark("iterate", k, from + count);
    }
    return recording;
  }

  /** @returns the control words */
  async look(tensors: Tensors): Promise<Uint32Array> {
    const [data] = await this.#read(tensors, [this.#control]);
    return new Uint32Array(data.buffer, data.byteOffset, data.length);
  }

  /** Whether no series goes on. */
  areOver(control: Uint32Array): boolean {
    const { polish } = this.#options;
    return this.#problem.lengths.every((_, s) => {
      const [state, reached, made] = control.subarray(s * WORDS, s * WORDS + 3);
      return state === REACHED ? made >= reached + polish : state !== 0;
    });
  }

  /** Of the control: for windows also the lengths of the series. */
  #firstWord(i: number): number {
    return i % WORDS === WORDS - 1 ? this.#problem.lengths[(i - WORDS + 1) / WORDS] : 0;
  }

  /** The trajectories [N, T, D] that a look was at; tells onIterate. */
  async trajectory(tensors: Tensors, look: number): Promise<Float32Array> {
    const [states, merits] = await this.#read(tensors, [this.#states[look % 2], this.#merits]);
    if (merits[look] !== UNSEEN)
      this.#options.onIterate?.(0, look, Float64Array.from(states), meritOf(merits[look]));
    return states;
  }

  async records(tensors: Tensors, control: Uint32Array): Promise<IterationRecords> {
    const { numSeries: N, numSteps: T, stateDim: D, lengths } = this.#problem;
    const windowed = this.#options.window !== undefined;
    const [first, second, all] = await this.#read(tensors, [...this.#states, this.#merits]);
    const states = new Float64Array(N * T * D);
    const iterations = new Uint32Array(N);
    const statuses = new Array<Status>(N).fill("ok");
    const failed = Uint32Array.from(lengths);
    const resets = new Uint32Array(N);
    /** Merit of all steps, where windows have given those of their own. */
    const whole = (s: number, state: number, last: Float32Array): number =>
      state === REACHED
        ? meritOf(all[N * this.#stride + 1 + s] / lengths[s])
        : wholeMerit(this.#problem, s, last.subarray(s * T * D));
    const merits = Array.from({ length: N }, (_, s) => {
      const [state, reached, made] = control.subarray(s * WORDS, s * WORDS + 3);
      const last = windowed || made % 2 === 0 ? first : second;
      states.set(last.subarray(s * T * D, (s * T + lengths[s]) * D), s * T * D);
      const own = all.subarray(s * this.#stride, (s + 1) * this.#stride);
      const count = own.indexOf(UNSEEN);
      const looked = Array.from(own.subarray(0, count < 0 ? own.length : count), meritOf);
      resets[s] = looked.filter(merit => merit === Number.POSITIVE_INFINITY).length;
      const seen = Float64Array.from([...looked, ...(windowed ? [whole(s, state, last)] : [])]);
      iterations[s] = state === REACHED ? reached : made;
      if (state !== REACHED) {
        failed[s] = cutAtFailure(this.#problem, s, states);
        statuses[s] =
          failed[s] < lengths[s] ? "nonFinite" : Number.isFinite(seen.at(-1)) ? "maxIterations" : "diverged";
      } else if (!this.#problem.step.everywhere) {
        failed[s] = firstWithoutValue(this.#problem, s, states);
        if (failed[s] < lengths[s]) statuses[s] = "nonFinite";
        states.fill(Number.NaN, (s * T + failed[s]) * D, (s * T + lengths[s]) * D);
      }
      return seen;
    });
    return { states, iterations, statuses, failed, merits, resets };
  }

  #read(tensors: Tensors, specs: readonly BufferSpec[]): Promise<Float32Array[]> {
    const { engine, call } = this.#options;
    return readTensors(
      engine,
      call,
      specs.map(spec => tensors.get(spec) as Tensor),
    );
  }
}

const meritOf = (merit: number): number => (merit < NO_MERIT ? merit : Number.POSITIVE_INFINITY);
