/**
 * The only file that touches the queue: executes recordings and reads tensors back.
 * One submit per recording unless its cost says it would run longer than `SUBMIT_SECONDS`; then it is split at marks.
 */
import type { Engine } from "./engine.ts";
import { LimitError, StatescanError, throwIfAborted } from "./errors.ts";
import type { Kernel } from "./kernel.ts";
import { type BufferSpec, bufferBytes, type Command, type Dispatch, type Recording } from "./recording.ts";
import type { Tensor } from "./tensor.ts";
import { DispatchTimer, type DispatchTiming } from "./timing.ts";

/** Browsers and drivers end work that keeps the GPU much longer. */
export const SUBMIT_SECONDS = 0.15;

export interface ExecuteOptions {
  /** Name of the public call, for errors. */
  call: string;
  signal?: AbortSignal;
  onProgress?: (progress: { phase: string; done: number; total: number }) => void;
  /** Collects nanoseconds per dispatch; needs the timestamp-query feature. */
  timings?: DispatchTiming[];
}

/** Runs a recording. @returns the output tensors by buffer; the caller owns them. */
export async function execute(
  engine: Engine,
  recording: Recording,
  options: ExecuteOptions,
): Promise<Map<BufferSpec, Tensor>> {
  engine.assertAlive(options.call);
  throwIfAborted(options.call, options.signal);
  for (const buffer of recording.buffers) {
    const limit = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
    if (bufferBytes(buffer) > limit) {
      throw new LimitError(
        `${options.call}: ${buffer.label} expected at most ${limit} bytes on ${engine.adapter.name}, got ${bufferBytes(buffer)}. Use fewer series at a time, or backend "cpu".`,
      );
    }
  }
  const dispatches = recording.dispatches;
  const distinct = [...new Set(dispatches)];
  const compiled = await engine.guard(Promise.all(distinct.map(d => engine.kernels.get(d.kernel))));
  const kernels = new Map(distinct.map((dispatch, at) => [dispatch, compiled[at]!]));
  const { device } = engine;
  const tensors = new Map<BufferSpec, Tensor>();
  device.pushErrorScope("out-of-memory");
  device.pushErrorScope("validation");
  let failure: unknown;
  try {
    for (const b of recording.buffers) tensors.set(b, engine.allocate(b.label, b.shape, b.dtype));
    const uniforms = uploadUniforms(engine, kernels);
    tensors.set({ id: -1, label: "uniforms", shape: [], dtype: "u32", role: "scratch" }, uniforms.tensor);
    await runCommands(engine, recording.commands, kernels, tensors, uniforms, options);
  } catch (error) {
    failure = error;
  }
  const problems = engine.isAlive
    ? await engine.guard(Promise.all([device.popErrorScope(), device.popErrorScope()])).catch(() => [])
    : [];
  const problem = problems.find(Boolean);
  failure ??= problem && describeProblem(options.call, problem);
  const outputs = new Map<BufferSpec, Tensor>();
  for (const [buffer, tensor] of tensors) {
    if (!failure && buffer.role === "output") outputs.set(buffer, tensor);
    else tensor.dispose();
  }
  if (failure) throw failure;
  return outputs;
}

function describeProblem(call: string, problem: GPUError): StatescanError {
  if (problem instanceof GPUOutOfMemoryError) {
    return new LimitError(
      `${call}: GPU memory expected for the plan, got none left (${problem.message}). Use fewer steps or series, or backend "cpu".`,
    );
  }
  return new StatescanError(
    `${call}: valid GPU commands expected, got: ${problem.message}. This is a fault of statescan; please report it.`,
  );
}

interface Uniforms {
  readonly tensor: Tensor;
  /** Bytes at which the uniforms of a dispatch start. */
  readonly offsets: ReadonlyMap<Dispatch, number>;
}

/** Packs the uniforms of every distinct dispatch into one buffer, at the offsets the build read from the WGSL. */
function uploadUniforms(engine: Engine, kernels: ReadonlyMap<Dispatch, Kernel>): Uniforms {
  const most = Math.max(0, ...new Set([...kernels.values()].map(k => k.source.uniformBytes)));
  const stride = 256 * Math.max(1, Math.ceil(most / 256));
  const data = new DataView(new ArrayBuffer(Math.max(16, stride * kernels.size)));
  const offsets = new Map<Dispatch, number>();
  for (const [dispatch, { source }] of kernels) {
    const start = stride * offsets.size;
    offsets.set(dispatch, start);
    for (const { name, offset, type } of source.uniforms) {
      const value = dispatch.uniforms[name];
      if (value === undefined)
        throw new StatescanError(`${source.name}: uniform ${name} expected a value, got none.`);
      if (type === "f32") data.setFloat32(start + offset, value, true);
      else data.setUint32(start + offset, value, true);
    }
  }
  const tensor = engine.allocate(
    "uniforms",
    [data.byteLength / 4],
    "u32",
    GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  );
  engine.device.queue.writeBuffer(tensor.buffer, 0, data.buffer);
  return { tensor, offsets };
}

