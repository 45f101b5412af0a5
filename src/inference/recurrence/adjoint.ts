/**
 * adjoint.cpu.ts on the GPU in float32: one scan in reverse for λ, one forwards for tangents, with the Jacobian made anew from the
 * trajectory within the kernels. What inputs and parameters have of λ is worked out there too, a chunk of steps per invocation, and the
 * sums over chunks here in float64; cells, whose weights are in storage, leave it to the host.
 */
import { type BufferSpec, execute, Recording, readTensors, type Tensor } from "../../engine/index.ts";
import { newtonDerivativeElement, recordScan, scanScratch } from "../../scan/index.ts";
import {
  type AdjointRecords,
  type Change,
  contractCpu,
  type DerivativeOptions,
  pushCpu,
  type TangentRecords,
} from "./adjoint.cpu.ts";
import {
  lasting,
  PLAIN,
  type RecurrenceGpuOptions,
  type RecurrenceInputs,
  recordRecurrenceInputs,
  recurrenceSizes,
  shapeWords,
  systemRequest,
} from "./recurrence_buffers.ts";
import type { RecurrenceProblem } from "./recurrence_problem.ts";

type Options = DerivativeOptions & RecurrenceGpuOptions;

/** Steps whose float32 contributions to the gradient of a parameter one invocation sums. */
const CHUNK = 32;
/** Most sums of chunks that are kept; beyond, chunks are longer. */
const MOST_SUMS = 2 ** 24;
const WORKGROUP = 64;
/** Chunks, and steps, of a dispatch. */
const CHUNKS = 4096;
const STEPS = 131_072;

/** @throws LimitError, DeviceError, AbortedError; ShaderError for a function that does not compile */
export async function adjointGpu(
  problem: RecurrenceProblem,
  states: Float64Array,
  cotangents: Float64Array,
  options: Options,
): Promise<AdjointRecords> {
  const { numSeries: N, numSteps: T, stateDim: D, inputs, shader, lengths } = problem;
  const [d, P] = [inputs.dim, shader.parameters.length];
  const along = new Along(problem, states, options);
  const carried = along.scan(() => cotangents, new Float64Array(N * D), true);
  const { sensitivity } = shader;
  const chunk = Math.max(CHUNK, Math.ceil((N * T * P) / MOST_SUMS));
  const chunks = Math.ceil(T / chunk);
  const pulled = sensitivity && d + P > 0 ? along.pull(sensitivity("pull"), chunk, chunks) : undefined;
  const onHost = !sensitivity && d + P > 0;
  return along.run([carried, ...(pulled ? [pulled] : onHost ? [along.next] : [])], async ([start, rest]) => {
    const initialState = new Float64Array(N * D);
    for (let s = 0; s < N; s++) initialState.set(start.subarray(s * (D + 1), s * (D + 1) + D), s * D);
    const words = `adjoint by one reverse scan in float32, ${along.words}`;
    if (onHost) {
      const made = await contractCpu(problem, states, Float64Array.from(rest), options);
      return {
        initialState,
        inputs: made.inputs,
        parameters: made.parameters,
        words: `${words}; inputs and weights on the host in float64`,
      };
    }
    const parameters = new Float64Array(N * P);
    for (let s = 0; s < N; s++)
      for (let c = 0; c < Math.ceil(lengths[s] / chunk); c++) {
        const at = N * T * d + (s * chunks + c) * P;
        for (let k = 0; k < P; k++) parameters[s * P + k] += rest[at + k];
      }
    return {
      initialState,
      inputs: rest ? Float64Array.from(rest.subarray(0, N * T * d)) : new Float64Array(0),
      parameters,
      words: P > 0 ? `${words}; parameters in chunks of ${chunk} steps, summed in float64` : words,
    };
  });
}

/** @throws LimitError, DeviceError, AbortedError; ShaderError for a function that does not compile */
export async function tangentGpu(
  problem: RecurrenceProblem,
  states: Float64Array,
  change: Change,
  options: Options,
): Promise<TangentRecords> {
  const { sensitivity } = problem.shader;
  const moves = change.inputs !== undefined || change.parameters !== undefined;
  const along = new Along(problem, states, options);
  let words = "";
  if (moves && sensitivity) along.push(sensitivity("push"), change);
  const pushed = moves && !sensitivity ? await pushCpu(problem, states, change, options) : undefined;
  if (pushed) words = "; what inputs and weights do to a step on the host in float64";
  along.scan(moves && sensitivity ? undefined : () => pushed ?? [], change.initialState, false);
  return along.run([along.next], ([rows]) => ({
    states: Float64Array.from(rows),
    words: `tangent by one scan in float32, ${along.words}${words}`,
  }));
}

/** A recording of what goes along a trajectory. */
class Along {
  /** [N, T, D]: what comes in at every step, then what is carried. */
  readonly next: BufferSpec;
  readonly #recording = new Recording();
  readonly #problem: RecurrenceProblem;
  readonly #options: Options;
  readonly #inputs: RecurrenceInputs;
  readonly #current: BufferSpec;
  #layout = "";

  constructor(problem: RecurrenceProblem, states: Float64Array, options: Options) {
    const { numSeries: N, numSteps: T, stateDim: D } = problem;
    this.#problem = problem;
    this.#options = options;
    this.#inputs = recordRecurrenceInputs(this.#recording, problem, PLAIN);
    this.#current = this.#recording.buffer("trajectory", [N, T, D], "input");
    this.#recording.upload(this.#current, () => Float32Array.from(states));
    this.next = this.#recording.buffer("along the trajectory", [N, T, D], "output");
  }

