import { expect, suite, test } from "vitest";
import {
  DataError,
  DeviceError,
  filter,
  LimitError,
  linearGaussianSSM,
  logLikelihood,
  NumericalError,
  ParameterError,
  parseModelDocument,
  ShapeError,
  StatescanError,
  simulate,
  smooth,
} from "./index.ts";

const eye = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => +(i === j)));
const good = () => ({
  initial: { mean: [0, 0], covariance: eye(2) },
  dynamics: { weights: eye(2), covariance: eye(2) },
  emissions: {
    weights: [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
    covariance: eye(3),
  },
});
type Loose = Record<string, Record<string, unknown>>;
const broken = (change: (p: Loose) => void): never => {
  const parameters = good() as unknown as Loose;
  change(parameters);
  return parameters as never;
};
const model = linearGaussianSSM(good());
const rows = (T: number): number[][] => Array.from({ length: T }, () => [1, 2, 3]);

/** Every text has the form *call: argument expected …, got …. Fix.* */
const FORM = /^[\w.]+: .+ expected .+, got .+\. .+[.?]$/s;

async function thrown(work: () => unknown): Promise<StatescanError> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(StatescanError);
    return error as StatescanError;
  }
  throw new Error("nothing was thrown");
}

type Row = [what: string, error: typeof StatescanError, text: RegExp, work: () => unknown];
const check = async (error: typeof StatescanError, text: RegExp, work: () => unknown): Promise<void> => {
  const found = await thrown(work);
  expect(found.constructor).toBe(error);
  expect(found.message).toMatch(text);
  expect(found.message).toMatch(FORM);
};

