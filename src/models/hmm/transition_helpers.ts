import { type ArrayInput, type NDArray, ParameterError } from "../../engine/index.ts";
import { readArray } from "../read_array.ts";
import { say, shapeText, valueText } from "../say.ts";
import { checkRowSums, indexText } from "./emissions/read_table.ts";

/**
 * A sticky transition matrix: (A + κ I)/(1 + κ), the rows of A with κ more on the diagonal, made to sum to one again.
 * @param transitionMatrix A [K, K]
 * @param stickiness κ ≥ 0
 */
export function stickyTransitions(transitionMatrix: ArrayInput, stickiness: number): NDArray {
  const call = "stickyTransitions";
  const { data, shape } = square(call, "transitionMatrix", transitionMatrix);
  checkRowSums(call, "transitionMatrix", { data, shape });
  if (!(stickiness >= 0 && Number.isFinite(stickiness)))
    throw new ParameterError(
      say(call, "stickiness", "a number ≥ 0", valueText(stickiness), "0 changes nothing."),
    );
  const K = shape[0];
  for (let i = 0; i < K; i++) data[i * K + i] += stickiness;
  for (let k = 0; k < data.length; k++) data[k] /= 1 + stickiness;
  return { data, shape };
}

/**
 * A left-to-right transition matrix: a state is kept with probability `stay`, else one of the next `reach` states comes, each
 * as likely; the last state is kept for ever. All else is exactly 0.
 * @param numStates K
 */
export function leftToRightTransitions(numStates: number, stay: number, reach = 1): NDArray {
  const call = "leftToRightTransitions";
  const refuse = (argument: string, expected: string, got: unknown, fix: string): never => {
    throw new ParameterError(say(call, argument, expected, valueText(got), fix));
  };
  if (!Number.isSafeInteger(numStates) || numStates < 1)
    refuse("numStates", "a whole number ≥ 1", numStates, "Pass K.");
  if (!(stay >= 0 && stay <= 1))
    refuse("stay", "a probability, 0 … 1", stay, "Pass that of keeping a state.");
  if (!Number.isSafeInteger(reach) || reach < 1)
    refuse("reach", "a whole number ≥ 1", reach, "1 means that no state is left out.");
  const K = numStates;
  const data = new Float64Array(K * K);
  for (let i = 0; i < K; i++) {
    const next = Math.min(reach, K - 1 - i);
    data[i * K + i] = next === 0 ? 1 : stay;
    for (let k = i + 1; k <= i + next; k++) data[i * K + k] = (1 - stay) / next;
  }
  return { data, shape: [K, K] };
}

/**
 * A transition matrix from weights ≥ 0 and a mask: entries where the mask is 0 are exactly 0, rows are divided by their sums.
 * @param weights [K, K]
 * @param mask [K, K] of 0 and 1
 */
export function maskedTransitions(weights: ArrayInput, mask: ArrayInput): NDArray {
  const call = "maskedTransitions";
  const { data, shape } = square(call, "weights", weights);
  const bits = square(call, "mask", mask);
  const K = shape[0];
  if (bits.shape[0] !== K)
    throw new ParameterError(
      say(call, "mask", shapeText(shape), shapeText(bits.shape), "Match the weights."),
    );
  for (let i = 0; i < K; i++) {
    let sum = 0;
    for (let k = i * K; k < (i + 1) * K; k++) {
      if (!(data[k] >= 0)) {
        const fix = "Weights are relative frequencies.";
        throw new ParameterError(
          say(call, `weights${indexText(shape, k)}`, "a number ≥ 0", `${data[k]}`, fix),
        );
      }
      if (bits.data[k] === 0) data[k] = 0;
      sum += data[k];
    }
    if (!(sum > 0)) {
      const fix = "Every state needs one to go on to, perhaps itself.";
      throw new ParameterError(say(call, `weights[${i}]`, "some weight under the mask", "none", fix));
    }
    for (let k = i * K; k < (i + 1) * K; k++) data[k] /= sum;
  }
  return { data, shape };
}

function square(call: string, argument: string, value: ArrayInput): NDArray {
  const array = readArray(call, argument, value);
  const [K] = array.shape;
  if (array.shape.length !== 2 || array.shape[1] !== K || K === 0) {
    const got = array.shape.length === 0 ? "a number" : shapeText(array.shape);
    throw new ParameterError(say(call, argument, "[K, K]", got, "Give a square matrix."));
  }
  return array;
}
