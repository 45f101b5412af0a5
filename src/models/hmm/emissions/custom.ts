import { ParameterError } from "../../../engine/index.ts";
import type { Emissions } from "../../../inference/index.ts";
import { say, valueText } from "../../say.ts";
import { bindRows, firstRow, moveRow } from "./bind_rows.ts";
import type { EmissionData, EmissionFamily, FamilyDefinition, Row } from "./family.ts";

/** A density given as functions, in the library only. */
export interface CustomEmissions {
  readonly family: "custom";
  /** m */
  readonly emissionDim: number;
  /** d, default 0 */
  readonly inputDim?: number;
  /** log p(y_t | state), nats, in float64; −Infinity where impossible. y [m] has no missing entries; u [d]. */
  readonly logDensity: (y: Float64Array, state: number, u: Float64Array) => number;
  /**
   * The same in WGSL: `fn log_density(y: array<f32, EMISSION_DIM>, state: u32) -> f32`, with inputs
   * `fn log_density(y: array<f32, EMISSION_DIM>, u: array<f32, INPUT_DIM>, state: u32) -> f32`; LOG_ZERO where impossible. It may
   * read `parameters` as emission_parameters[i] and use the functions of shaders/lib/special.wgsl. Without it a GPU takes the values of
   * logDensity.
   */
  readonly wgsl?: string;
  /** Numbers for the WGSL. */
  readonly parameters?: readonly number[] | Float32Array;
  /** Draws y [m] into out. */
  readonly sample?: (
    state: number,
    u: Float64Array,
    random: { uniform(): number; normal(): number },
    out: Float64Array,
  ) => void;
}

/** A user's own density. A step with a missing entry is left out whole: it tells nothing about the state. */
export const custom: FamilyDefinition = {
  required: ["emissionDim", "logDensity"],
  optional: ["inputDim", "wgsl", "parameters", "sample"],
  make({ call, path, numEmissions }, given) {
    const {
      emissionDim: m,
      inputDim: d = 0,
      logDensity,
      wgsl,
      parameters = [],
      sample,
    } = given as unknown as CustomEmissions;
    const refuse = (key: string, expected: string, got: unknown, fix: string): never => {
      throw new ParameterError(say(call, `${path}${key}`, expected, valueText(got), fix));
    };
    if (!Number.isSafeInteger(m) || m < 1)
      refuse("emissionDim", "a whole number ≥ 1", m, "Give the number of channels.");
    if (!Number.isSafeInteger(d) || d < 0)
      refuse("inputDim", "a whole number ≥ 0", d, "Give the number of inputs.");
    if (typeof logDensity !== "function")
      refuse("logDensity", "a function (y, state, u) => nats", logDensity, "Pass a function.");
    if (wgsl !== undefined && (typeof wgsl !== "string" || !/\bfn\s+log_density\s*\(/.test(wgsl)))
      refuse("wgsl", "text that defines fn log_density", wgsl, "See docs/hmm.md.");
    const density = (e: number, y: Float64Array, u: Float64Array): number => {
      const value = logDensity(y, e, u);
      if (typeof value === "number" && value < Number.POSITIVE_INFINITY) return value;
      return refuse(
        "logDensity",
        "log-densities: numbers below Infinity",
        value,
        `It was called with y = [${y.join(", ")}], state ${e}.`,
      );
    };
    return userFamily("custom", numEmissions, m, d, density, {
      wgsl,
      parameters: Float32Array.from(parameters),
      sample:
        sample &&
        ((e, row, random) =>
          sample(e, inputsOf(row, d), random, row.observations.subarray(row.at, row.at + m))),
    });
  },
};

/** u of a row. */
const inputsOf = ({ inputs, inputsAt }: Row, d: number): Float64Array =>
  inputs === undefined ? new Float64Array(0) : inputs.subarray(inputsAt, inputsAt + d);

/** WGSL that defines log_density, or what makes it of files of shaders/, those of emissions/ by their stems. */
type UserText = string | ((snippet: (name: string) => string) => string);

/** A family of a density as a function and, perhaps, as WGSL. */
export function userFamily(
  family: string,
  numEmissions: number,
  m: number,
  d: number,
  density: (e: number, y: Float64Array, u: Float64Array) => number,
  more: { wgsl?: UserText; parameters: Float32Array<ArrayBuffer>; sample?: EmissionFamily["sample"] },
): EmissionFamily {
  const own = {
    numEmissions,
    emissionDim: m,
    inputDim: d,
    lags: 0,
    logDensity(e: number, row: Row): number {
      const y = row.observations.subarray(row.at, row.at + m);
      return y.some(Number.isNaN) ? 0 : density(e, y, inputsOf(row, d));
    },
  };
  return {
    family,
    parameters: {},
    ...own,
    bind(_call, data) {
      const emissions = bindRows(own, data);
      return more.wgsl === undefined
        ? emissions
        : { ...emissions, gpu: userGpu(own, data, more.wgsl, more.parameters) };
    },
    ...(more.sample && { sample: more.sample }),
  };
}

/** Records [1 if all is observed, y, u]. */
function userGpu(
  { emissionDim: m, inputDim: d }: { emissionDim: number; inputDim: number },
  data: EmissionData,
  wgsl: UserText,
  parameters: Float32Array<ArrayBuffer>,
): Emissions["gpu"] {
  const recordFloats = 1 + m + d;
  const row = firstRow(data);
  return {
    kernel:
      typeof wgsl === "string"
        ? { source: `${wgsl}\n${wrapper(d)}` }
        : { compose: snippet => `${wgsl(snippet)}\n${wrapper(d)}` },
    constants: { EMISSION_DIM: m, ...(d > 0 && { INPUT_DIM: d }) },
    parameters,
    recordFloats,
    packRecords(series, start, end, out, at) {
      for (let t = start; t < end; t++) {
        moveRow(row, data, m, d, series, t);
        const to = at + (t - start) * recordFloats;
        const y = row.observations.subarray(row.at, row.at + m);
        out.fill(0, to, to + recordFloats);
        if (y.some(Number.isNaN)) continue;
        out[to] = 1;
        out.set(y, to + 1);
        out.set(inputsOf(row, d), to + 1 + m);
      }
    },
    baseline: () => 0,
  };
}

/** Takes y and u from the record. */
const wrapper = (d: number): string => `fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  if (emission_records[record] == 0.0) { return 0.0; }
  var y: array<f32, EMISSION_DIM>;
  for (var i = 0u; i < EMISSION_DIM; i++) { y[i] = emission_records[record + 1u + i]; }
${
  d > 0
    ? `  var u: array<f32, INPUT_DIM>;
  for (var i = 0u; i < INPUT_DIM; i++) { u[i] = emission_records[record + 1u + EMISSION_DIM + i]; }
  return max(log_density(y, u, e), LOG_ZERO);`
    : "  return max(log_density(y, e), LOG_ZERO);"
}
}`;
