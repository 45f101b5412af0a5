/** The WGSL of expressions against float64: many functions in one kernel, as compiling is what costs on a software adapter. */
import { expect, suite, test } from "vitest";
import { type ExpressionFunction, expressionFunction } from "../src/models/language/index.ts";
import { CHAOTIC_CASES } from "../src/models/language/testing/chaotic_flows.ts";
import {
  type FunctionCase,
  MODEL_CASES,
  optionsOf,
  type Sample,
  SCALAR_CASES,
  samplesOf,
} from "../src/models/language/testing/function_cases.ts";
import { MASKED_CASES } from "../src/models/language/testing/masked_cases.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const SAMPLES = 8;
/** Of the value and of what rounding the arguments to 1 would change in it: some ten roundings of float32. */
const TOLERANCE = 1e-5;

interface Job {
  readonly item: FunctionCase;
  readonly f: ExpressionFunction;
  readonly samples: readonly Sample[];
  /** p in float32 */
  readonly p: Float32Array;
  readonly inputAt: number;
  readonly outputAt: number;
}

const recordOf = ({ stateDim, inputDim, numParameters }: ExpressionFunction): number =>
  3 * stateDim + inputDim + 1 + numParameters;
const resultOf = ({ stateDim, outputDim }: ExpressionFunction): number => outputDim * (3 + stateDim);

async function makeJobs(cases: readonly FunctionCase[]): Promise<Job[]> {
  let inputAt = 0;
  let outputAt = 0;
  const jobs: Job[] = [];
  for (const item of cases) {
    const f = await expressionFunction(optionsOf(item));
    const samples = samplesOf(item, SAMPLES).slice(0, SAMPLES);
    jobs.push({ item, f, samples, p: Float32Array.from(f.parameters), inputAt, outputAt });
    inputAt += SAMPLES * recordOf(f);
    outputAt += SAMPLES * resultOf(f);
  }
  return jobs;
}

/** One kernel in which invocation s works out sample s of every function. */
function kernelText(jobs: readonly Job[]): string {
  const blocks = jobs.map(({ f, inputAt, outputAt }, k) => {
    const { stateDim: n, inputDim: d, numParameters: P, outputDim: m } = f;
    const lines = [`var at = ${inputAt}u + s * ${recordOf(f)}u;`];
    for (const [name, length] of [
      ["x", n],
      ["u", d],
      ["dx", n],
      ["dy", n],
      ["p", P],
    ] as const) {
      lines.push(`var ${name}: array<f32, ${Math.max(1, length)}>;`);
      if (length > 0) lines.push(`for (var i = 0u; i < ${length}u; i++) { ${name}[i] = given[at]; at++; }`);
    }
    lines.push("let t = given[at];", `var to = ${outputAt}u + s * ${resultOf(f)}u;`);
    for (const [call, length] of [
      [`case${k}(x, u, t, p)`, m],
      [`case${k}_jvp(x, u, t, p, dx)`, m],
      [`case${k}_jacobian(x, u, t, p)`, m * n],
      [`case${k}_second(x, u, t, p, dx, dy)`, m],
    ] as const) {
      lines.push(`{ var y = ${call}; for (var i = 0u; i < ${length}u; i++) { result[to] = y[i]; to++; } }`);
    }
    return `  {\n    ${lines.join("\n    ")}\n  }`;
  });
  return `${jobs.map(({ f }, k) => f.wgsl(`case${k}`).code).join("")}
@group(0) @binding(0) var<storage, read> given: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@compute @workgroup_size(${SAMPLES})
fn main(@builtin(local_invocation_index) s: u32) {
${blocks.join("\n")}
}
`;
}

