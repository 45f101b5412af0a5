/** One update of a trajectory as dispatches: a scan of newton_lane.wgsl or its kin, two scans, or none. */
import type { Recording } from "../../engine/index.ts";
import {
  newtonBlocksElement,
  newtonElement,
  newtonMobiusElement,
  newtonTrustElement,
  recordScan,
  type ScanElement,
  type ScanSizes,
  scanLevels,
  scanScratch,
} from "../../scan/index.ts";
import { eachRecording } from "./each_recording.ts";
import { type RecurrenceInputs, recurrenceSizes, shapeWords, systemRequest } from "./recurrence_buffers.ts";
import type { IterativeMethod, RecurrenceProblem } from "./recurrence_problem.ts";
import { trustRegionRecording } from "./trust_region_recording.ts";
import { type GpuIterationOptions, kept, stepsSeen, type UpdateMaker } from "./update_parts.ts";

const scanned: UpdateMaker = (setup, problem, options, inputs) => {
  const element = elementOf(problem, options);
  const scan = lastingScan(setup, problem, options, element);
  const { steps, sizes, levels } = scan;
  return {
    elements: scan.scratch.elements,
    uniforms: topOf(scan, element, problem.numSeries),
    stoppable: 2 * levels.length - 1,
    words: `${steps} steps in chunks of ${sizes.chunkLength} by ${shapeWords(element)}`,
    record(recording, { from, to, decide, groups, firstGroup }) {
      scan.record(recording, { ...inputs, from, to }, { between: decide, groups, firstGroup });
    },
  };
};

/** A diagonal A within a trust region: a scan of the variances of the change, and one of the change that they hold. */
const held: UpdateMaker = (setup, problem, options, inputs) => {
  const { call, engine, probe, trustRegion } = options;
  const request = systemRequest(call, problem);
  const diagonal = probe ? "probe" : "exact";
  const variance = newtonMobiusElement(call, request, diagonal, engine.caps);
  const element = newtonTrustElement(call, request, diagonal, engine.caps);
  const first = lastingScan(setup, problem, options, variance);
  const second = lastingScan(setup, problem, options, element);
  const { steps, sizes, levels } = second;
  const dispatches = 2 * levels.length - 1;
  return {
    elements: second.scratch.elements,
    uniforms: topOf(second, element, problem.numSeries),
    stoppable: 2 * dispatches,
    words: `two scans of ${steps} steps in chunks of ${sizes.chunkLength} by ${shapeWords(element)}, σ² = ${trustRegion}`,
    record(recording, { from, to, decide, groups, firstGroup }) {
      const way = { ...inputs, from, to };
      first.record(recording, way, { groups, firstGroup, chunksOnly: true });
      const variances = { variances: first.scratch.states };
      const at = firstGroup + dispatches;
      second.record(recording, way, { between: decide, groups, firstGroup: at }, variances);
    },
  };
};

const MAKERS: Readonly<Record<IterativeMethod, UpdateMaker>> = {
  newton: scanned,
  quasi: scanned,
  blockQuasi: scanned,
  picard: scanned,
  jacobi: eachRecording,
  gradient: eachRecording,
  elk: trustRegionRecording,
  quasiElk: held,
};

/** Declares the buffers of `setup` that stay from update to update. @throws LimitError */
export const updateRecording: UpdateMaker = (setup, problem, options, inputs) =>
  MAKERS[options.method](setup, problem, options, inputs);

type ScanOwn = Parameters<typeof recordScan>[6];

function lastingScan(
  setup: Recording,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
  element: ScanElement,
) {
  const steps = stepsSeen(problem, options);
  const sizes = recurrenceSizes({ ...problem, numSteps: steps }, options);
  const { elements, states, memoryOffset } = kept(setup, () =>
    scanScratch(setup, element, sizes, steps, true),
  );
  const scratch = { elements, states, memoryOffset };
  return {
    steps,
    sizes,
    levels: scanLevels(steps, sizes),
    scratch,
    record(
      recording: Recording,
      way: RecurrenceInputs & {
        readonly from: ScanOwn["buffers"][string];
        readonly to: ScanOwn["buffers"][string];
      },
      own: Pick<ScanOwn, "between" | "groups" | "firstGroup" | "chunksOnly">,
      more: ScanOwn["buffers"] = {},
    ): void {
      const { parameters, indices, uniforms, from, to } = way;
      const buffers = { parameters, indices, current: from, next: to, ...more };
      const block = { start: 0, steps, reverse: false };
      recordScan(recording, element, sizes, block, true, scratch, { uniforms, buffers, ...own });
    },
  };
}

const topOf = (
  { levels, sizes }: { readonly levels: readonly number[]; readonly sizes: ScanSizes },
  { elementFloats }: ScanElement,
  N: number,
) => ({
  top_offset: levels.slice(0, -1).reduce((sum, level) => sum + level, 0) * N,
  top_stride: levels.at(-1) as number,
  leaf_steps: sizes.chunkLength * sizes.leaves ** (levels.length - 1),
  element_floats: elementFloats,
  sums: 0,
});

function elementOf(problem: RecurrenceProblem, options: GpuIterationOptions): ScanElement {
  const { method, call, engine, blocks, probe } = options;
  const request = systemRequest(call, problem);
  if (method === "newton") return newtonElement(call, request, engine.caps);
  const diagonal = method === "picard" ? "constant" : probe ? "probe" : "exact";
  return newtonBlocksElement(call, request, method === "blockQuasi" ? blocks : 1, diagonal, engine.caps);
}