suite("linearGaussianSSM() refuses", () => {
  const cases: [string, typeof StatescanError, RegExp, (p: Loose) => void][] = [
    [
      "an asymmetric covariance",
      ParameterError,
      /dynamics\.covariance expected a symmetric matrix, got entry \[0, 1\] = 0.2 and \[1, 0\] = 0.3/,
      p => {
        p.dynamics.covariance = [
          [1, 0.2],
          [0.3, 1],
        ];
      },
    ],
    [
      "an indefinite covariance",
      ParameterError,
      /initial\.covariance expected a positive semi-definite matrix, got a pivot of -3/,
      p => {
        p.initial.covariance = [
          [1, 2],
          [2, 1],
        ];
      },
    ],
    [
      "a negative variance",
      ParameterError,
      /emissions\.covariance .* variance \[1, 1\] = -1/,
      p => {
        p.emissions.covariance = [
          [1, 0, 0],
          [0, -1, 0],
          [0, 0, 1],
        ];
      },
    ],
    [
      "a covariance beside a zero variance",
      ParameterError,
      /beside a variance of 0/,
      p => {
        p.dynamics.covariance = [
          [0, 0.1],
          [0.1, 1],
        ];
      },
    ],
    [
      "an indefinite covariance at one step",
      ParameterError,
      /dynamics\.covariance \(number 2\)/,
      p => {
        p.dynamics.covariance = [
          eye(2),
          eye(2),
          [
            [1, 2],
            [2, 1],
          ],
        ];
      },
    ],
    [
      "an indefinite covariance of three whose pairs are fine",
      ParameterError,
      /pivot/,
      p => {
        p.emissions.covariance = [
          [1, 0.9, -0.9],
          [0.9, 1, 0.9],
          [-0.9, 0.9, 1],
        ];
      },
    ],
    [
      "NaN",
      ParameterError,
      /dynamics\.weights\[0, 1\] expected a finite number, got NaN/,
      p => {
        p.dynamics.weights = [
          [1, Number.NaN],
          [0, 1],
        ];
      },
    ],
    [
      "null",
      ParameterError,
      /initial\.mean\[1\] expected a finite number, got NaN/,
      p => {
        p.initial.mean = [0, null];
      },
    ],
    [
      "infinity",
      ParameterError,
      /emissions\.weights\[2, 0\]/,
      p => {
        p.emissions.weights = [
          [1, 0],
          [0, 1],
          [Number.POSITIVE_INFINITY, 1],
        ];
      },
    ],
    [
      "text",
      ParameterError,
      /dynamics\.weights\[1\]\[0\] expected a number, got the text "0"/,
      p => {
        p.dynamics.weights = [
          [1, 0],
          ["0", 1],
        ];
      },
    ],
    [
      "ragged rows",
      ShapeError,
      /dynamics\.weights\[1\] expected 2 entries, got 1/,
      p => {
        p.dynamics.weights = [[1, 0], [0]];
      },
    ],
    [
      "a matrix of another size",
      ShapeError,
      /dynamics\.weights expected \[2, 2\], \[T, 2, 2\] or \[N, T, 2, 2\], got \[3, 3\]/,
      p => {
        p.dynamics.weights = eye(3);
      },
    ],
    [
      "emission weights of another state dimension",
      ShapeError,
      /emissions\.weights expected \[3, 2\]/,
      p => {
        p.emissions.weights = eye(3);
      },
    ],
    [
      "a flat matrix",
      ShapeError,
      /got \[4\]/,
      p => {
        p.dynamics.weights = Float64Array.of(1, 0, 0, 1);
      },
    ],
    [
      "a number for a matrix",
      ShapeError,
      /got a number/,
      p => {
        p.dynamics.covariance = 1;
      },
    ],
    [
      "data and shape that disagree",
      ShapeError,
      /expected 4 entries for shape \[2, 2\], got 3/,
      p => {
        p.dynamics.weights = { data: [1, 2, 3], shape: [2, 2] };
      },
    ],
    [
      "an empty mean",
      ShapeError,
      /initial\.mean expected at least one entry, got none/,
      p => {
        p.initial.mean = [];
      },
    ],
    [
      "time axes that disagree",
      ShapeError,
      /time axis of 3 as in dynamics\.weights, got 4/,
      p => {
        p.dynamics.weights = [eye(2), eye(2), eye(2)];
        p.emissions.covariance = [eye(3), eye(3), eye(3), eye(3)];
      },
    ],
    [
      "series axes that disagree",
      ShapeError,
      /series axis of 2 as in initial\.mean, got 3/,
      p => {
        p.initial.mean = [
          [0, 0],
          [1, 1],
        ];
        p.initial.covariance = [eye(2), eye(2), eye(2)];
      },
    ],
    [
      "input weights that disagree",
      ShapeError,
      /emissions\.inputWeights expected 1 columns/,
      p => {
        p.dynamics.inputWeights = [[1], [1]];
        p.emissions.inputWeights = [
          [1, 1],
          [1, 1],
          [1, 1],
        ];
      },
    ],
    [
      "an unknown key",
      ParameterError,
      /dynamics\.wieghts .* Did you mean "weights"\?/,
      p => {
        p.dynamics.wieghts = eye(2);
      },
    ],
    [
      "a missing key",
      ParameterError,
      /emissions\.covariance expected a value, got nothing/,
      p => {
        delete p.emissions.covariance;
      },
    ],
    [
      "a missing part",
      ParameterError,
      /initial expected a value, got nothing/,
      p => {
        delete p.initial;
      },
    ],
  ];
  test.each(cases)("%s", async (_, error, text, change) => {
    await check(error, text, () => linearGaussianSSM(broken(change)));
  });
});

