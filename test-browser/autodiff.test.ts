/** Functions written in WGSL and their derivatives on the GPU, against float64. Many stand in one module: compiling is the cost. */
import { expect, suite, test } from "vitest";
import { CHAOTIC_WGSL } from "../src/models/language/testing/chaotic_flows.ts";
import { MASKED_WGSL } from "../src/models/language/testing/masked_cases.ts";
import { BUILTIN_CASES } from "../src/models/language/testing/wgsl_builtin_cases.ts";
import { FLOWS, type WgslCase } from "../src/models/language/testing/wgsl_flows.ts";
import { FORMS } from "../src/models/language/testing/wgsl_forms.ts";
import { HARD } from "../src/models/language/testing/wgsl_hard.ts";
import { make, sizesOf } from "../src/models/language/testing/wgsl_make.ts";
import { randomFunction } from "../src/models/language/testing/wgsl_random.ts";
import { SINGULAR_CASES } from "../src/models/language/testing/wgsl_singular_cases.ts";
import { VALUES } from "../src/models/language/testing/wgsl_values.ts";
import type { VectorFunction } from "../src/models/language/vector_function.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

interface Job {
  readonly given: WgslCase;
  readonly f: VectorFunction;
  /** x, u, t, p, dx, dy in float32 */
  readonly inputs: number[];
  /** value, jvp, jacobian, second */
  readonly outputs: number;
}

const rounded = (values: readonly number[]) => values.map(Math.fround);
const padded = (values: readonly number[] = []) => rounded(values.length > 0 ? values : [0]);

async function jobOf(given: WgslCase): Promise<Job> {
  const { x, u, t = 0, p } = given;
  const { n, m } = sizesOf(given);
  const dx = x.map((_, j) => Math.cos(j + 0.4));
  const dy = x.map((_, j) => Math.sin(2 * j + 1));
  const inputs = [rounded(x), padded(u), rounded([t]), padded(p), rounded(dx), rounded(dy)].flat();
  return { given, f: await make(given), inputs, outputs: 3 * m + m * n };
}

/** Reads the inputs of a case, calls its four functions, writes what they return. */
function caller(job: Job, k: number, from: number, to: number): string {
  const { n, m } = sizesOf(job.given);
  const [d, P] = [padded(job.given.u).length, padded(job.given.p).length];
  let at = from;
  const read = (name: string, count: number) => {
    const line = `  var ${name}: array<f32, ${count}>; for (var i = 0; i < ${count}; i++) { ${name}[i] = inputs[${at} + i]; }`;
    at += count;
    return line;
  };
  const reads = [read("x", n), read("u", d), `  let t = inputs[${at++}];`, read("p", P)];
  reads.push(read("dx", n), read("dy", n));
  let out = to;
  const write = (call: string, count: number) => {
    const line = `  { let y = ${call}; for (var i = 0; i < ${count}; i++) { outputs[${out} + i] = y[i]; } }`;
    out += count;
    return line;
  };
  return `fn run_${k}() {
${reads.join("\n")}
${write(`case_${k}(x, u, t, p)`, m)}
${write(`case_${k}_jvp(x, u, t, p, dx)`, m)}
${write(`case_${k}_jacobian(x, u, t, p)`, m * n)}
${write(`case_${k}_second(x, u, t, p, dx, dy)`, m)}
}`;
}

