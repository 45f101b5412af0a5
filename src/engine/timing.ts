/** Timing of dispatches by timestamps, where the device has them. */
import type { Engine } from "./engine.ts";
import type { Kernel } from "./kernel.ts";

export interface DispatchTiming {
  readonly kernel: string;
  readonly nanoseconds: number;
}

/** Timestamps before and after every dispatch. */
export class DispatchTimer {
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;

  constructor(engine: Engine, dispatches: number) {
    const { device } = engine;
    const count = Math.min(4096, 2 * dispatches);
    this.#queries = device.createQuerySet({ type: "timestamp", count });
    this.#resolved = device.createBuffer({
      size: 8 * count,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.#staging = device.createBuffer({
      size: 8 * count,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
  }

  writes(index: number): GPUComputePassTimestampWrites | undefined {
    if (2 * index + 1 >= this.#queries.count) return undefined;
    return {
      querySet: this.#queries,
      beginningOfPassWriteIndex: 2 * index,
      endOfPassWriteIndex: 2 * index + 1,
    };
  }

  resolve(encoder: GPUCommandEncoder): void {
    encoder.resolveQuerySet(this.#queries, 0, this.#queries.count, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, this.#staging.size);
  }

  async read(engine: Engine, kernels: readonly Kernel[]): Promise<DispatchTiming[]> {
    await engine.guard(this.#staging.mapAsync(GPUMapMode.READ));
    const times = new BigInt64Array(this.#staging.getMappedRange().slice(0));
    for (const object of [this.#staging, this.#resolved, this.#queries]) object.destroy();
    return kernels
      .slice(0, times.length / 2)
      .map((kernel, i) => ({ kernel: kernel.name, nanoseconds: Number(times[2 * i + 1]! - times[2 * i]!) }));
  }
}
