/** Texts of many rows in few bytes: one buffer and where each begins. */

export class Labels {
  #bytes = new Uint8Array(1024);
  #starts = new Float64Array(256);
  #count = 0;
  #used = 0;
  readonly #decoder: TextDecoder;

  constructor(decoder: TextDecoder) {
    this.#decoder = decoder;
  }

  get length(): number {
    return this.#count;
  }

  /** Bytes held. */
  get size(): number {
    return this.#bytes.length + 8 * this.#starts.length;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.#used + end - start > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#bytes.length + end - start);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    if (this.#count + 1 >= this.#starts.length) {
      const grown = new Float64Array(2 * this.#starts.length);
      grown.set(this.#starts);
      this.#starts = grown;
    }
    for (let i = start; i < end; i++) this.#bytes[this.#used++] = bytes[i]!;
    this.#starts[++this.#count] = this.#used;
  }

  get(i: number): string {
    return this.#decoder.decode(this.#bytes.subarray(this.#starts[i], this.#starts[i + 1])).trim();
  }
}

/** Numbers in a typed array that grows. */
export class Numbers {
  #data = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) {
      const grown = new Float64Array(2 * this.length);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data[this.length++] = value;
  }

  /** What was pushed; shares memory. */
  get values(): Float64Array {
    return this.#data.subarray(0, this.length);
  }
}
