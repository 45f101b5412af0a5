/** One GPU device with its caps, its compiled kernels and its ledger of memory. */
import { type AdapterInfo, type AdapterOptions, describeAdapter, requestAdapter } from "./adapter.ts";
import { type Caps, deviceCaps, deviceDescriptor } from "./caps.ts";
import { DeviceError, DisposedError } from "./errors.ts";
import { KernelCache } from "./kernel.ts";
import { type Ledger, Tensor } from "./tensor.ts";

/** Options of createEngine(). With `device` the others are not looked at. */
export interface EngineOptions extends AdapterOptions {
  /** A device the page already has, with the default limits or larger ones; the engine never destroys it. */
  device?: GPUDevice;
}

/**
 * Get one from createEngine(). Dispose of it when done; a page may have several.
 * When the device is lost, everything pending rejects with DeviceError and a new engine can be made.
 */
export class Engine {
  readonly device: GPUDevice;
  /** What the adapter says of itself; `software` is true when it runs on the CPU. */
  readonly adapter: AdapterInfo;
  /** Limits and features that planners read. */
  readonly caps: Caps;
  /** Compiled kernels, by text and constants. */
  readonly kernels: KernelCache;
  /** Floating-point operations per second the last submits reached; planners size blocks of time by it. */
  throughput: number;
  /** Resolves with the reason when the device is lost, or when dispose() destroys a device the engine made. */
  readonly lost: Promise<DeviceError>;
  readonly #ledger: Ledger = { liveBytes: 0, liveTensors: 0 };
  readonly #owned: boolean;
  /** Rejections of what is waiting for the GPU: a mapped buffer of a lost device may never answer. */
  readonly #pending = new Set<(error: DeviceError) => void>();
  #gone: DeviceError | undefined;
  #disposed = false;

  constructor(device: GPUDevice, adapter: AdapterInfo, owned: boolean) {
    this.device = device;
    this.adapter = adapter;
    this.#owned = owned;
    this.caps = deviceCaps(device, adapter.software);
    this.kernels = new KernelCache(device);
    this.throughput = adapter.software ? 3e8 : 5e10;
    this.lost = device.lost.then(info => {
      this.#gone = new DeviceError(
        `Engine: a live device expected, got a lost one (${info.reason || "unknown"}: ${info.message || "no message"}). Make a new engine and run again.`,
      );
      for (const reject of this.#pending) reject(this.#gone);
      return this.#gone;
    });
  }

  /** Bytes of GPU memory held by living tensors. */
  get liveBytes(): number {
    return this.#ledger.liveBytes;
  }

  /** Number of living tensors. */
  get liveTensors(): number {
    return this.#ledger.liveTensors;
  }

  /** @throws DisposedError, or DeviceError when the device is lost. */
  assertAlive(call: string): void {
    if (this.#disposed)
      throw new DisposedError(`${call}: engine expected to be alive, got a disposed one. Make a new one.`);
    if (this.#gone) throw this.#gone;
  }

  /** false after dispose() or when the device is lost. */
  get isAlive(): boolean {
    return !this.#disposed && !this.#gone;
  }

  /**
   * A zero-filled tensor; entries are 4 bytes. Sizes are checked before: planners know the limits.
   * @param shape [] is one entry
   * @param usage default: storage, readable and writable by copies
   */
  allocate(
    label: string,
    shape: readonly number[],
    dtype: "f32" | "u32" = "f32",
    usage?: GPUBufferUsageFlags,
  ): Tensor {
    const entries = shape.reduce((a, b) => a * b, 1);
    const size = Math.max(16, Math.ceil(entries) * 4);
    // Workgroups of indirect dispatches are whole numbers.
    const words = dtype === "u32" ? GPUBufferUsage.INDIRECT : 0;
    const flags = usage ?? GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST | words;
    return new Tensor(
      label,
      shape,
      dtype,
      this.device.createBuffer({ label, size, usage: flags }),
      this.#ledger,
    );
  }

  /** The promise, or a rejection as soon as the device is lost. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#gone);
      this.#pending.add(reject);
      promise.then(resolve, reject).finally(() => this.#pending.delete(reject));
    });
  }

  /**
   * Frees the device if the engine made it; tensors of it die with it. A second call does nothing; other calls with
   * the engine then throw DisposedError.
   */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#owned) this.device.destroy();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Opens an engine.
 * @param options.device use this device instead of asking for one
 * @param options.gpu "hardware" refuses software adapters, "software" asks for one, default "auto"
 * @param options.timeout milliseconds for one adapter request, default 10 000
 * @param options.retries how often to ask again when the answer is null, default 3
 * @param options.entry another WebGPU entry point than navigator.gpu, such as Dawn's in Node
 * @throws DeviceError when there is no WebGPU, no adapter of that kind, no device, or no answer in time
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  if (options.device) {
    const info = (options.device as { adapterInfo?: GPUAdapterInfo }).adapterInfo;
    const unknown = {
      name: "device given by the caller",
      vendor: "",
      architecture: "",
      device: "",
      description: "",
      software: false,
    };
    return new Engine(options.device, info ? describeAdapter(info) : unknown, false);
  }
  const adapter = await requestAdapter("createEngine", options);
  const device = await adapter.requestDevice(deviceDescriptor(adapter)).catch((cause: unknown) => {
    throw new DeviceError(
      `createEngine: a device expected from ${describeAdapter(adapter.info).name}, got: ${String(cause)}.`,
      { cause },
    );
  });
  return new Engine(device, describeAdapter(adapter.info), true);
}
