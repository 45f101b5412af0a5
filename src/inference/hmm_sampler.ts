/**
 * hmm_sampler: paths from p(z_0:T−1 | y_0:T−1) on the GPU. The filter forwards, once for all draws; then every draw goes back
 * through the reverse kernels, with one uniform for all states of a step, as a scan of index maps or step by step.
 */
import { type BufferSpec, execute, LimitError, Recording, readTensors } from "../engine/index.ts";
import { indexMapElement, mapWords, recordScan, type ScanSizes, scanScratch } from "../scan/index.ts";
import { extendedPacking, recordHmmInputs, scaledPacking } from "./hmm_blocks.ts";
import { checkDensity } from "./hmm_emissions.ts";
import type { HmmGpuRun } from "./hmm_filter.ts";
import { chooseForm, type HmmFormChoice } from "./hmm_form.ts";
import { collectLikelihoods, type HmmGpuOptions, readHmmParts } from "./hmm_pass.ts";
import { chooseParallel, describeHmmPlan, type HmmPlan, planHmm, scanSizes } from "./hmm_plan.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import { type HmmBlock, recordForward } from "./hmm_recording.ts";
import type { HmmSampleRecords } from "./hmm_records.ts";
import { subsetOf } from "./hmm_subset.ts";
import { seedKey } from "./random/philox.ts";

export type HmmSamplerGpuOptions = HmmGpuOptions & {
  /** S */
  readonly numSamples: number;
  /** Whole number 0 … 2^53 − 1. */
  readonly seed: number;
  /** Draws that go back at a time: for tests. */
  readonly drawsAtOnce?: number;
};

/**
 * Draws from p(z_0:T−1 | y_0:T−1) with the uniforms of random/step_uniforms.ts: a draw depends on seed, series and its number alone.
 * @returns states [N, S, T], −1 past the end of a series
 * @throws ShaderError with the line of a user's own density; LimitError, DeviceError, AbortedError
 */
export async function hmmSamplerGpu(
  problem: HmmProblem,
  options: HmmSamplerGpuOptions,
): Promise<HmmSampleRecords & HmmGpuRun> {
  const { request, numSamples: S } = options;
  const { numSeries: N, numSteps: T, lengths } = problem;
  const choice =
    request.form === "extended" ? ({ form: "extended", lostBits: 0 } as const) : chooseForm(problem);
  const all = Uint32Array.from({ length: N }, (_, s) => s);
  const first = await samplePass(problem, all, options, choice);
  const { states, ends } = first;
  const forms = Array.from({ length: N }, () => choice.form);
  let plan = first.words;
  const again = async (
    series: readonly number[],
    to: Uint32Array,
    form: HmmFormChoice,
  ): Promise<Uint32Array> => {
    const ids = Uint32Array.from(series);
    const run = await samplePass(subsetOf(problem, series, to), ids, options, form);
    plan += `; ${series.length} of ${N} series again with ${run.words}`;
    const row = run.states.length / series.length / S;
    series.forEach((s, i) => {
      for (let draw = 0; draw < S; draw++) {
        const at = (s * S + draw) * T;
        states.fill(-1, at, at + T);
        states.set(run.states.subarray((i * S + draw) * row, (i * S + draw + 1) * row), at);
      }
    });
    return run.ends;
  };
  if (first.lost.length > 0) {
    const found = await again(first.lost, lengths, { form: "extended", lostBits: 0 });
    first.lost.forEach((s, i) => {
      ends[s] = found[i]!;
      forms[s] = "extended";
    });
  }
  const early = Array.from({ length: N }, (_, s) => s).filter(s => ends[s]! < lengths[s]!);
  for (const s of early) states.fill(-1, s * S * T, (s + 1) * S * T);
  const started = early.filter(s => ends[s]! > 0);
  if (started.length > 0) await again(started, ends, { form: "extended", lostBits: 0 });
  for (const s of started) forms[s] = "extended";
  return { states, ends, plan, parallel: first.parallel, forms };
}

interface SamplePass {
  readonly states: Int32Array;
  readonly ends: Uint32Array;
  readonly lost: readonly number[];
  readonly words: string;
  readonly parallel: boolean;
}

