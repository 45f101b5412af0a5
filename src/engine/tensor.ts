/** A typed, shaped buffer on the GPU that someone owns and disposes of once. */
import { DisposedError } from "./errors.ts";

/** Counts what is alive, so that leaks show. */
export interface Ledger {
  liveBytes: number;
  liveTensors: number;
}

/** Disposes of all tensors but those that are kept. */
export function disposeExcept(tensors: Iterable<Tensor>, kept: Iterable<Tensor>): void {
  const spared = new Set(kept);
  for (const tensor of tensors) if (!spared.has(tensor)) tensor.dispose();
}

export class Tensor {
  readonly label: string;
  readonly shape: readonly number[];
  readonly dtype: "f32" | "u32";
  readonly bytes: number;
  #buffer: GPUBuffer | undefined;
  readonly #ledger: Ledger;

  constructor(
    label: string,
    shape: readonly number[],
    dtype: "f32" | "u32",
    buffer: GPUBuffer,
    ledger: Ledger,
  ) {
    this.label = label;
    this.shape = shape;
    this.dtype = dtype;
    this.bytes = buffer.size;
    this.#buffer = buffer;
    this.#ledger = ledger;
    ledger.liveBytes += buffer.size;
    ledger.liveTensors++;
  }

  /** @throws DisposedError after dispose(). */
  get buffer(): GPUBuffer {
    if (!this.#buffer) {
      throw new DisposedError(
        `Tensor: ${this.label} expected to be alive, got a disposed one. Read results before disposing of them.`,
      );
    }
    return this.#buffer;
  }

  get disposed(): boolean {
    return this.#buffer === undefined;
  }

  /** Frees the memory; a second call does nothing. */
  dispose(): void {
    if (!this.#buffer) return;
    this.#buffer.destroy();
    this.#buffer = undefined;
    this.#ledger.liveBytes -= this.bytes;
    this.#ledger.liveTensors--;
  }
}
