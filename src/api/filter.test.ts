import { expect, suite, test } from "vitest";
import { differences, flat } from "../../test-browser/compare.ts";
import { denseOracle, textbookOracle } from "../../test-browser/oracle.ts";
import {
  namedModel,
  type RandomModelOptions,
  type RawCase,
  randomModel,
} from "../../test-browser/oracle_models.ts";
import { linearGaussianSSM, smooth } from "./index.ts";

const smoothCase = ({ model, observations, inputs }: RawCase) =>
  smooth(linearGaussianSSM(model), observations, { inputs });
const within = (found: ReturnType<typeof differences>, tolerance: number): void => {
  for (const [field, value] of Object.entries(found)) expect(value, field).toBeLessThan(tolerance);
};

/** Both oracles and the code lose about eps times the condition number of what they solve; these models stay below 1e5. */
const TOLERANCE = 1e-9;

suite("oracles", () => {
  const cases: RandomModelOptions[] = [
    { n: 1, m: 1, T: 12, seed: 1 },
    { n: 2, m: 3, T: 9, seed: 2, timeVarying: true, inputs: 2 },
    { n: 4, m: 2, T: 10, seed: 3, missing: 0.3 },
    { n: 6, m: 4, T: 6, seed: 4, timeVarying: true, missing: 0.4, inputs: 1 },
  ];
  test.each(cases)("the dense and the textbook answer agree: %o", options => {
    const { model, observations, inputs } = randomModel(options);
    within(
      differences(
        flat(textbookOracle(model, observations, inputs)),
        denseOracle(model, observations, inputs),
      ),
      TOLERANCE,
    );
  });
});

suite("smooth() on the CPU", () => {
  const sizes = [1, 2, 3, 4, 6, 8, 12];
  const grid: RandomModelOptions[] = sizes.flatMap(n =>
    [...new Set([1, Math.max(1, n >> 1), n, n + 1])].flatMap((m, k) =>
      [1, 2, 7].map(T => ({
        n,
        m,
        T,
        seed: 100 * n + 10 * m + T,
        timeVarying: k % 2 === 0,
        inputs: k % 3,
        missing: T > 2 ? 0.25 : 0,
      })),
    ),
  );
  test.each(grid)("matches the dense Gaussian: %o", async options => {
    const given = randomModel(options);
    within(
      differences(await smoothCase(given), denseOracle(given.model, given.observations, given.inputs)),
      TOLERANCE,
    );
  });

  const special: [string, RandomModelOptions][] = [
    ["singular Q", { n: 4, m: 2, T: 15, seed: 31, singularQ: true }],
    ["P0 = 0", { n: 3, m: 2, T: 15, seed: 32, zeroP0: true }],
    [
      "P0 = 0 and singular Q, so that predicted covariances are singular",
      { n: 4, m: 2, T: 12, seed: 33, singularQ: true, zeroP0: true },
    ],
    [
      "P0 = 0 and Q = 0, so that the state is known",
      { n: 1, m: 1, T: 12, seed: 34, singularQ: true, zeroP0: true },
    ],
    [
      "P0 = 0, singular time-varying Q, missing entries and inputs",
      {
        n: 6,
        m: 3,
        T: 9,
        seed: 35,
        singularQ: true,
        zeroP0: true,
        timeVarying: true,
        missing: 0.3,
        inputs: 2,
      },
    ],
    ["small R", { n: 4, m: 2, T: 12, seed: 36, noise: 1e-3 }],
    ["more observations than states", { n: 2, m: 6, T: 9, seed: 37, missing: 0.3 }],
    ["most entries missing", { n: 3, m: 3, T: 20, seed: 38, missing: 0.7 }],
  ];
  test.each(special)("matches the dense Gaussian with %s", async (_, options) => {
    const given = randomModel(options);
    within(
      differences(await smoothCase(given), denseOracle(given.model, given.observations, given.inputs)),
      1e-8,
    );
  });

  test("matches the dense Gaussian with known states beside random ones", async () => {
    // Predicted covariances have zero rows in front of others: a zero pivot with a column below it.
    const F = [
      [1, 0, 0],
      [0, 0.9, 0],
      [0, 0.3, 0.8],
    ];
    for (const variances of [
      [0, 1, 0.5],
      [0, 0, 1],
      [0, 1, 0],
    ]) {
      const zero = variances.map(() => variances.map(() => 0));
      const model = {
        initial: { mean: [1, 2, 3], covariance: zero },
        dynamics: {
          weights: F,
          covariance: zero.map((row, i) => row.map((_, j) => (i === j ? variances[i] : 0))),
        },
        emissions: { weights: [[1, 1, 1]], covariance: [[0.5]] },
      };
      const observations = [6, 5, 7, 4, 6, 5].map(y => [y]);
      within(
        differences(await smoothCase({ model, observations }), denseOracle(model, observations)),
        TOLERANCE,
      );
    }
  });

  test.each(["d8", "d8gap", "mat52", "stiff", "cv4", "llt"] as const)(
    "matches the textbook on %s over 1000 steps",
    async name => {
      const given = namedModel(name, 1000);
      within(differences(await smoothCase(given), textbookOracle(given.model, given.observations)), 1e-7);
    },
  );

  test("matches the textbook over 3000 steps that vary in time, with inputs and missing entries", async () => {
    const given = randomModel({ n: 3, m: 2, T: 3000, seed: 5, timeVarying: true, inputs: 2, missing: 0.2 });
    within(
      differences(await smoothCase(given), textbookOracle(given.model, given.observations, given.inputs)),
      1e-8,
    );
  });
});