/** @param ids [N] the numbers of the series in the counters of their draws */
async function samplePass(
  problem: HmmProblem,
  ids: Uint32Array,
  options: HmmSamplerGpuOptions,
  choice: HmmFormChoice,
): Promise<SamplePass> {
  const { engine, call, numSamples: S } = options;
  const { numSeries: N, numSteps: T, lengths, emissions } = problem;
  checkDensity(call, emissions.gpu);
  const request = { ...options.request, filtered: true, predicted: false };
  const plan = planHmm(engine, problem, request, choice, false);
  const recording = new Recording();
  const packing = plan.form === "extended" ? extendedPacking : scaledPacking;
  const inputs = recordHmmInputs(recording, problem, plan.blocks, packing);
  const blocks = recordForward(recording, problem, plan, inputs, {
    filtered: true,
    predicted: false,
  });
  const groups = recordDraws(recording, problem, ids, plan, blocks, options);
  const tensors = await execute(engine, recording, options);
  try {
    const read = await readHmmParts(
      engine,
      call,
      tensors,
      blocks.map(b => b.outputs.likelihoods),
    );
    const { ends, lost } = collectLikelihoods(problem, blocks, read);
    const states = new Int32Array(N * S * T).fill(-1);
    for (const { first, count, start, steps, path } of groups.paths) {
      const [data] = await readTensors(engine, call, [tensors.get(path)!]);
      const words = new Int32Array(data!.buffer, data!.byteOffset, data!.length);
      for (let s = 0; s < N; s++) {
        const inside = Math.max(0, Math.min(steps, lengths[s]! - start));
        for (let draw = 0; draw < count; draw++) {
          const from = (s * count + draw) * steps;
          states.set(words.subarray(from, from + inside), (s * S + first + draw) * T + start);
        }
      }
    }
    const words = `${describeHmmPlan(plan, recording.dispatches.length)}; ${S} draws of every series, ${groups.parallel ? `scan of maps in chunks of ${groups.chunkLength}` : "each step by step"}`;
    return { states, ends, lost: [...lost].sort((a, b) => a - b), words, parallel: plan.parallel };
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}

interface DrawnPaths {
  readonly parallel: boolean;
  readonly chunkLength: number;
  readonly paths: readonly {
    readonly first: number;
    readonly count: number;
    readonly start: number;
    readonly steps: number;
    readonly path: BufferSpec;
  }[];
}

/** The draws, as many at a time as a binding holds, back over the blocks of the filter. */
function recordDraws(
  recording: Recording,
  problem: HmmProblem,
  ids: Uint32Array,
  plan: HmmPlan,
  blocks: readonly HmmBlock[],
  { engine, call, request, numSamples: S, seed, drawsAtOnce }: HmmSamplerGpuOptions,
): DrawnPaths {
  const { numStates: K, numSeries: N, numSteps: T, lengths } = problem;
  const longest = Math.max(...blocks.map(b => b.inputs.steps));
  const binding = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
  const limit = request.memoryLimit ?? 4 * 2 ** 30;
  if (4 * N * S * T > limit) {
    throw new LimitError(
      `${call}: draws of at most ${limit} bytes expected, got ${4 * N * S * T} for ${S} draws of ${N} series of ${T} steps. Ask for fewer draws at a time, or raise memoryLimit.`,
    );
  }
  const parallel = chooseParallel(
    request.method,
    { ...problem, numSeries: N * Math.min(S, 65_536) },
    engine.adapter.software,
  );
  const sizes = scanSizes({ numSeries: N * S, numSteps: T }, request, "lane", engine.adapter.software);
  const perDraw =
    4 * N * Math.max(longest, parallel ? Math.ceil(longest / sizes.chunkLength) * 2 * mapWords(K) : 1);
  const most = drawsAtOnce ?? Math.max(1, Math.min(S, Math.floor(binding / perDraw)));
  const element = indexMapElement(plan.form === "extended" ? "hmm_sampler_extended" : "hmm_sampler", K);
  const [seedLow, seedHigh] = seedKey(seed);
  const paths: DrawnPaths["paths"][number][] = [];
  for (let first = 0; first < S; first += most) {
    const count = Math.min(most, S - first);
    const scans: ScanSizes = { ...sizes, numSeries: N * count };
    const scratch = scanScratch(recording, element, scans, longest, parallel);
    const indices = recording.buffer(`lengths of draws ${first}`, [2 * N * count], "input", "u32");
    recording.upload(indices, () =>
      Uint32Array.from({ length: 2 * N * count }, (_, i) =>
        i < N * count ? lengths[Math.floor(i / count)]! : ids[Math.floor(i / count) - N]!,
      ),
    );
    for (const { inputs, buffer } of blocks.toReversed()) {
      const { start, steps, uniforms, buffers } = inputs;
      const path = recording.buffer(`draws ${first}, ${start}`, [N * count, steps], "output", "u32");
      recordScan(recording, element, scans, { start, steps, reverse: true }, parallel, scratch, {
        uniforms: {
          transition_step: uniforms.transition_step,
          transition_series: uniforms.transition_series,
          num_draws: count,
          first_draw: first,
          seed_low: seedLow,
          seed_high: seedHigh,
        },
        buffers: { transitions: buffers.transitions, filtered: buffer, indices, path },
      });
      recording.mark("sample", first * T + count * (T - start), S * T);
      paths.push({ first, count, start, steps, path });
    }
  }
  return { parallel, chunkLength: sizes.chunkLength, paths };
}