suite("smooth() refuses", () => {
  const withInputs = linearGaussianSSM({
    ...good(),
    dynamics: { ...good().dynamics, inputWeights: [[1], [0]] },
  });
  const varying = linearGaussianSSM({
    ...good(),
    dynamics: { ...good().dynamics, weights: [eye(2), eye(2)] },
  });
  const two = linearGaussianSSM({
    ...good(),
    initial: {
      mean: [
        [0, 0],
        [1, 1],
      ],
      covariance: eye(2),
    },
  });
  const cases: Row[] = [
    [
      "a wrong number of columns",
      ShapeError,
      /observations\[0\] expected 3 entries, got 2/,
      () => smooth(model, [[1, 2]]),
    ],
    [
      "a wrong number of columns in {data, shape}",
      ShapeError,
      /got \[2, 2\]/,
      () => smooth(model, { data: [1, 2, 3, 4], shape: [2, 2] }),
    ],
    [
      "one axis when m > 1",
      ShapeError,
      /observations expected \[T, 3\], .* got 1 axes/,
      () => smooth(model, [1, 2, 3]),
    ],
    [
      "ragged rows",
      ShapeError,
      /observations\[1\] expected 3 entries, got 2/,
      () =>
        smooth(model, [
          [1, 2, 3],
          [1, 2],
        ]),
    ],
    [
      "ragged rows in a batch",
      ShapeError,
      /observations\[1\]\[0\] expected 3 entries, got 1/,
      () => smooth(model, [rows(2), [[1]]]),
    ],
    ["four axes", ShapeError, /got 4 axes/, () => smooth(model, [[[[1, 2, 3]]]])],
    ["a number", ShapeError, /observations .* got 3/, () => smooth(model, 3)],
    ["bigints", ShapeError, /got a BigInt64Array of 3/, () => smooth(model, new BigInt64Array(3) as never)],
    [
      "text in a column",
      DataError,
      /observations\[1\]\[2\] expected a number, .* got the text "n\/a"/,
      () =>
        smooth(model, [
          [1, 2, 3],
          [1, 2, "n/a"],
        ] as never),
    ],
    [
      "an infinite value",
      DataError,
      /observations\[0\]\[1\] .* got -Infinity/,
      () => smooth(model, [[1, Number.NEGATIVE_INFINITY, 3]]),
    ],
    [
      "an infinite value in a typed array",
      DataError,
      /observations\[1\]\[0\] .* got Infinity/,
      () => smooth(model, { data: Float32Array.of(1, 2, 3, Number.POSITIVE_INFINITY, 2, 3), shape: [2, 3] }),
    ],
    ["undefined", DataError, /got undefined/, () => smooth(model, [[1, undefined, 3]] as never)],
    [
      "zero rows",
      DataError,
      /observations expected at least one row, got none/,
      () => smooth(model, { data: [], shape: [0, 3] }),
    ],
    [
      "a batch with an empty series",
      DataError,
      /observations\[1\] expected at least one row, got none/,
      () => smooth(model, [rows(2), []]),
    ],
    [
      "a mask of another length",
      ShapeError,
      /mask expected 2 rows as in observations, got 3/,
      () => smooth(model, rows(2), { mask: [1, 1, 1] }),
    ],
    [
      "a mask of another width",
      ShapeError,
      /mask\[0\] expected 3 entries, got 2/,
      () =>
        smooth(model, rows(2), {
          mask: [
            [1, 1],
            [1, 1],
          ],
        }),
    ],
    [
      "a mask that is no mask",
      DataError,
      /mask\[1\] expected 0, 1, true or false, got 0.5/,
      () => smooth(model, rows(2), { mask: [1, 0.5] }),
    ],
    [
      "inputs that the model does not take",
      ShapeError,
      /inputs expected none/,
      () => smooth(model, rows(2), { inputs: [[1], [1]] }),
    ],
    [
      "no inputs when the model takes them",
      ShapeError,
      /inputs expected \[T, 1\] .* got nothing/,
      () => smooth(withInputs, rows(2)),
    ],
    [
      "inputs of another length",
      ShapeError,
      /inputs expected 2 rows, one per step, got 1/,
      () => smooth(withInputs, rows(2), { inputs: [[1]] }),
    ],
    [
      "missing inputs",
      DataError,
      /inputs\[1\]\[0\] expected a finite number, got null/,
      () => smooth(withInputs, rows(2), { inputs: [[1], [null]] }),
    ],
    [
      "a length that is not that of the parameters",
      ShapeError,
      /observations expected 2 rows as in the time-varying parameters, got 5/,
      () => smooth(varying, rows(5)),
    ],
    [
      "a number of series that is not that of the parameters",
      ShapeError,
      /observations expected 2 series as in the parameters, got 1/,
      () => smooth(two, rows(5)),
    ],
    [
      "an unknown option",
      ParameterError,
      /options\.metod .* Did you mean "method"\?/,
      () => smooth(model, rows(2), { metod: "auto" } as never),
    ],
    [
      "a bad method",
      ParameterError,
      /options\.method expected "auto", "parallel", "sequential", got the text "serial"/,
      () => smooth(model, rows(2), { method: "serial" } as never),
    ],
    [
      "a bad backend",
      ParameterError,
      /options\.backend/,
      () => smooth(model, rows(2), { backend: "gpu" } as never),
    ],
    [
      "a bad dtype",
      ParameterError,
      /options\.dtype/,
      () => smooth(model, rows(2), { dtype: "f32" } as never),
    ],
    [
      "an unknown smoother",
      ParameterError,
      /options\.smoother expected "auto", "rts", "twoFilter", got .*twofilter/,
      () => smooth(model, rows(2), { smoother: "twofilter" } as never),
    ],
    [
      "the two-filter smoother in the time-invariant form",
      ParameterError,
      /options\.smoother expected "auto" or "rts" with form "timeInvariant", got .*twoFilter/,
      () => smooth(model, rows(2), { smoother: "twoFilter", form: "timeInvariant" }),
    ],
    [
      "bad outputs",
      ParameterError,
      /options\.outputs .* got the text "all"/,
      () => smooth(model, rows(2), { outputs: ["all"] } as never),
    ],
    [
      "a memory limit of 0",
      ParameterError,
      /options\.memoryLimit/,
      () => smooth(model, rows(2), { memoryLimit: 0 }),
    ],
    [
      "a chunk length of 0.5",
      ParameterError,
      /options\.chunkLength/,
      () => smooth(model, rows(2), { chunkLength: 0.5 }),
    ],
    [
      "something that is not a signal",
      ParameterError,
      /options\.signal/,
      () => smooth(model, rows(2), { signal: {} } as never),
    ],
    [
      "parameters in place of a model",
      ParameterError,
      /model expected a model from linearGaussianSSM\(\)/,
      () => smooth(good() as never, rows(2)),
    ],
    [
      "more memory than the limit",
      LimitError,
      /memory expected at most 1000 bytes, got .* for 1 × 50 steps at state dimension 2/,
      () => smooth(model, rows(50), { memoryLimit: 1000 }),
    ],
  ];
  test.each(cases)("%s", async (_, error, text, work) => {
    await check(error, text, work);
  });

  test("a length beyond memory, before touching the data", async () => {
    // A shape that promises more than any array holds: reading one entry would fail with another error.
    const endless = { data: { length: 3e12 } as ArrayLike<number>, shape: [1e12, 3] };
    await check(LimitError, /1 × 1000000000000 steps/, () => smooth(model, endless));
  });

  test("the name of the call that was made is in the text", async () => {
    expect((await thrown(() => filter(model, [1]))).message).toMatch(/^filter: /);
    expect((await thrown(() => logLikelihood(model, [1]))).message).toMatch(/^logLikelihood: /);
  });
});

