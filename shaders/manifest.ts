/**
 * The manifest: every kernel as assembled, reflected WGSL. The rows stand in rows.ts; the build (scripts/shaders)
 * assembles them and reads bindings and uniform offsets out of the WGSL itself, so neither is kept twice.
 */
import { kernels as built } from "virtual:statescan-shaders";

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

const table = new Map<string, KernelSource>();
const fill = (kernels: readonly KernelSource[]) => {
  for (const kernel of kernels) table.set(kernel.name, kernel);
};
fill(built);

/** @throws Error if there is no kernel of this name. */
export function kernelSource(name: string): KernelSource {
  const source = table.get(name);
  if (!source)
    throw new Error(`kernelSource: name expected one of ${[...table.keys()].join(", ")}, got ${name}.`);
  return source;
}

export const kernelNames = (): readonly string[] => [...table.keys()];

// In the dev server an edited .wgsl file replaces its kernels; pipelines are cached by their text, so the next call compiles anew.
if (import.meta.hot) {
  import.meta.hot.accept("virtual:statescan-shaders", module => {
    if (module) fill((module as unknown as { kernels: readonly KernelSource[] }).kernels);
  });
}
