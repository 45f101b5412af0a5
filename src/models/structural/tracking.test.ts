import { expect, suite, test } from "vitest";
import { constantAcceleration, constantVelocity } from "./tracking.ts";

/** exp(A s) for the integrated Wiener process: s^{j−i} / (j − i)!. */
const flow = (s: number, size: number): number[][] =>
  Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => (j < i ? 0 : s ** (j - i) / [1, 1, 2][j - i])),
  );

/** ∫₀^Δ exp(A s) e e' exp(A s)' ds, e the last unit vector, by a five-point Gauss-Legendre rule: exact to degree 9. */
function integral(gap: number, size: number): number[][] {
  const node = [0, Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3, Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3];
  const weight = [128 / 225, (322 + 13 * Math.sqrt(70)) / 900, (322 - 13 * Math.sqrt(70)) / 900];
  const points = [0, 1, -1, 2, -2].map(i => ({
    s: (gap / 2) * (1 + Math.sign(i) * node[Math.abs(i)]),
    w: weight[Math.abs(i)],
  }));
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => {
      const at = (s: number, k: number): number => flow(s, size)[k][size - 1];
      return (gap / 2) * points.reduce((sum, { s, w }) => sum + w * at(s, i) * at(s, j), 0);
    }),
  );
}

suite("constantVelocity(), constantAcceleration()", () => {
  const models = [
    ["constantVelocity", constantVelocity, 2],
    ["constantAcceleration", constantAcceleration, 3],
  ] as const;

  test.each(models)(
    "%s: F and Q are the exact discretisation, from tiny gaps to large ones",
    (_, make, size) => {
      const times = [0, 1e-6, 0.003, 0.503, 0.503, 20, 3000];
      const model = make({ dimensions: 2, spectralDensity: [1.5, 0.25], measurementVariance: 1, times });
      const n = 2 * size;
      for (let t = 1; t < times.length; t++) {
        const gap = times[t] - times[t - 1];
        const [F, Q] = [flow(gap, size), integral(gap, size)];
        for (let a = 0; a < n; a++) {
          for (let b = 0; b < n; b++) {
            const [i, j, same] = [a >> 1, b >> 1, a % 2 === b % 2];
            const at = (t * n + a) * n + b;
            const q = same ? [1.5, 0.25][a % 2] * Q[i][j] : 0;
            expect(model.parameters.dynamics.weights.data[at]).toBe(same ? F[i][j] : 0);
            const got = model.parameters.dynamics.covariance.data[at];
            expect(Math.abs(got - q), `Q[${a}, ${b}] of gap ${gap}`).toBeLessThanOrEqual(1e-15 * 8 * q);
          }
        }
      }
    },
  );

  test("the factor of Q is as good for tiny gaps: L L' = Q to rounding", () => {
    const model = constantAcceleration({
      dimensions: 1,
      spectralDensity: 2,
      measurementVariance: 1,
      dt: 1e-7,
    });
    const [L, Q] = [model.factors.dynamics.data, model.parameters.dynamics.covariance.data];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const product = L[i * 3] * L[j * 3] + L[i * 3 + 1] * L[j * 3 + 1] + L[i * 3 + 2] * L[j * 3 + 2];
        expect(Math.abs(product / Q[i * 3 + j] - 1)).toBeLessThan(1e-15 * 4);
      }
    }
  });

  test("names its states: positions, velocities, accelerations", () => {
    const options = { spectralDensity: 1, measurementVariance: 1 };
    expect(constantVelocity(options).stateNames).toEqual([
      "position.x",
      "position.y",
      "velocity.x",
      "velocity.y",
    ]);
    expect(constantAcceleration({ ...options, dimensions: 1 }).stateNames).toEqual([
      "position.x",
      "velocity.x",
      "acceleration.x",
    ]);
    expect(constantVelocity({ ...options, dimensions: 4 }).stateNames[7]).toBe("velocity.3");
  });

  test("R may be a number, one number a coordinate, or a matrix", () => {
    const R = (measurementVariance: number | number[] | number[][]): number[] => [
      ...constantVelocity({ spectralDensity: 1, measurementVariance }).parameters.emissions.covariance.data,
    ];
    expect(R(2)).toEqual([2, 0, 0, 2]);
    expect(R([2, 3])).toEqual([2, 0, 0, 3]);
    expect(
      R([
        [2, 1],
        [1, 3],
      ]),
    ).toEqual([2, 1, 1, 3]);
  });

  test("starts diffuse, or where it is told", () => {
    const options = { spectralDensity: 1, measurementVariance: 1, dimensions: 1 };
    expect(constantVelocity(options).diffuse).toEqual([0, 1]);
    const told = constantVelocity({
      ...options,
      initial: {
        mean: [3, 4],
        covariance: [
          [1, 0],
          [0, 2],
        ],
      },
    });
    expect([told.diffuse, ...told.parameters.initial.mean.data]).toEqual([[], 3, 4]);
    expect(() => constantVelocity({ ...options, initial: { mean: [3], covariance: [[1]] } })).toThrow(
      "constantVelocity: initial.mean expected 2 numbers, got 1. Positions come first, then velocities.",
    );
  });

  test("refuses what cannot be tracked", () => {
    const fine = { spectralDensity: 1, measurementVariance: 1 };
    expect(() => constantVelocity({ ...fine, dimensions: 0 })).toThrow(
      "dimensions expected a whole number ≥ 1, got 0",
    );
    expect(() => constantVelocity({ ...fine, spectralDensity: -1 })).toThrow(
      "spectralDensity expected a finite number ≥ 0",
    );
    expect(() => constantVelocity({ ...fine, spectralDensity: [1, 2, 3] })).toThrow(
      "one number, or 2, got 3",
    );
    expect(() => constantVelocity({ ...fine, measurementVariance: [[1]] })).toThrow(
      "measurementVariance expected [2, 2]",
    );
    expect(() => constantAcceleration({ ...fine, times: [1, 0] })).toThrow(
      "constantAcceleration: times[1] expected a time ≥ 1, the one before it, got 0. Sort the rows by time.",
    );
    expect(() => constantVelocity({ ...fine, dt: 0 })).toThrow("dt expected a finite number > 0, got 0");
    expect(() => constantVelocity({ ...fine, dimension: 2 } as never)).toThrow('Did you mean "dimensions"?');
  });
});
