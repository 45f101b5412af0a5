/** Kernels that take every step by itself: updates without a scan, and what looks at the steps of a window. */
import type { Dispatch } from "../../engine/index.ts";
import { EACH_WORKGROUP } from "../each_grid.ts";
import { type RecurrenceInputs, systemRequest } from "./recurrence_buffers.ts";
import type { RecurrenceProblem } from "./recurrence_problem.ts";
import { type GpuIterationOptions, stepsSeen, type UpdateMaker } from "./update_parts.ts";

/** As many invocations as the largest state has entries. */
const CELL_WORKGROUP = 128;
/** Steps that a workgroup takes of a cell. */
const CELL_STEPS = 8;
/** Most series along y of a grid. */
const SERIES = 65_535;

/** shaders/recurrence/each_params.wgsl */
export const RULE = { look: 0, jacobi: 1, gradient: 2 } as const;

/** A kernel over all steps of the window, of a function or of a cell: its sizes, and the grid. */
export function stepKernel(name: string, problem: RecurrenceProblem, options: GpuIterationOptions) {
  const { numSeries: N, stateDim: D } = problem;
  const { splice, constants, cell } = systemRequest(options.call, problem);
  const steps = stepsSeen(problem, options);
  const perGroup = cell ? CELL_STEPS : EACH_WORKGROUP;
  const partials = Math.ceil(steps / perGroup);
  const value = 20 * D + 2 * D * D;
  return {
    partials,
    /** Steps whose merits a workgroup adds up. */
    perGroup,
    kernel: {
      name: cell ? `${name}_cell` : name,
      constants: {
        ...constants,
        STATE_DIM: D,
        WORKGROUP: cell ? CELL_WORKGROUP : EACH_WORKGROUP,
        STEPS: CELL_STEPS,
      },
      unroll: false,
      splice,
    },
    uniforms: { num_series: N, block_steps: steps, partials },
    workgroups: [partials, Math.min(N, SERIES), Math.ceil(N / SERIES)] as const,
    /** Flops of the function at every step, and of its Jacobian too. */
    costs: { value: N * steps * value, jacobian: N * steps * (D + 1) * value },
  };
}

/** Of recurrence_decide, for merits that stand as sums over workgroups. */
export const partialSums = ({ partials, perGroup }: { partials: number; perGroup: number }) => ({
  top_offset: 0,
  top_stride: partials,
  leaf_steps: perGroup,
  element_floats: 1,
  sums: 1,
});

/** recurrence_each by one of its rules. */
export function eachDispatch(
  rule: keyof typeof RULE,
  problem: RecurrenceProblem,
  options: GpuIterationOptions,
  { uniforms }: RecurrenceInputs,
): {
  readonly dispatch: Omit<Dispatch, "kind" | "buffers">;
  readonly partials: number;
  readonly perGroup: number;
} {
  const { kernel, costs, partials, perGroup, ...rest } = stepKernel("recurrence_each", problem, options);
  return {
    partials,
    perGroup,
    dispatch: {
      kernel: { ...kernel, constants: { ...kernel.constants, RULE: RULE[rule] } },
      uniforms: { ...uniforms, ...rest.uniforms },
      workgroups: rest.workgroups,
      cost: rule === "gradient" ? costs.jacobian + costs.value : costs.value,
    },
  };
}

/** jacobi and gradient: one kernel an update. */
export const eachRecording: UpdateMaker = (setup, problem, options, inputs) => {
  const { parameters, indices } = inputs;
  const rule = options.method === "gradient" ? "gradient" : "jacobi";
  const { dispatch, ...sums } = eachDispatch(rule, problem, options, inputs);
  const elements = setup.buffer("merits of workgroups", [problem.numSeries, sums.partials], "output");
  return {
    elements,
    uniforms: partialSums(sums),
    stoppable: 1,
    words: `${stepsSeen(problem, options)} steps, each by itself`,
    record(recording, { from, to, decide, groups, firstGroup }) {
      recording.dispatch({
        ...dispatch,
        buffers: { parameters, indices, elements, current: from, next: to },
        indirect: { buffer: groups, word: 3 * firstGroup },
      });
      decide();
    },
  };
};
