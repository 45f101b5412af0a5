import { expect, suite, test } from "vitest";
import {
  add,
  arma,
  autoregressive,
  constantAcceleration,
  constantVelocity,
  cycle,
  dummySeasonal,
  irregular,
  type LinearGaussianSSM,
  level,
  localLinearTrend,
  matern,
  modelDocument,
  parseModelDocument,
  regression,
  sarima,
  smoothTrend,
  trigonometricSeasonal,
} from "./index.ts";

const format = "statescan/model@1";
const again = (model: LinearGaussianSSM): LinearGaussianSSM =>
  parseModelDocument(JSON.stringify(modelDocument(model)));

suite("documents of components", () => {
  test("a document is the calls it names", () => {
    const document = {
      format,
      type: "structural",
      components: [
        { kind: "localLinearTrend", levelVariance: 1, slopeVariance: 0.1 },
        { kind: "dummySeasonal", period: 4, variance: 0.5 },
        { kind: "irregular", variance: 2 },
      ],
    };
    const model = add(
      localLinearTrend({ levelVariance: 1, slopeVariance: 0.1 }),
      dummySeasonal({ period: 4, variance: 0.5 }),
      irregular({ variance: 2 }),
    );
    expect(parseModelDocument(document)).toEqual(model);
    expect(modelDocument(model)).toEqual(document);
  });

  test("every kind comes back as the same model, with its names", () => {
    const parts = [
      level({ variance: 1, initial: { mean: [1], covariance: [[2]] } }),
      localLinearTrend({ levelVariance: 1, slopeVariance: 2, damping: 0.5 }),
      smoothTrend({ slopeVariance: 2, name: "smooth" }),
      dummySeasonal({ period: 3, variance: 1 }),
      trigonometricSeasonal({ period: 7, harmonics: 2, variance: 1, name: "week" }),
      cycle({ period: 9, damping: 0.9, variance: 1 }),
      autoregressive({ coefficients: [0.5, 0.1], variance: 1, mean: 2 }),
      arma({ ar: [0.5], ma: [0.2], variance: 1 }),
      sarima({
        ma: [0.2],
        differences: 1,
        seasonalMa: [0.1],
        seasonalDifferences: 1,
        period: 4,
        variance: 1,
      }),
      regression({ coefficients: [1, 2] }),
      regression({ regressors: [[1], [2], [3]], name: "states" }),
      matern({ nu: 1.5, lengthScale: 2, variance: 1, times: Float64Array.of(0, 1, 5) }),
      irregular({ variance: 1 }),
    ];
    const model = add(...parts);
    expect(again(model)).toEqual(model);
    // Each alone too, beside a level where it has no states.
    for (const part of parts.slice(1)) {
      const alone = add(parts[0], part);
      expect(again(alone)).toEqual(alone);
    }
  });

  test("tracking models come back, with words, matrices and times", () => {
    const plain = constantVelocity({ spectralDensity: 1, measurementVariance: 2 });
    const full = constantAcceleration({
      dimensions: 1,
      spectralDensity: [3],
      measurementVariance: [[4]],
      times: Float64Array.of(0, 0.5, 0.5, 2),
      initial: {
        mean: [1, 2, 3],
        covariance: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      },
    });
    for (const model of [plain, full]) expect(again(model)).toEqual(model);
    expect(modelDocument(plain)).toEqual({
      format,
      type: "tracking",
      motion: "constantVelocity",
      spectralDensity: 1,
      measurementVariance: 2,
    });
  });

  test("errors name the place, the key and the nearest known one", () => {
    const parse = (components: unknown) => () =>
      parseModelDocument({ format, type: "structural", components });
    expect(parse([{ kind: "levl", variance: 1 }])).toThrow(
      /^parseModelDocument: components\[0\]\.kind expected one of "level", .* got the text "levl"\. Did you mean "level"\?$/,
    );
    expect(
      parse([
        { kind: "level", variance: 1 },
        { kind: "irregular", varianc: 1 },
      ]),
    ).toThrow(
      'parseModelDocument: components[1]: irregular: varianc expected one of the keys name, variance, got the unknown key "varianc". Did you mean "variance"?',
    );
    expect(parse([{ variance: 1 }])).toThrow("components[0].kind expected one of");
    expect(parse([{ kind: "toString" }])).toThrow("components[0].kind expected one of");
    expect(parse([3])).toThrow("components[0] expected an object with kind, got 3");
    expect(parse([])).toThrow("components expected an array of components, got none");
    expect(parse({ kind: "level" })).toThrow("components expected an array of components, got an object");
    expect(() => parseModelDocument({ format, type: "structural", component: [] })).toThrow(
      'Did you mean "components"?',
    );
    expect(() => parseModelDocument({ format, type: "structral" })).toThrow('Did you mean "structural"?');
    expect(() => parseModelDocument({ format, type: "tracking", motion: "constantSpeed" })).toThrow(
      'motion expected one of "constantVelocity", "constantAcceleration"',
    );
    expect(() =>
      parseModelDocument({ format, type: "tracking", motion: "constantVelocity", spectralDensity: 1 }),
    ).toThrow("parseModelDocument: tracking: constantVelocity: measurementVariance expected a value");
  });
});
