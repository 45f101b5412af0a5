/** Every workgroup kernel under wgsl_reflect's race detector at a tiny size: a missing barrier is a race it reports. */
import { expect, suite, test } from "vitest";
import { detectRaces } from "wgsl_reflect/wgsl_reflect.module.js";
import { specialise } from "../src/engine/specialise.ts";
import { kernelSource as given, type KernelSource, kernelNames, loadKernels } from "./manifest.ts";
import { rows, SAMPLE_SNIPPETS } from "./rows.ts";

await loadKernels();

const spliced = new Map(rows.flatMap(row => (row.splice ? [[row.name, row.splice] as const] : [])));
const kernelSource = (name: string): KernelSource =>
  given(name, spliced.has(name) ? { stem: SAMPLE_SNIPPETS[spliced.get(name)!]! } : undefined);

const N = 2;
const STEPS = 5;
const FLOATS = 4096;

/** Two series, two states, two observations; chunks of one step, so that five leaves make a tree with a loose end. */
const UNIFORMS: Record<string, number> = {
  block_steps: STEPS,
  trajectory_steps: STEPS,
  window: STEPS,
  chunk_length: 1,
  num_series: N,
  num_steps: STEPS,
  state_dim: 2,
  num_states: 2,
  leaf_steps: 1,
  element_stride: STEPS,
  total_offset: N * STEPS,
  total_stride: 1,
  state_offset: N,
  state_stride: STEPS,
  parent_offset: N + N * STEPS,
  parent_stride: 1,
  memory_offset: 2048,
  weights_step: 4,
  weights_series: 0,
  bias_step: 2,
  bias_offset: 64,
  noise_offset: 128,
  noise_step: 4,
  emission_offset: 256,
  record_offset: N,
  flags: 3,
  num_lanes: N,
  lanes_per_series: 1,
  item_steps: 1,
  chunks: STEPS,
  carry_out: 2 * N,
  lead: 2,
  period: 1,
  items_offset: 512,
  items_stride: STEPS,
  mean_step: 2,
  mean_series: 2 * STEPS,
  ahead_step: 2,
  ahead_series: 2 * STEPS,
  matrix_row: 4,
  matrix_i: 2,
  matrix_j: 1,
  table_row: 4,
  factor_offset: 4,
  last_offset: 1024,
  num_emissions: 2,
  transition_step: 4,
  predicted_offset: 1024,
  likelihood_offset: 1536,
  smoothed_offset: 2048,
  sums_offset: 3072,
  kept_stride: STEPS,
  lost_bits: 100,
  sum_steps: 1,
  lag: 2,
  first_item: 2,
  num_items: 1,
  num_draws: 1,
  record_floats: 2,
  element_floats: 2,
  merit_stride: 2,
  num_groups: 1,
  partials: 2,
  state_floats: 5,
  input_step: 1,
  input_series: STEPS,
  parameter_count: 1,
  partial_offset: 1024,
  // Particle filters: seven particles in two workgroups, one trajectory
  num_particles: 7,
  num_blocks: 2,
  slots: STEPS,
  stage: 1,
  num_trajectories: 1,
  initial_factor: 2,
  dynamics_factor: 2,
  records: 16,
  tables: 128,
};

/** Two series at step 2, which is resampled; the words of shaders/particles/params.wgsl. */
const particleControl = () =>
  Uint32Array.from({ length: 12 * N }, (_, i) => ({ 0: 2, 1: STEPS, 2: 1 })[i % 12] ?? 0);

function run(name: string, code: string, reverse = 0): { races: number; errors: string[]; text: string } {
  const source = kernelSource(name);
  const uniforms = new ArrayBuffer(source.uniformBytes);
  for (const { name: member, offset } of source.uniforms)
    new DataView(uniforms).setUint32(offset, member === "reverse" ? reverse : (UNIFORMS[member] ?? 0), true);
  const group: Record<number, unknown> = {};
  for (const { binding, name: buffer, type } of source.bindings) {
    if (type === "uniform") group[binding] = { uniform: uniforms };
    else if (buffer === "control")
      group[binding] = name.startsWith("particle_") ? particleControl() : new Uint32Array(64);
    else if (buffer === "walk") group[binding] = new Uint32Array(2);
    else if (buffer === "indices")
      group[binding] = Uint32Array.from({ length: 64 }, (_, i) => (i < N ? STEPS - i : 0));
    else group[binding] = Float32Array.from({ length: FLOATS }, (_, i) => 0.1 + 0.01 * (i % 7));
  }
  const { races, errors } = detectRaces(code, "main", [1, N, 1], { 0: group as Record<string, unknown> });
  return {
    races: races.length,
    errors,
    text: races
      .slice(0, 2)
      .map(race => race.message)
      .join("\n"),
  };
}

