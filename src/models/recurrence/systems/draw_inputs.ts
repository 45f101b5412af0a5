/** Inputs that the literature drives systems with; seeded, row t of any length the same. */
import type { NDArray } from "../../../engine/index.ts";
import { CounterRandom, StepUniforms, stepNormals } from "../../../inference/index.ts";
import { readWhole } from "./options.ts";

export type DrawInputs = (numSteps: number, seed?: number) => NDArray;

/** A row for every step, filled by its number. */
export function drawRows(
  numSteps: number,
  seed: number,
  d: number,
  fill: (row: Float64Array, t: number) => void,
): NDArray {
  const call = "drawInputs";
  const T = readWhole(call, "numSteps", numSteps, 1);
  readWhole(call, "seed", seed, 0);
  const data = new Float64Array(T * d);
  for (let t = 0; t < T; t++) fill(data.subarray(t * d, (t + 1) * d), t);
  return { data, shape: [T, d] };
}

/** Standard normals. */
export const normalInputs =
  (d: number): DrawInputs =>
  (numSteps, seed = 0) =>
    drawRows(numSteps, seed, d, (row, t) => stepNormals(seed, 0, 0, t, d, row));

/** Whole numbers from 0 to count − 1, all as likely. */
export const wholeInputs =
  (count: number): DrawInputs =>
  (numSteps, seed = 0) => {
    const uniforms = new StepUniforms(seed, 1);
    return drawRows(numSteps, seed, 1, (row, t) => {
      row[0] = Math.min(count - 1, Math.floor(count * uniforms.at(0, 0, t)));
    });
  };

/** A ∘ sin(ω t + φ), A from 0 to 0.2, ω from 0.5 to 3, φ from 0 to 2π. */
export const waveInputs =
  (d: number): DrawInputs =>
  (numSteps, seed = 0) => {
    const random = new CounterRandom(seed, 0x57415645);
    const waves = Array.from({ length: d }, () => [
      0.2 * random.uniform(),
      0.5 + 2.5 * random.uniform(),
      2 * Math.PI * random.uniform(),
    ]);
    return drawRows(numSteps, seed, d, (row, t) => {
      waves.forEach(([size, rate, phase], i) => {
        row[i] = size * Math.sin(rate * t + phase);
      });
    });
  };
