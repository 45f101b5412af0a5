export interface BindingLayout {
  readonly binding: number;
  readonly name: string;
  readonly type: "uniform" | "read-only-storage" | "storage";
}
export interface UniformMember {
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly type: "u32" | "i32" | "f32";
}
export interface KernelSource {
  readonly name: string;
  /** Assembled WGSL; `#for` loops and constants are filled in by the engine. */
  readonly code: string;
  readonly files: readonly string[];
  /** For each line of code: index into files, line number from 1. */
  readonly lines: readonly (readonly [number, number])[];
  readonly bindings: readonly BindingLayout[];
  readonly uniforms: readonly UniformMember[];
  readonly uniformBytes: number;
  readonly overrides: readonly string[];
}
/** @throws Error if there is no kernel of this name. */
export declare function kernelSource(name: string): KernelSource;
export declare const kernelNames: () => readonly string[];