suite("failures", () => {
  const singular = linearGaussianSSM({
    initial: { mean: 0, covariance: 0 },
    dynamics: { weights: 1, covariance: 1 },
    emissions: { weights: 1, covariance: 0 },
  });

  test("a singular innovation covariance is thrown as NumericalError with its status", async () => {
    const error = (await thrown(() => smooth(singular, [1, 2]))) as NumericalError;
    expect(error).toBeInstanceOf(NumericalError);
    expect(error.status).toBe("notPositiveDefinite");
    expect(error.message).toMatch(FORM);
    await expect(logLikelihood(singular, [1, 2])).rejects.toThrow(NumericalError);
  });

  test("throwOnFailure: false returns the status and NaN, and the other series of a batch unharmed", async () => {
    const r = await smooth(
      singular,
      [
        [[1], [2]],
        [[null], [2]],
      ],
      { throwOnFailure: false },
    );
    expect(r.status).toBe("notPositiveDefinite");
    expect(r.statuses).toEqual(["notPositiveDefinite", "ok"]);
    expect(r.smoothedMeans.data.slice(0, 2).every(Number.isNaN)).toBe(true);
    expect(r.smoothedMeans.data[3]).toBe(2);
    expect(r.series(1).status).toBe("ok");
    const batch = await thrown(() =>
      smooth(singular, [
        [[null], [2]],
        [[1], [2]],
      ]),
    );
    expect(batch.message).toMatch(/for series 1/);
  });

  test('backend "webgpu" without a usable adapter is a DeviceError', async () => {
    // Node has no navigator.gpu.
    await expect(smooth(model, rows(2), { backend: "webgpu" })).rejects.toThrow(DeviceError);
  });
});

