/** Reads bindings, uniform layout and overrides out of WGSL with wgsl_reflect, at build time. */
import { WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";
import type { BindingLayout, UniformMember } from "../../shaders/manifest.ts";

export interface Reflection {
  readonly bindings: readonly BindingLayout[];
  /** Members of the struct at binding 0 (uniform), bytes. */
  readonly uniforms: readonly UniformMember[];
  readonly uniformBytes: number;
  readonly overrides: readonly string[];
}

/** @throws Error naming the kernel if it has not exactly one entry point called main. */
export function reflect(name: string, wgsl: string): Reflection {
  const info = new WgslReflect(wgsl);
  const entries = info.entry.compute.map(entry => entry.name);
  if (entries.length !== 1 || entries[0] !== "main") {
    throw new Error(`${name}: expected one compute entry point main, got ${entries.join(", ") || "none"}.`);
  }
  const resources = [...info.uniforms, ...info.storage].sort((a, b) => a.binding - b.binding);
  const bindings = resources.map((resource): BindingLayout => {
    if (resource.group !== 0)
      throw new Error(`${name}: ${resource.name} expected group 0, got ${resource.group}.`);
    const type = info.uniforms.includes(resource)
      ? "uniform"
      : resource.access === "read"
        ? "read-only-storage"
        : "storage";
    return { binding: resource.binding, name: resource.name, type };
  });
  const uniform = info.uniforms[0];
  return {
    bindings,
    uniforms: (uniform?.members ?? []).map(m => ({
      name: m.name,
      offset: m.offset,
      type: m.type.name as "u32" | "i32" | "f32",
    })),
    uniformBytes: uniform?.size ?? 0,
    overrides: info.overrides.map(o => o.name),
  };
}
