/** Grids of kernels with one invocation for each of many entries: x, and y continues x. */
export const EACH_WORKGROUP = 64;

/** Workgroups of a dispatch along x, as many as WebGPU allows. */
const MOST_GROUPS = 65_535;

export function eachGrid(entries: number): readonly [number, number, number] {
  const groups = Math.ceil(entries / EACH_WORKGROUP);
  return [Math.min(groups, MOST_GROUPS), Math.ceil(groups / MOST_GROUPS), 1];
}