suite("simulate() refuses", () => {
  const cases: Row[] = [
    [
      "no number of steps",
      ParameterError,
      /numSteps expected a whole number ≥ 1, got undefined/,
      () => simulate(model),
    ],
    ["half a step", ParameterError, /got 0.5/, () => simulate(model, { numSteps: 0.5 })],
    ["a negative seed", ParameterError, /seed/, () => simulate(model, { numSteps: 1, seed: -1 })],
  ];
  test.each(cases)("%s", async (_, error, text, work) => {
    await check(error, text, work);
  });
});

suite("parseModelDocument() refuses", () => {
  const document = { format: "statescan/model@1", type: "linear-gaussian", ...good() };
  const cases: Row[] = [
    ["text that is not JSON", ParameterError, /document expected JSON/, () => parseModelDocument("{format")],
    [
      "an array",
      ParameterError,
      /document expected a JSON object, got an array of 0/,
      () => parseModelDocument("[]"),
    ],
    [
      "a missing format",
      ParameterError,
      /format expected "statescan\/model@1", got nothing/,
      () => parseModelDocument({ ...document, format: undefined }),
    ],
    [
      "another format",
      ParameterError,
      /got the text "statescan\/model@2"/,
      () => parseModelDocument({ ...document, format: "statescan/model@2" }),
    ],
    [
      "a missing type",
      ParameterError,
      /type expected one of "linear-gaussian", "hmm", "structural", "tracking", "nonlinear-gaussian", "generalized-gaussian", "recurrence", got nothing/,
      () => parseModelDocument({ ...document, type: undefined }),
    ],
    [
      "an unknown type",
      ParameterError,
      /Did you mean "linear-gaussian"\?/,
      () => parseModelDocument({ ...document, type: "linear" }),
    ],
    [
      "an unknown key",
      ParameterError,
      /emisions .* Did you mean "emissions"\?/,
      () => parseModelDocument({ ...document, emisions: {} }),
    ],
    [
      "an unknown key inside",
      ParameterError,
      /initial\.covarince .* Did you mean "covariance"\?/,
      () => parseModelDocument({ ...document, initial: { ...document.initial, covarince: 1 } }),
    ],
    [
      "null for an optional part",
      ParameterError,
      /dynamics\.bias expected numbers, got null/,
      () => parseModelDocument({ ...document, dynamics: { ...document.dynamics, bias: null } }),
    ],
  ];
  test.each(cases)("%s", async (_, error, text, work) => {
    await check(error, text, work);
  });
});
