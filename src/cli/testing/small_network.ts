/** For tests: a network of two units as a document, its inputs, and its states by a loop of its own. */

const W = [
  [0.5, -0.4],
  [0.3, 0.6],
];

export const networkDocument: object = {
  format: "statescan/model@1",
  type: "recurrence",
  stateDim: 2,
  inputDim: 2,
  parameters: { W },
  initialState: [0.1, -0.2],
  expressions: "tanh(W * x + u)",
};

export const networkInputs = (T: number, phase = 0): number[][] =>
  Array.from({ length: T }, (_, t) => [Math.sin(t / 5 + phase), Math.cos(t / 7)]);

export function networkStates(inputs: readonly number[][], start = [0.1, -0.2]): number[][] {
  let s = start;
  return inputs.map(u => {
    s = W.map((row, i) => Math.tanh(row[0] * s[0] + row[1] * s[1] + u[i]));
    return s;
  });
}

/** Sum of both Lyapunov exponents along the states from a step on: the mean of log |det J_t|, whatever the directions. */
export function networkExponentSum(inputs: readonly number[][], from = 0): number {
  const det = W[0][0] * W[1][1] - W[0][1] * W[1][0];
  const logs = networkStates(inputs).map(([a, b]) => Math.log(det * (1 - a ** 2) * (1 - b ** 2)));
  return logs.slice(from).reduce((x, y) => x + y, 0) / (inputs.length - from);
}

/** Rows as csv with a column t. */
export const table = (rows: readonly number[][]): string =>
  `t,${rows[0].map((_, i) => `u${i}`).join(",")}\n${rows.map((row, t) => `${[t, ...row].join(",")}\n`).join("")}`;
