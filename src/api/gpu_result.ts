/** Arrays that stay on the GPU until they are read: the engine they are of, their limits, and the result that owns them. */

import {
  DisposedError,
  type Engine,
  execute,
  LimitError,
  ParameterError,
  Recording,
  readTensors,
  type Tensor,
} from "../engine/index.ts";
import { say, shapeText } from "../models/index.ts";
import type { BatchSource } from "./batch_result.ts";
import type { GpuArrays, GpuResult } from "./gpu_result_types.ts";
import { sharedEngine } from "./shared_engine.ts";
import type { DType, ResultArray, RunInfo } from "./types.ts";

/** What a result has on the host in any case. */
type HostPart = Pick<
  GpuResult<string>,
  | "status"
  | "statuses"
  | "lengths"
  | "numSeries"
  | "run"
  | "logLikelihoods"
  | "marginalLogLikelihood"
  | "marginalLogLikelihoods"
>;

/** Where the arrays of a call will be, and their shapes as results give them. */
export interface Place<Name extends string> {
  readonly engine: Engine;
  readonly shapes: ReadonlyMap<Name, readonly number[]>;
}

/** What a run did for a place: its arrays, where they were left, or else the host has them. */
export interface LeftAt<Name extends string> extends Place<Name> {
  readonly tensors?: ReadonlyMap<Name, Tensor>;
}

interface Holding<Name extends string> extends Required<LeftAt<Name>> {
  readonly call: string;
  readonly dtype: DType;
}

/**
 * The place of a call whose results stay on the GPU.
 * @throws DeviceError when there is no engine; LimitError naming an array that is larger than a buffer of it may be
 */
export async function placeArrays<Name extends string>(
  call: string,
  given: Engine | undefined,
  shapes: Place<Name>["shapes"],
): Promise<Place<Name>> {
  const engine = given ?? (await sharedEngine());
  const limit = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
  for (const [name, shape] of shapes) {
    const bytes = 4 * shape.reduce((a, b) => a * b, 1);
    if (bytes <= limit) continue;
    const expected = `at most ${limit} bytes, the largest buffer on ${engine.adapter.name}`;
    const got = `${bytes} for ${shapeText(shape)}`;
    const fix = 'Split the series, ask for fewer outputs, or leave out results: "gpu".';
    throw new LimitError(say(call, `arrays.${name}`, expected, got, fix));
  }
  return { engine, shapes };
}

/**
 * The arrays of a run in its place: those that were left there, or new ones.
 * @param field an array of the host, in float64
 * @throws LimitError, DeviceError
 */
export async function heldBy<Name extends string>(
  { call, dtype, run, left }: Pick<BatchSource, "call" | "dtype" | "run"> & { readonly left?: LeftAt<Name> },
  field: (name: Name) => ResultArray,
): Promise<Holding<Name> & { readonly run: RunInfo }> {
  const { engine, shapes, tensors } = left as LeftAt<Name>;
  const passes = `${run.passes} pass${run.passes === 1 ? "" : "es"}`;
  const words = tensors ? "left on the GPU" : `written back to the GPU after ${passes}`;
  return {
    call,
    dtype,
    engine,
    shapes,
    tensors: tensors ?? (await writeBack(call, engine, [...shapes.keys()], field)),
    run: { ...run, plan: `${run.plan}; results ${words}` },
  };
}

async function writeBack<Name extends string>(
  call: string,
  engine: Engine,
  names: readonly Name[],
  field: (name: Name) => ResultArray,
): Promise<Map<Name, Tensor>> {
  const recording = new Recording();
  const buffers = names.map(name => {
    const { data, shape } = field(name);
    const buffer = recording.buffer(name, shape, "output");
    const rounded = Float32Array.from(data);
    recording.upload(buffer, () => rounded);
    return [name, buffer] as const;
  });
  const tensors = await execute(engine, recording, { call });
  return new Map(buffers.map(([name, buffer]) => [name, tensors.get(buffer) as Tensor]));
}

/** A result that owns arrays on the GPU. */
export abstract class HeldResult<Name extends string, Host extends HostPart> implements GpuResult<Name> {
  protected readonly host: Host;
  private readonly holding: Holding<Name>;
  private readonly made = new Map<Name, Promise<ResultArray>>();
  private held = true;

  constructor(host: Host, holding: Holding<Name>) {
    this.host = host;
    this.holding = holding;
  }

  get status(): HostPart["status"] {
    return this.host.status;
  }
  get statuses(): HostPart["statuses"] {
    return this.host.statuses;
  }
  get lengths(): Uint32Array {
    return this.host.lengths;
  }
  get numSeries(): number {
    return this.host.numSeries;
  }
  get run(): HostPart["run"] {
    return this.host.run;
  }
  get logLikelihoods(): ResultArray {
    return this.host.logLikelihoods;
  }
  get marginalLogLikelihood(): number {
    return this.host.marginalLogLikelihood;
  }
  get marginalLogLikelihoods(): Float64Array {
    return this.host.marginalLogLikelihoods;
  }

  get arrays(): GpuArrays<Name> {
    this.assertHeld();
    const { shapes, tensors } = this.holding;
    return Object.fromEntries(
      [...tensors].map(([name, { buffer }]) => [
        name,
        { buffer, offset: 0, shape: shapes.get(name), dtype: "f32" },
      ]),
    ) as unknown as GpuArrays<Name>;
  }

  read(name: Name): Promise<ResultArray> {
    let array = this.made.get(name);
    if (!array) {
      array = this.readBack(name);
      this.made.set(name, array);
      // What failed may be tried again.
      array.catch(() => this.made.delete(name));
    }
    return array;
  }

  dispose(): void {
    this.held = false;
    for (const tensor of this.holding.tensors.values()) tensor.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private async readBack(name: Name): Promise<ResultArray> {
    this.assertHeld();
    const { call, engine, dtype, tensors, shapes } = this.holding;
    const tensor = tensors.get(name);
    if (!tensor) {
      const known = [...tensors.keys()].map(key => `"${key}"`).join(", ");
      throw new ParameterError(
        say(call, "read(name)", known, `"${name}"`, "Ask for it in options.outputs, or call smooth()."),
      );
    }
    const [data] = await readTensors(engine, call, [tensor]);
    return {
      data: dtype === "float32" ? data : Float64Array.from(data),
      shape: shapes.get(name) as readonly number[],
    };
  }

  private assertHeld(): void {
    const { call, engine } = this.holding;
    if (!this.held) {
      const fix = "Read or copy what is needed before dispose().";
      throw new DisposedError(say(call, "result", "one that holds its arrays", "a disposed one", fix));
    }
    engine.assertAlive(call);
  }
}
