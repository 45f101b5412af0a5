/** First trajectories for iterations over whole recurrences. */
import { type ArrayInput, DataError, ParameterError, ShapeError } from "../../engine/index.ts";
import { type RecurrenceProblem, stepNormals } from "../../inference/index.ts";
import { readArray } from "../read_array.ts";
import { say, shapeText, valueText } from "../say.ts";

/**
 * normal: standard normals, which depend on the seed, the series and the step alone. zeros. tiled: the initial state at every step. Or a
 * trajectory [T, D], [N, T, D], such as the states of an earlier result.
 */
export type Guess = "normal" | "zeros" | "tiled" | ArrayInput;

const WORDS = ["normal", "zeros", "tiled"];

/** @returns [N, T, D] @throws ParameterError, ShapeError, DataError */
export function firstTrajectory(
  call: string,
  problem: RecurrenceProblem,
  guess: Guess,
  seed: number,
): Float64Array {
  const { stateDim: D, numSeries: N, numSteps: T, initial } = problem;
  const out = new Float64Array(N * T * D);
  if (guess === "zeros") return out;
  if (guess === "tiled") {
    for (let s = 0; s < N; s++)
      for (let t = 0; t < T; t++) out.set(initial.subarray(s * D, (s + 1) * D), (s * T + t) * D);
    return out;
  }
  if (guess === "normal") {
    const row = new Float64Array(D);
    for (let s = 0; s < N; s++)
      for (let t = 0; t < T; t++) {
        stepNormals(seed, s, 0, t, D, row);
        out.set(row, (s * T + t) * D);
      }
    return out;
  }
  if (typeof guess === "string" || guess === null || typeof guess !== "object") {
    const expected = `${WORDS.map(word => `"${word}"`).join(", ")} or states [T, ${D}]`;
    throw new ParameterError(
      say(call, "options.guess", expected, valueText(guess), "Correct the option or leave it out."),
    );
  }
  const { data, shape } = readArray(call, "options.guess", guess);
  const wanted = shape.length === 3 ? [N, T, D] : [T, D];
  if (shape.length !== wanted.length || shape.some((size, i) => size !== wanted[i])) {
    const expected = N > 1 ? `${shapeText([T, D])} or ${shapeText([N, T, D])}` : shapeText([T, D]);
    throw new ShapeError(say(call, "options.guess", expected, shapeText(shape), "Give one row per step."));
  }
  for (let s = 0; s < N; s++)
    out.set(shape.length === 3 ? data.subarray(s * T * D, (s + 1) * T * D) : data, s * T * D);
  for (let s = 0; s < N; s++) {
    const bad = out
      .subarray(s * T * D, (s * T + problem.lengths[s]) * D)
      .findIndex(entry => !Number.isFinite(entry));
    if (bad >= 0)
      throw new DataError(
        say(
          call,
          `options.guess[${Math.floor(bad / D)}][${bad % D}]`,
          "a finite number",
          `${out[s * T * D + bad]}`,
          "Correct the entry.",
        ),
      );
    out.fill(0, (s * T + problem.lengths[s]) * D, (s + 1) * T * D);
  }
  return out;
}
