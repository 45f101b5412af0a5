/** One update of a trajectory as dispatches: the scan of newton_lane.wgsl, or a Kalman filter for trust regions. */
import { LimitError, type Recording } from "../../engine/index.ts";
import {
  newtonBlocksElement,
  newtonElement,
  recordScan,
  type ScanElement,
  type ScanSizes,
  scanLevels,
  scanScratch,
} from "../../scan/index.ts";
import { recordRecurrenceInputs, recurrenceSizes, systemRequest } from "./recurrence_buffers.ts";
import type { RecurrenceProblem } from "./recurrence_problem.ts";
import { trustRegionRecording } from "./trust_region_recording.ts";
import { type GpuIterationOptions, kept, settingsOf, type UpdateRecording } from "./update_parts.ts";

/** Declares the buffers of `setup` that stay from update to update. @throws LimitError */
export function updateRecording(
  setup: Recording,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
): UpdateRecording {
  const { method, call } = options;
  if (method === "gradient")
    throw new LimitError(
      `${call}: options.method expected one with a linear recursion on the GPU, got "gradient". Use backend "cpu": it is there for reference.`,
    );
  return method === "elk" || method === "quasiElk"
    ? trustRegionRecording(setup, problem, options)
    : scanned(setup, problem, options);
}

function scanned(
  setup: Recording,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
): UpdateRecording {
  const { numSeries: N, numSteps: T } = problem;
  const element = elementOf(problem, options);
  const sizes = recurrenceSizes(problem, options);
  const inputs = recordRecurrenceInputs(setup, problem, settingsOf(options), "output");
  const { elements, states, memoryOffset } = kept(setup, () => scanScratch(setup, element, sizes, T, true));
  const levels = scanLevels(T, sizes);
  const shape = element.shape.variant === "lane" ? "one invocation each" : `teams of ${element.shape.team}`;
  return {
    indices: inputs.indices,
    elements,
    uniforms: { ...topOf(levels, sizes, N), element_floats: element.elementFloats, copies: 1, sums: 0 },
    stoppable: 2 * levels.length - 1,
    words: `${T} steps in chunks of ${sizes.chunkLength} by ${shape}`,
    record(recording, from, to, decide, groups) {
      const { parameters, indices, uniforms } = inputs;
      const block = { start: 0, steps: T, reverse: false };
      const scratch = { elements, states, memoryOffset };
      const buffers = { parameters, indices, current: from, next: to };
      recordScan(recording, element, sizes, block, true, scratch, {
        uniforms,
        buffers,
        between: decide,
        groups,
      });
    },
  };
}

const topOf = (levels: readonly number[], sizes: ScanSizes, N: number) => ({
  top_offset: levels.slice(0, -1).reduce((sum, level) => sum + level, 0) * N,
  top_stride: levels.at(-1) as number,
  leaf_steps: sizes.chunkLength * sizes.leaves ** (levels.length - 1),
});

function elementOf(problem: RecurrenceProblem, options: GpuIterationOptions): ScanElement {
  const { method, call, engine, blocks, probe } = options;
  const request = systemRequest(call, problem);
  const diagonal = probe ? "probe" : "exact";
  if (method === "newton") return newtonElement(call, request, engine.caps);
  const constant = method === "picard" || method === "jacobi";
  return newtonBlocksElement(
    call,
    request,
    method === "blockQuasi" ? blocks : 1,
    constant ? "constant" : diagonal,
    engine.caps,
  );
}