  get words(): string {
    return `${this.#layout}, ${this.#recording.dispatches.length} dispatches`;
  }

  /**
   * @param given [N, T, D], unless kernels have made it; zeros where it is shorter
   * @param start what is carried into the first step [N, D]
   * @returns [N, D + 1] what is carried out of the last, and the rest of the scan's states
   */
  scan(given: (() => ArrayLike<number>) | undefined, start: Float64Array, reverse: boolean): BufferSpec {
    const { numSeries: N, numSteps: T, stateDim: D } = this.#problem;
    const { call, engine } = this.#options;
    const recording = this.#recording;
    if (given)
      recording.upload(this.next, () => {
        const out = new Float32Array(N * T * D);
        out.set(given());
        return out;
      });
    const element = newtonDerivativeElement(call, systemRequest(call, this.#problem), engine.caps);
    const sizes = recurrenceSizes(this.#problem, this.#options);
    const scratch = scanScratch(recording, element, sizes, T, true);
    const states = lasting(recording, scratch.states);
    recording.upload(states, () =>
      Float32Array.from({ length: N * (D + 1) }, (_, i) =>
        i % (D + 1) < D ? start[Math.floor(i / (D + 1)) * D + (i % (D + 1))] : 0,
      ),
    );
    recordScan(
      recording,
      element,
      sizes,
      { start: 0, steps: T, reverse },
      true,
      { ...scratch, states },
      {
        uniforms: this.#inputs.uniforms,
        buffers: {
          parameters: this.#inputs.parameters,
          indices: this.#inputs.indices,
          current: this.#current,
          next: this.next,
        },
      },
    );
    recording.mark(reverse ? "adjoint" : "tangent", T, T);
    this.#layout = `chunks of ${sizes.chunkLength} by ${shapeWords(element)}`;
    return states;
  }

  /** @returns gradients of inputs [N, T, d], then those of parameters by chunks [N, chunks, P] */
  pull(code: string, chunk: number, chunks: number): BufferSpec {
    const { numSeries: N, numSteps: T, inputs, shader } = this.#problem;
    const P = shader.parameters.length;
    const floats = N * T * inputs.dim;
    const pulled = this.#recording.buffer("pulled", [floats + N * chunks * P], "output");
    for (let from = 0; from < chunks; from += CHUNKS)
      this.#each("recurrence_pull", code, Math.min(CHUNKS, chunks - from), chunk, {
        uniforms: {
          chunk_length: chunk,
          first_chunk: from,
          chunks,
          parameter_count: P,
          partial_offset: floats,
        },
        buffers: { pulled },
      });
    return pulled;
  }

  /** next := ∂f/∂u du + ∂f/∂p dp */
  push(code: string, change: Change): void {
    const { numSeries: N, numSteps: T, inputs, shader } = this.#problem;
    const floats = N * T * inputs.dim;
    const P = Math.max(1, shader.parameters.length);
    const changes = this.#recording.buffer("changes", [floats + P], "input");
    this.#recording.upload(changes, () => {
      const out = new Float32Array(floats + P);
      if (change.inputs) out.set(change.inputs);
      if (change.parameters) out.set(change.parameters, floats);
      return out;
    });
    for (let from = 0; from < T; from += STEPS)
      this.#each("recurrence_push", code, Math.min(STEPS, T - from), 1, {
        uniforms: { first_row: from, parameter_offset: floats },
        buffers: { changes },
      });
  }

  #each(
    name: string,
    source: string,
    count: number,
    steps: number,
    own: { readonly uniforms: Record<string, number>; readonly buffers: Record<string, BufferSpec> },
  ): void {
    const { numSeries: N, numSteps: T, stateDim: D, shader } = this.#problem;
    const { constants } = systemRequest(this.#options.call, this.#problem);
    const { parameters, indices, uniforms } = this.#inputs;
    this.#recording.dispatch({
      kernel: {
        name,
        constants: { ...constants, STATE_DIM: D, WORKGROUP },
        unroll: false,
        splice: { source },
      },
      uniforms: { ...uniforms, num_series: N, block_steps: T, ...own.uniforms },
      buffers: { parameters, indices, current: this.#current, next: this.next, ...own.buffers },
      workgroups: [Math.ceil(count / WORKGROUP), Math.min(N, 65_535), Math.ceil(N / 65_535)],
      cost: N * count * steps * (D + shader.parameters.length) * 20 * D,
    });
    this.#recording.mark("contract", T, T);
  }

  /** Runs everything, hands over what `wanted` holds. */
  async run<Result>(
    wanted: readonly BufferSpec[],
    use: (data: readonly Float32Array[]) => Result | Promise<Result>,
  ): Promise<Result> {
    const { engine, call, signal, onProgress } = this.#options;
    const tensors = await execute(engine, this.#recording, { call, signal, onProgress });
    let data: Float32Array[];
    try {
      data = await readTensors(
        engine,
        call,
        wanted.map(spec => tensors.get(spec) as Tensor),
      );
    } finally {
      for (const tensor of tensors.values()) tensor.dispose();
    }
    return use(data);
  }
}
