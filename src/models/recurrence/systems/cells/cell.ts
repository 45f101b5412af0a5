/**
 * Cells: functions f(x, u, p) of which a row can be evaluated by itself, and leaves a few coefficients from which follow its slopes ∂f_i/∂x_j.
 * One text gives both kinds of WGSL: arrays by value, and rows by a team with the weights in storage (shaders/recurrence).
 */
import { languageText } from "../../../../engine/index.ts";
import { libraryText } from "../../../language/graph/shader_library.ts";
import { jacobianStructure } from "../../../language/jacobian_structure.ts";
import type { EntryKind } from "../../../language/vector_function.ts";
import type { RecurrenceFunction } from "../../recurrence.ts";
import { signature } from "../wgsl_text.ts";
import { cellSensitivities } from "./cell_sensitivities.ts";

/** How a text reads what it needs; arguments are WGSL of whole numbers. */
export interface Access {
  x(j: string): string;
  u(k: string): string;
  p(k: string): string;
  /** A function of shaders/language/functions.wgsl. */
  f(name: string): string;
}

/** Takes ∂f/∂u_k as entry k and ∂f/∂p_k as entry d + k; the same entry may come more than once. */
export type TakeSlope = (entry: number, slope: number) => void;

/** In float64: begin() comes before rows, value(i) before the slopes of its row. */
export interface CellTwin {
  begin(x: ArrayLike<number>, u: ArrayLike<number>, p: ArrayLike<number>): void;
  value(i: number): number;
  slope(i: number, j: number): number;
  /** All slopes of row i, where that is faster. */
  slopes?(i: number, out: Float64Array): void;
  /** Slopes of row i with respect to inputs and parameters, but those that are 0; with respect to what is shared, as entry d + P + k. */
  drivers(i: number, take: TakeSlope): void;
  /** What rows share and is made of inputs and parameters alone: how many values, and their slopes. */
  readonly shared?: { readonly count: number; drivers(k: number, take: TakeSlope): void };
}

export interface CellParts {
  /** D */
  readonly stateDim: number;
  /** d */
  readonly inputDim: number;
  /** p [P] */
  readonly parameters: Float64Array;
  /** How many coefficients a row leaves. */
  readonly coefficients: number;
  /** WGSL statements that set `value` and `c[…]` of row i. */
  row(read: Access): string;
  /** WGSL statements that set `slope` from i, j and `c[…]`. */
  slope(read: Access): string;
  /** Functions of shaders/language/functions.wgsl that the texts call. */
  readonly helpers: readonly string[];
  kind(i: number, j: number): EntryKind;
  twin(): CellTwin;
  /** B where the Jacobian is B × B blocks of diagonals. */
  readonly blocks?: number;
}

/** Larger states are worth a team. */
const MOST_STATES = 8;
/** More parameters are too many for an array by value. */
const MOST_PARAMETERS = 1024;

export async function cellFunction(call: string, parts: CellParts): Promise<RecurrenceFunction> {
  const { stateDim: D, inputDim, parameters, blocks } = parts;
  const library = await languageText(call);
  const entries = Array.from({ length: D * D }, (_, e) => parts.kind(Math.floor(e / D), e % D));
  const wide = D > MOST_STATES || parameters.length > MOST_PARAMETERS;
  return {
    stateDim: D,
    inputDim,
    numParameters: parameters.length,
    outputDim: D,
    parameters,
    structure: jacobianStructure(entries, D, D),
    float64: float64Of(parts, entries),
    sensitivities: cellSensitivities(parts, entries),
    wgsl: name => ({ name, code: byValue(parts, name, library) }),
    ...(wide ? { cooperative: byRows(parts, library) } : {}),
    ...(blocks === undefined ? {} : { blocks }),
  };
}

function float64Of(parts: CellParts, entries: readonly EntryKind[]): RecurrenceFunction["float64"] {
  const D = parts.stateDim;
  const cell = parts.twin();
  const columns = Array.from({ length: D }, (_, i) =>
    Array.from({ length: D }, (_, j) => j).filter(j => entries[i * D + j] !== "zero"),
  );
  return {
    value(out, x, u, _t, p) {
      cell.begin(x, u, p);
      for (let i = 0; i < D; i++) out[i] = cell.value(i);
    },
    jvp(out, x, u, _t, p, dx) {
      cell.begin(x, u, p);
      for (let i = 0; i < D; i++) {
        cell.value(i);
        let sum = 0;
        for (const j of columns[i]) sum += cell.slope(i, j) * dx[j];
        out[i] = sum;
      }
    },
    jacobian(out, x, u, _t, p) {
      out.fill(0);
      cell.begin(x, u, p);
      for (let i = 0; i < D; i++) {
        cell.value(i);
        if (cell.slopes) {
          cell.slopes(i, out.subarray(i * D, (i + 1) * D));
          continue;
        }
        for (const j of columns[i]) out[i * D + j] = cell.slope(i, j);
      }
    },
  };
}

/** NAME, NAME_jvp and NAME_jacobian */
function byValue(parts: CellParts, name: string, library: string): string {
  const { stateDim: D, coefficients } = parts;
  const { args, vector, matrix } = signature({
    ...parts,
    numParameters: parts.parameters.length,
    outputDim: D,
  });
  const read: Access = {
    x: j => `x[${j}]`,
    u: k => `u[${k}]`,
    p: k => `p[${k}]`,
    f: helper => `${name}_${helper}`,
  };
  const rows = `  var c: array<f32, ${coefficients}>;
  for (var i = 0u; i < ${D}u; i++) {
    var value = 0.0;
    {
${parts.row(read)}
    }`;
  const slope = `      var slope = 0.0;
${parts.slope(read)}`;
  return `${libraryText(library, parts.helpers, `${name}_`)}
fn ${name}(${args}) -> ${vector} {
  var out: ${vector};
${rows}
    out[i] = value;
  }
  return out;
}
fn ${name}_jvp(${args}, dx: ${vector}) -> ${vector} {
  var out: ${vector};
${rows}
    var sum = 0.0;
    for (var j = 0u; j < ${D}u; j++) {
${slope}
      sum += slope * dx[j];
    }
    out[i] = sum;
  }
  return out;
}
fn ${name}_jacobian(${args}) -> ${matrix} {
  var out: ${matrix};
${rows}
    for (var j = 0u; j < ${D}u; j++) {
${slope}
      out[i * ${D}u + j] = slope;
    }
  }
  return out;
}
`;
}

/** cell_value(i), which comes before cell_slope(i, j) of the same step and leaves it the coefficients. */
export function byRows(parts: CellParts, library: string): string {
  const read: Access = {
    x: j => `cell_state(${j})`,
    u: k => `cell_input(${k})`,
    p: k => `cell_parameter(${k})`,
    f: helper => `cell_${helper}`,
  };
  return `${libraryText(library, parts.helpers, "cell_")}
var<private> cell_coefficients: array<f32, ${parts.coefficients}>;
fn cell_value(i: u32) -> f32 {
  var c: array<f32, ${parts.coefficients}>;
  var value = 0.0;
${parts.row(read)}
  cell_coefficients = c;
  return value;
}
fn cell_slope(i: u32, j: u32) -> f32 {
  let c = cell_coefficients;
  var slope = 0.0;
${parts.slope(read)}
  return slope;
}
`;
}

/** 1/(1 + e⁻ˣ) */
export function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}