async function run(jobs: readonly Job[]): Promise<Float32Array> {
  const { device } = engine();
  const last = jobs.at(-1)!;
  const given = new Float32Array(last.inputAt + SAMPLES * recordOf(last.f));
  for (const { f, samples, p, inputAt } of jobs)
    samples.forEach(({ x, u, t, dx, dy }, s) => {
      given.set([...x, ...u, ...dx, ...dy, ...p, t], inputAt + s * recordOf(f));
    });
  const bytes = 4 * (last.outputAt + SAMPLES * resultOf(last.f));
  const module = device.createShaderModule({ code: kernelText(jobs) });
  const faults = (await module.getCompilationInfo()).messages.filter(({ type }) => type === "error");
  expect(faults.map(({ lineNum, message }) => `${lineNum}: ${message}`)).toEqual([]);
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const input = device.createBuffer({
    size: given.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  const output = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  });
  const back = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(input, 0, given);
  const entries = [input, output].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(output, 0, back, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await back.mapAsync(GPUMapMode.READ);
  const result = new Float32Array(back.getMappedRange().slice(0));
  for (const buffer of [input, output, back]) buffer.destroy();
  return result;
}

/** All that the kernel works out, in float64. */
function everything({ f, p }: Job, { u, t, dx, dy }: Sample, x: readonly number[]): number[] {
  const { outputDim: m, stateDim: n, float64 } = f;
  const [value, jvp, second] = [0, 1, 2].map(() => new Float64Array(m));
  const jacobian = new Float64Array(m * n);
  float64.value(value, x, u, t, p);
  float64.jvp(jvp, x, u, t, p, dx);
  float64.jacobian(jacobian, x, u, t, p);
  float64.second(second, x, u, t, p, dx, dy);
  return [...value, ...jvp, ...jacobian, ...second];
}

/** Size of each result and of its change when an argument changes by itself. */
function scales(job: Job, sample: Sample, truth: readonly number[]): number[] {
  const h = 1e-5;
  const scale = truth.map(Math.abs);
  sample.x.forEach((entry, k) => {
    const moved = (by: number) =>
      everything(
        job,
        sample,
        sample.x.map((v, i) => (i === k ? entry * (1 + by) : v)),
      );
    const [up, down] = [moved(h), moved(-h)];
    scale.forEach((_, i) => {
      const change = Math.abs(up[i]! - down[i]!) / (2 * h);
      // Beside the end of a domain there is no number.
      if (Number.isFinite(change)) scale[i] += change;
    });
  });
  return scale;
}

async function check(cases: readonly FunctionCase[]): Promise<void> {
  const jobs = await makeJobs(cases);
  const result = await run(jobs);
  const faults: string[] = [];
  for (const job of jobs)
    job.samples.forEach((sample, s) => {
      const truth = everything(job, sample, sample.x);
      const scale = scales(job, sample, truth);
      truth.forEach((value, i) => {
        const got = result[job.outputAt + s * resultOf(job.f) + i]!;
        const error = Math.abs(got - value) / (scale[i]! + 1e-30);
        if (!(error < TOLERANCE))
          faults.push(
            `${job.item.name} at ${sample.x.join(", ")}: [${i}] ${got}, not ${value} (${error.toExponential(1)})`,
          );
      });
    });
  expect(faults).toEqual([]);
}

suite("expressionFunction() in WGSL", () => {
  test("functions of one argument are right in float32", () => check(SCALAR_CASES), 300_000);
  const small = MODEL_CASES.filter(({ name }) => !/MLP|GRU|Lorenz-96/.test(name));
  test("models are right in float32", () => check(small), 300_000);
  test(
    "chaotic flows and masked functions are right in float32",
    () => check([...CHAOTIC_CASES, ...MASKED_CASES]),
    300_000,
  );
  test(
    "networks are right in float32",
    () => check(MODEL_CASES.filter(item => !small.includes(item))),
    300_000,
  );
});

suite("expressionFunction() in WGSL, where derivatives are not regular", () => {
  test("gives the numbers of float64, and no NaN", async () => {
    const points: [string, number[]][] = [
      ["sqrt(x0^2 + x1^2) + sqrt(x0) + cbrt(x1)", [0, 0]],
      ["hypot(x0, x1) + atan2(x1, x0) + abs(x0)", [0, 0]],
      ["atan2(x1, x0)", [-1, 0]],
      ["x0*log(x0) + x0^0 + x0^1.5 + x0^k + x1^0.25", [0, 0]],
      ["x0^3 + x0^-2 + x0^k", [-2, 0]],
      ["asin(x0) + acos(x1) + acosh(x0)", [1, -1]],
      ["max(x0, x1) + min(x0, x1) + relu(x0 - x1)", [1, 1]],
      ["tanh(x0) + sigmoid(x0) + softplus(x0) + sech(x1)", [800, -800]],
      ["gelu(x0) + normcdf(x0) + erfc(x1) + exp(-x1^2)", [-50, 40]],
      ["round(x0) + fix(x1) + mod(x0, 2) + mod(x1, 0)", [2.5, -1.5]],
      ["x0 < 0 ? sqrt(-x0) : sqrt(x0) + log(x0)", [4, 0]],
      ["mod(x0, 12) + mod(x1, -7)", [36, 49]],
      ["mod(x0, 3) + mod(x1, x0)", [21, 63]],
      ["1/(1 + exp(x0)) + exp(x1)/(1 + exp(x1)) + log(1 + exp(x0))", [800, -800]],
      ["(x0 > 0 ? lgamma(x0) : x0) + (x1 > 0 ? lgamma(x1) : x1)", [-1e9, 1e9]],
      ["tanh(exp(x0)) + atan(exp(x0)) + sign(sinh(x1)) + 1/cosh(x1)", [200, -200]],
      ["x0^5 + x0^-3 + x0^one + x1^(2*k) + x1^65", [-1.5, -0.75]],
    ];
    await check(
      points.map(([expression, point]) => ({
        name: expression,
        expressions: [expression],
        stateDim: 2,
        parameters: { k: 2, one: 1 },
        points: Array.from({ length: SAMPLES }, () => point),
      })),
    );
  }, 300_000);
});
