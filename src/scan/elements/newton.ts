/** newton, newton_blocks, newton_trust, newton_mobius and lyapunov: elements whose kernels take the function of a recurrence in. Formulas: shaders/elements/newton_lane.wgsl. */
import type { Caps, KernelKey } from "../../engine/index.ts";
import type { ScanElement } from "../plan.ts";
import { teamShape } from "./shape.ts";

/** The function and what its kernels are compiled for. */
export interface SystemRequest {
  /** D */
  readonly stateDim: number;
  readonly splice: NonNullable<KernelKey["splice"]>;
  /** INPUT_DIM, PARAMETERS */
  readonly constants: Readonly<Record<string, number>>;
  /** The function is a cell: a team evaluates it. */
  readonly cell: boolean;
}

/** Largest D of one invocation. */
const LANE = 8;

/** A is the whole Jacobian. */
export function newtonElement(call: string, request: SystemRequest, caps: Caps): ScanElement {
  const { stateDim: n } = request;
  return dense(call, "newton", n * n + n + 1, request, caps);
}

/** The same without residuals: changes along a trajectory forwards, or gradients back where the scan goes in reverse. */
export function newtonDerivativeElement(call: string, request: SystemRequest, caps: Caps): ScanElement {
  const { stateDim: n } = request;
  return dense(call, "newton_derivative", n * n + n + 1, request, caps);
}

/** Growth along a trajectory. */
export function lyapunovElement(call: string, request: SystemRequest, caps: Caps): ScanElement {
  const { stateDim: n } = request;
  return dense(call, "lyapunov", n * n + 1, request, caps);
}

function dense(
  call: string,
  stem: string,
  elementFloats: number,
  request: SystemRequest,
  caps: Caps,
): ScanElement {
  const { stateDim: n, splice, constants, cell } = request;
  const memory = 3 * n * n + 5 * n;
  const variant = cell ? (n <= LANE ? "team" : undefined) : n <= LANE ? "lane" : undefined;
  const value = 20 * n + 2 * n * n;
  return {
    stem: cell ? `${stem}_cell` : stem,
    elementFloats,
    stateFloats: n + 1,
    constants: { ...constants, STATE_DIM: n, MEMORY_FLOATS: memory },
    splice,
    unroll: n <= 4 && !caps.software,
    shape: teamShape(call, { n, m: 0, memoryFloats: memory, variant }, caps),
    cost: {
      fold: 2 * n ** 3 + (n + 1) * value,
      step: 2 * n * n + (n + 1) * value,
      combine: 2 * n ** 3 + 4 * n * n,
    },
    wideScratchFloats: memory,
  };
}

/** Where the diagonals of A come from. */
export const DIAGONAL = { exact: 0, probe: 1, constant: 2 } as const;

/** A is the diagonals of B × B blocks; one invocation whatever the size, but for cells. */
export function newtonBlocksElement(
  call: string,
  request: SystemRequest,
  blocks: number,
  diagonal: keyof typeof DIAGONAL,
  caps: Caps,
): ScanElement {
  const { stateDim: n } = request;
  const sizes = {
    elementFloats: blocks * n + n + 1,
    stateFloats: n + 1,
    memory: 2 * blocks * n + 4 * n,
    combine: 2 * blocks * blocks * n,
  };
  return byCoordinates(call, "newton_blocks", request, { blocks, diagonal, ...sizes }, caps);
}

/** A is a diagonal, and the change is held within a trust region; see newtonMobiusElement. */
export function newtonTrustElement(
  call: string,
  request: SystemRequest,
  diagonal: "exact" | "probe",
  caps: Caps,
): ScanElement {
  const { stateDim: n } = request;
  const sizes = { elementFloats: 2 * n + 1, stateFloats: n + 1, memory: 7 * n, combine: 2 * n };
  return byCoordinates(call, "newton_trust", request, { blocks: 1, diagonal, ...sizes }, caps);
}

/** The variances that hold it, before every chunk: states of a scan with chunks of the same length. */
export function newtonMobiusElement(
  call: string,
  request: SystemRequest,
  diagonal: "exact" | "probe",
  caps: Caps,
): ScanElement {
  const { stateDim: n } = request;
  const sizes = { elementFloats: 4 * n, stateFloats: n, memory: 7 * n, combine: 16 * n };
  return byCoordinates(call, "newton_mobius", request, { blocks: 1, diagonal, ...sizes }, caps);
}

interface CoordinateSizes {
  readonly blocks: number;
  readonly diagonal: keyof typeof DIAGONAL;
  readonly elementFloats: number;
  readonly stateFloats: number;
  /** Floats of a team. */
  readonly memory: number;
  readonly combine: number;
}

function byCoordinates(
  call: string,
  stem: string,
  request: SystemRequest,
  { blocks, diagonal, elementFloats, stateFloats, memory, combine }: CoordinateSizes,
  caps: Caps,
): ScanElement {
  const { stateDim: n, splice, constants, cell } = request;
  const products = diagonal === "exact" ? n : diagonal === "probe" ? blocks : 0;
  const value = 20 * n + 2 * n * n;
  return {
    stem: cell ? `${stem}_cell` : stem,
    elementFloats,
    stateFloats,
    constants: {
      ...constants,
      STATE_DIM: n,
      BLOCKS: blocks,
      DIAGONAL: DIAGONAL[diagonal],
      MEMORY_FLOATS: memory,
    },
    splice,
    unroll: false,
    shape: cell
      ? teamShape(call, { n: Math.min(n, 32), m: 0, memoryFloats: memory, variant: "team" }, caps)
      : { variant: "lane", workgroup: 64, team: 1, teams: 64 },
    cost: {
      fold: combine + (products + 1) * value,
      step: 2 * blocks * n + (products + 1) * value,
      combine,
    },
    wideScratchFloats: 0,
  };
}
