/**
 * GPU work as data: buffers that do not exist yet, uploads and dispatches. A recording can be printed, counted and
 * tested without a GPU; submit.ts executes it.
 */
import type { KernelKey } from "./kernel.ts";

/** A buffer to be. Bytes follow from the shape; entries are 4 bytes. */
export interface BufferSpec {
  readonly id: number;
  readonly label: string;
  readonly shape: readonly number[];
  readonly dtype: "f32" | "u32";
  /** inputs are uploaded, scratch is freed after the run, outputs are handed to the caller. */
  readonly role: "input" | "scratch" | "output";
}

export type Upload = {
  readonly kind: "upload";
  readonly buffer: BufferSpec;
  /** Made when needed, so that a plan holds no copies. */
  readonly data: () => Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
};

export type Dispatch = {
  readonly kind: "dispatch";
  readonly kernel: KernelKey;
  readonly uniforms: Readonly<Record<string, number>>;
  /** By the names of the bindings in the WGSL. */
  readonly buffers: Readonly<Record<string, BufferSpec>>;
  readonly workgroups: readonly [number, number, number];
  /** Floating-point operations, roughly, more where invocations stand idle: submits are split by it. */
  readonly cost: number;
  /** Floating-point operations alone, where they are counted apart. */
  readonly work?: number;
};

/** Work up to here makes a whole: a submit may end here, progress is reported, a signal is looked at. */
export type Mark = {
  readonly kind: "mark";
  readonly phase: string;
  readonly done: number;
  readonly total: number;
};

export type Command = Upload | Dispatch | Mark;

export const bufferBytes = (buffer: BufferSpec): number =>
  Math.max(16, 4 * buffer.shape.reduce((a, b) => a * b, 1));

export class Recording {
  readonly commands: Command[] = [];
  readonly buffers: BufferSpec[] = [];

  buffer(
    label: string,
    shape: readonly number[],
    role: BufferSpec["role"],
    dtype: "f32" | "u32" = "f32",
  ): BufferSpec {
    const buffer = { id: this.buffers.length, label, shape, dtype, role };
    this.buffers.push(buffer);
    return buffer;
  }

  upload(buffer: BufferSpec, data: Upload["data"]): void {
    this.commands.push({ kind: "upload", buffer, data });
  }

  dispatch(dispatch: Omit<Dispatch, "kind">): Dispatch {
    const command: Dispatch = { kind: "dispatch", ...dispatch };
    this.commands.push(command);
    return command;
  }

  /** The same dispatch again, with the uniforms and bindings it has: costs no memory of its own. */
  repeat(dispatch: Dispatch): void {
    this.commands.push(dispatch);
  }

  mark(phase: string, done: number, total: number): void {
    this.commands.push({ kind: "mark", phase, done, total });
  }

  get dispatches(): readonly Dispatch[] {
    return this.commands.filter(c => c.kind === "dispatch");
  }

  /** Bytes of all buffers of a role. */
  bytes(role: BufferSpec["role"]): number {
    return this.buffers.filter(b => b.role === role).reduce((sum, b) => sum + bufferBytes(b), 0);
  }

  /** One line a command. */
  print(): string {
    return this.commands
      .map(c => {
        if (c.kind === "mark") return `mark ${c.phase} ${c.done}/${c.total}`;
        if (c.kind === "upload") return `upload ${c.buffer.label} [${c.buffer.shape}]`;
        return `dispatch ${c.kernel.name} (${c.workgroups}) ${Object.values(c.buffers)
          .map(b => b.label)
          .join(" ")}`;
      })
      .join("\n");
  }
}