async function runCommands(
  engine: Engine,
  commands: readonly Command[],
  kernels: ReadonlyMap<Dispatch, Kernel>,
  tensors: ReadonlyMap<BufferSpec, Tensor>,
  uniforms: Uniforms,
  { call, signal, onProgress, timings }: ExecuteOptions,
): Promise<void> {
  const { device } = engine;
  const ran: Kernel[] = [];
  const groups = new Map<Dispatch, GPUBindGroup>();
  const count = commands.filter(c => c.kind === "dispatch").length;
  const timer = timings && engine.caps.timestamps ? new DispatchTimer(engine, count) : undefined;
  let encoder: GPUCommandEncoder | undefined;
  let pass: GPUComputePassEncoder | undefined;
  let cost = 0;
  const flush = async (wait: boolean): Promise<void> => {
    pass?.end();
    if (encoder) device.queue.submit([encoder.finish()]);
    const started = performance.now();
    if (wait) {
      await engine.guard(device.queue.onSubmittedWorkDone());
      const seconds = (performance.now() - started) / 1000;
      // Short submits measure the way to the GPU and back, not the GPU.
      if (cost > engine.throughput * SUBMIT_SECONDS * 0.2)
        engine.throughput = Math.sqrt(engine.throughput * (cost / seconds));
    }
    encoder = pass = undefined;
    cost = 0;
  };
  for (const command of commands) {
    if (command.kind === "upload") {
      const data = command.data();
      device.queue.writeBuffer(tensors.get(command.buffer)!.buffer, 0, data);
    } else if (command.kind === "dispatch") {
      const kernel = kernels.get(command)!;
      encoder ??= device.createCommandEncoder({ label: call });
      if (timer) pass?.end();
      if (timer || !pass)
        pass = encoder.beginComputePass({
          label: kernel.name,
          ...(timer ? { timestampWrites: timer.writes(ran.length) } : {}),
        });
      pass.setPipeline(kernel.pipeline);
      let group = groups.get(command);
      if (!group) {
        group = bindGroup(device, kernel, command, tensors, uniforms);
        groups.set(command, group);
      }
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...command.workgroups);
      cost += command.cost;
      if (timer) ran.push(kernel);
    } else {
      if (cost > engine.throughput * SUBMIT_SECONDS) {
        await flush(true);
        throwIfAborted(call, signal);
      }
      onProgress?.({ phase: command.phase, done: command.done, total: command.total });
    }
  }
  if (timer && timings) {
    pass?.end();
    pass = undefined;
    encoder ??= device.createCommandEncoder({ label: call });
    timer.resolve(encoder);
  }
  await flush(true);
  throwIfAborted(call, signal);
  if (timer && timings) timings.push(...(await timer.read(engine, ran)));
}

function bindGroup(
  device: GPUDevice,
  kernel: Kernel,
  dispatch: Dispatch,
  tensors: ReadonlyMap<BufferSpec, Tensor>,
  uniforms: Uniforms,
): GPUBindGroup {
  const entries = kernel.source.bindings.map(({ binding, name, type }): GPUBindGroupEntry => {
    if (type === "uniform") {
      return {
        binding,
        resource: {
          buffer: uniforms.tensor.buffer,
          offset: uniforms.offsets.get(dispatch)!,
          size: kernel.source.uniformBytes,
        },
      };
    }
    const spec = dispatch.buffers[name];
    const tensor = spec && tensors.get(spec);
    if (!tensor) throw new StatescanError(`${kernel.name}: binding ${name} expected a buffer, got none.`);
    return { binding, resource: { buffer: tensor.buffer } };
  });
  return device.createBindGroup({ label: kernel.name, layout: kernel.layout, entries });
}

/** Entries from … from + count − 1 of a tensor. */
export interface TensorPart {
  readonly tensor: Tensor;
  readonly from: number;
  readonly count: number;
}

const wholeOf = (tensor: Tensor): TensorPart => ({
  tensor,
  from: 0,
  count: tensor.shape.reduce((a, b) => a * b, 1),
});

/** Reads whole tensors back: readParts(). */
export const readTensors = (
  engine: Engine,
  call: string,
  tensors: readonly Tensor[],
): Promise<Float32Array[]> => readParts(engine, call, tensors.map(wholeOf));

/** Reads parts of tensors back in one go: one copy, one map (more only when they exceed the largest buffer). */
export async function readParts(
  engine: Engine,
  call: string,
  parts: readonly TensorPart[],
): Promise<Float32Array[]> {
  engine.assertAlive(call);
  const { device } = engine;
  const groups: TensorPart[][] = [];
  let entries = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    if (4 * (entries + part.count) > engine.caps.maxBufferSize) {
      groups.push([]);
      entries = 0;
    }
    groups.at(-1)!.push(part);
    entries += part.count;
  }
  const encoder = device.createCommandEncoder({ label: `${call} readback` });
  const stagings = groups.map(group => {
    const staging = engine.allocate(
      "readback",
      [group.reduce((sum, { count }) => sum + count, 0)],
      "f32",
      GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    );
    let at = 0;
    for (const { tensor, from, count } of group) {
      encoder.copyBufferToBuffer(tensor.buffer, 4 * from, staging.buffer, at, 4 * count);
      at += 4 * count;
    }
    return staging;
  });
  device.queue.submit([encoder.finish()]);
  try {
    await engine.guard(Promise.all(stagings.map(s => s.buffer.mapAsync(GPUMapMode.READ))));
    return groups.flatMap((group, g) => {
      const copy = stagings[g]!.buffer.getMappedRange().slice(0);
      let at = 0;
      return group.map(({ count }) => {
        const view = new Float32Array(copy, at, count);
        at += 4 * count;
        return view;
      });
    });
  } finally {
    for (const staging of stagings) staging.dispose();
  }
}