/**
 * The detector's interpreter shares `var<private>` between invocations. Gives every function the invocation as first
 * argument and every private variable an entry per invocation: the same program, said so that the detector can follow.
 */
function privatise(code: string, invocations: number): string {
  const privates = [...code.matchAll(/var<private> (\w+): (\w+);/g)] as unknown as readonly [
    string,
    string,
    string,
  ][];
  const functions = [...code.matchAll(/fn (\w+)\(/g)].map(match => match[1]!).filter(name => name !== "main");
  return code
    .split("\n")
    .map(line => {
      const declared = /^var<private> (\w+): (\w+);/.exec(line);
      if (declared) return `var<private> ${declared[1]}: array<u32, ${invocations}>;`;
      // It passes over a barrier that is the first statement of a block.
      if (/^(storageBarrier|workgroupBarrier)\(\);$/.test(line)) return `let before = 0u;\n${line}`;
      if (/^(const|struct|alias|@group|var<workgroup>)/.test(line)) return line;
      const own = line.startsWith("fn main(") ? "" : (/^fn (\w+)\(/.exec(line)?.[1] ?? "");
      let out = line.replace(/\b(\w+)\(/g, (call, name: string) =>
        functions.includes(name) && name !== own ? `${name}(invocation, ` : call,
      );
      if (own)
        out = out
          .replace(`fn ${own}(`, `fn ${own}(invocation: u32, `)
          .replace("(invocation: u32, invocation: u32", "(invocation: u32, invocation_index: u32");
      for (const [, name, type] of privates) {
        // It does not know arrays of bool either.
        if (type === "bool")
          out = out
            .replace(new RegExp(`\\b${name} = (.*);`), `${name} = select(0u, 1u, $1);`)
            .replace(new RegExp(`\\b${name}\\b(?! =)`, "g"), `(${name} == 1u)`);
        out = out.replace(new RegExp(`\\b${name}\\b(?!\\s*[:(])`, "g"), `${name}[invocation]`);
      }
      return out
        .replace(/\(invocation, \)/g, "(invocation)")
        .replace(/\(invocation: u32, \)/g, "(invocation: u32)");
    })
    .join("\n");
}

function compile(name: string): string {
  const team = name.endsWith("lane") ? 1 : 2;
  const alone = name.endsWith("wide") || name.startsWith("hmm_");
  const teams = name.endsWith("lane") ? 4 : alone ? 1 : 2;
  const constants = {
    STATE_DIM: 2,
    EMISSION_DIM: 1,
    WIDEST: 2,
    MEMORY_FLOATS: 64,
    NUM_STATES: 2,
    MEMORY_WORDS: 128,
    MAP_BITS: 8,
    DRAW_BITS: 29,
    WORKGROUP: team * teams,
    TEAM: team,
    TEAMS: teams,
    LEAVES: 8,
    INPUT_DIM: 1,
    PARAMETERS: 4,
    BLOCKS: 1,
    DIAGONAL: 0,
    STEPS: 2,
    RULE: 2,
    LEVELS: 2,
    EMISSION: 0,
    THETA_DIM: 1,
    COVARIANCE_DIM: 1,
    DYNAMICS_INPUTS: 1,
    DYNAMICS_PARAMETERS: 1,
    EMISSION_INPUTS: 1,
    EMISSION_PARAMETERS: 1,
    COVARIANCE_INPUTS: 1,
    COVARIANCE_PARAMETERS: 1,
  };
  return privatise(specialise(kernelSource(name).code, constants, true).code, team * teams);
}

suite("race detector", () => {
  test("sees a barrier that is taken away", () => {
    const name = "affine_spine_lane";
    const code = compile(name);
    expect(code).toMatch(/storageBarrier\(\);/);
    expect(run(name, code.replaceAll("storageBarrier();", "")).races).toBeGreaterThan(0);
  });

  for (const name of kernelNames()) {
    test(`finds nothing in ${name}`, { timeout: 60_000 }, () => {
      // Those that do something else on the way back are run both ways.
      for (const reverse of name.startsWith("newton_derivative") ? [0, 1] : [0]) {
        const { races, errors, text } = run(name, compile(name), reverse);
        expect(errors).toEqual([]);
        expect(races, text).toBe(0);
      }
    });
  }
});