/** One invocation per case. @returns the outputs of all cases in order */
async function onGpu(jobs: readonly Job[]): Promise<Float32Array> {
  const { device } = engine();
  let [from, to] = [0, 0];
  const texts = jobs.map((job, k) => {
    const text = `${job.f.wgsl(`case_${k}`).code}\n${caller(job, k, from, to)}`;
    from += job.inputs.length;
    to += job.outputs;
    return text;
  });
  const code = `@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read_write> outputs: array<f32>;
${texts.join("\n")}
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) {
  switch id.x {
${jobs.map((_, k) => `    case ${k}u: { run_${k}(); }`).join("\n")}
    default: {}
  }
}`;
  device.pushErrorScope("validation");
  const shader = device.createShaderModule({ code });
  const { messages } = await shader.getCompilationInfo();
  const faults = messages
    .filter(m => m.type === "error")
    .map(m => `${m.message}\n${code.split("\n")[m.lineNum - 1]}`);
  expect(faults).toEqual([]);
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module: shader } });
  const buffer = (size: number, usage: number) => device.createBuffer({ size: 4 * size, usage });
  const inputs = buffer(from, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
  const outputs = buffer(to, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
  const back = buffer(to, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  device.queue.writeBuffer(inputs, 0, new Float32Array(jobs.flatMap(job => job.inputs)));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [inputs, outputs].map((b, binding) => ({ binding, resource: { buffer: b } }));
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(jobs.length);
  pass.end();
  encoder.copyBufferToBuffer(outputs, 0, back, 0, 4 * to);
  device.queue.submit([encoder.finish()]);
  await back.mapAsync(GPUMapMode.READ);
  const result = new Float32Array(back.getMappedRange().slice(0));
  for (const b of [inputs, outputs, back]) b.destroy();
  expect(await device.popErrorScope()).toBeNull();
  return result;
}

/** The same in float64, from the same float32 inputs, and how large everything is: what rounding is compared to. */
function inFloat64({ given, f, inputs }: Job): { wanted: number[]; scale: number } {
  const { n, m } = sizesOf(given);
  let at = 0;
  const take = (count: number) => {
    at += count;
    return inputs.slice(at - count, at);
  };
  const [x, u, [t]] = [take(n), take(padded(given.u).length), take(1)] as const;
  const [p, dx, dy] = [take(padded(given.p).length), take(n), take(n)];
  const parts = [m, m, m * n, m].map(count => new Float64Array(count));
  f.float64.value(parts[0]!, x, u, t!, p);
  f.float64.jvp(parts[1]!, x, u, t!, p, dx);
  f.float64.jacobian(parts[2]!, x, u, t!, p);
  f.float64.second(parts[3]!, x, u, t!, p, dx, dy);
  const wanted = parts.flatMap(part => [...part]);
  return { wanted, scale: Math.max(1, ...wanted.map(Math.abs)) };
}

async function compare(cases: readonly WgslCase[]): Promise<void> {
  const jobs = await Promise.all(cases.map(jobOf));
  const got = await onGpu(jobs);
  let at = 0;
  const faults: string[] = [];
  for (const job of jobs) {
    const { wanted, scale } = inFloat64(job);
    wanted.forEach((value, i) => {
      const off = Math.abs(got[at + i]! - value) / scale;
      if (!(off <= 1e-5)) faults.push(`${job.given.name} [${i}]: ${got[at + i]} for ${value}`);
    });
    at += wanted.length;
  }
  expect(faults).toEqual([]);
}

suite("wgslFunction() on a GPU", () => {
  const whole = [...FLOWS, ...CHAOTIC_WGSL, ...MASKED_WGSL, ...FORMS, ...VALUES, ...HARD];
  for (let k = 0; k < whole.length; k += 12) {
    test(`agrees with float64: ${whole[k]!.name} and the next`, () => compare(whole.slice(k, k + 12)));
  }
  for (let k = 0; k < BUILTIN_CASES.length; k += 30) {
    test(`agrees with float64: ${BUILTIN_CASES[k]!.name} and the next built-in functions`, () =>
      compare(BUILTIN_CASES.slice(k, k + 30)));
  }
  test("agrees with float64: random functions", () =>
    compare(
      [2, 3, 5, 7, 11, 13].map(seed => ({
        name: `seed ${seed}`,
        code: randomFunction(seed),
        m: 3,
        x: [0.37, -0.61, 0.83],
        u: [0.6],
        t: 0.7,
        p: [1.1, 0.4],
        js: () => [],
      })),
    ));
  test("agrees with float64 at singular points", () => compare(SINGULAR_CASES));
});
