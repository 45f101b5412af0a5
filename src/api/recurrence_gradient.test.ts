/** Gradients and tangents of recurrences against differences of plain loops in float64. */
import { expect, suite, test } from "vitest";
import {
  discretize,
  evaluate,
  evaluationGradient,
  evaluationTangent,
  expressionFunction,
  NumericalError,
  recurrence,
  type SensitivityOptions,
  solveIvp,
  system,
} from "./index.ts";
import {
  dot,
  FAMILIES,
  type Instance,
  instance,
  normals,
  ratesOf,
  WRITTEN,
} from "./testing/gradient_cases.ts";

const onHost = { backend: "cpu" } as const;

/** Weights g of the states, and changes of everything; parameters move by what counts for them. */
function directions({ model, steps, start, u }: Instance, jumps = false) {
  const { stateDim: D, parameters: p } = model;
  return {
    g: { data: normals(steps * D, 21), shape: [steps, D] },
    start: normals(start.length, 22).map((value, i) => value * (0.1 + 0.1 * Math.abs(start[i]))),
    u: normals(u.length, 23).map(value => (jumps ? 0 : 0.3 * value)),
    p: normals(p.length, 24).map((value, k) => 0.05 * value * (Math.abs(p[k]) || 1)),
  };
}

const changeOf = ({ model, steps }: Instance, by: ReturnType<typeof directions>) => ({
  initialState: by.start,
  ...(model.inputDim > 0 ? { inputs: { data: by.u, shape: [steps, model.inputDim] } } : {}),
  parameters: by.p,
});

suite("derivatives through a recurrence", () => {
  for (const row of [...WRITTEN, ...FAMILIES])
    test(`${row.name}: gradient and tangent are those of differences`, async () => {
      for (const T of [1, row.steps]) {
        const at = await instance(row, T);
        const { model, start, given, u } = at;
        const { stateDim: D, inputDim: d, parameters: p } = model;
        const by = directions(at, row.jumps);
        const gradient = await evaluationGradient(model, undefined, given, by.g, onHost);
        expect(gradient.initialState.shape).toEqual([D]);
        expect(gradient.inputs.shape).toEqual([T, d]);
        expect(gradient.parameters.length).toBe(p.length);
        expect(gradient.run).toMatchObject({ backend: "cpu", dtype: "float64" });
        const got = await evaluationTangent(model, undefined, given, changeOf(at, by), onHost);
        const rates = ratesOf(at, by);
        // Differences of order 12 at this reach: rounding of values over the reach, 1e-16/2e-3, and what chaos makes of it.
        const size = 1 + Math.max(...rates.map(Math.abs));
        rates.forEach((rate, e) => {
          expect(Math.abs(rate - got.states.data[e]) / size, `${T} steps, entry ${e}`).toBeLessThan(1e-9);
        });
        const sides = [
          dot(by.g.data, got.states.data),
          dot(gradient.initialState.data, by.start) +
            dot(gradient.inputs.data, by.u) +
            dot(gradient.parameters, by.p),
        ];
        expect(Math.abs(sides[0] - sides[1]) / (1 + Math.abs(sides[0]))).toBeLessThan(1e-11);
        // Entries by themselves.
        const entries = [
          ["start", start, gradient.initialState.data],
          ["u", row.jumps ? new Float64Array(0) : u, gradient.inputs.data],
          ["p", p, gradient.parameters],
        ] as const;
        for (const [key, base, exact] of entries)
          for (const k of new Set(
            [0, base.length >> 1, base.length - 1].filter(i => i >= 0 && i < base.length),
          )) {
            const scale = 0.05 * (Math.abs(base[k]) || 1);
            const unit = base.map((_, i) => (i === k ? scale : 0));
            const slope = dot(by.g.data, ratesOf(at, { [key]: unit })) / scale;
            const most = 1 + Math.max(...Array.from(exact, Math.abs));
            expect(Math.abs(slope - exact[k]) / most, `${T} steps, ${key}[${k}]`).toBeLessThan(1e-8);
          }
      }
    });

  test("a batch is its series, of any lengths", async () => {
    const model = await WRITTEN[0].make();
    const lengths = [40, 7, 1];
    const inputs = lengths.map((T, s) => ({ data: normals(2 * T, 30 + s), shape: [T, 2] }));
    const starts = lengths.map((_, s) => Array.from(normals(3, 40 + s)));
    const g = { data: normals(3 * 40 * 3, 50), shape: [3, 40, 3] };
    // What stands past the end of a series is not looked at.
    g.data.fill(Number.NaN, (40 + 7) * 3, 2 * 40 * 3);
    const all = await evaluationGradient(model, starts, inputs, g, onHost);
    expect(all.initialState.shape).toEqual([3, 3]);
    expect(all.inputs.shape).toEqual([3, 40, 2]);
    expect(all.inputs.data[(40 + 7) * 2]).toBeNaN();
    const sum = new Float64Array(5);
    for (const [s, T] of lengths.entries()) {
      const own = { data: g.data.slice(s * 120, s * 120 + T * 3), shape: [T, 3] };
      const alone = await evaluationGradient(model, starts[s], inputs[s], own, onHost);
      const series = all.series(s);
      expect(series.initialState).toEqual(alone.initialState);
      expect(series.inputs).toEqual(alone.inputs);
      expect(series.parameters).toEqual(alone.parameters);
      alone.parameters.forEach((value, k) => {
        sum[k] += value;
      });
    }
    all.parameters.forEach((value, k) => {
      expect(value).toBeCloseTo(sum[k], 12);
    });
    const change = { initialState: [1, 2, 3] };
    const tangents = await evaluationTangent(model, starts, inputs, change, onHost);
    expect(tangents.states.shape).toEqual([3, 40, 3]);
    const alone = await evaluationTangent(model, starts[1], inputs[1], change, onHost);
    expect(tangents.series(1).states).toEqual(alone.states);
  });

  test("goes along the trajectory that is given", async () => {
    const at = await instance(WRITTEN[0]);
    const by = directions(at);
    const { states } = await evaluate(at.model, undefined, at.given, { ...onHost, method: "newton" });
    const got = await evaluationGradient(at.model, undefined, at.given, by.g, { ...onHost, states });
    const exact = await evaluationGradient(at.model, undefined, at.given, by.g, onHost);
    expect(got.run.plan).toMatch(/along the trajectory given$/);
    expect(exact.run.plan).toMatch(/along a trajectory in float64 from the host$/);
    got.parameters.forEach((value, k) => {
      expect(value).toBeCloseTo(exact.parameters[k], 8);
    });
  });

  test("an initial value problem has the derivatives of its model", async () => {
    const field = await expressionFunction({
      expressions: ["x1", "mu * (1 - x0^2) * x1 - x0"],
      stateDim: 2,
      parameters: { mu: 1 },
    });
    const solution = await solveIvp(field, {
      initialState: [2, 0],
      duration: 2,
      steps: 100,
      evaluate: { ...onHost, method: "newton" },
    });
    const last = { data: Float64Array.from({ length: 200 }, (_, i) => (i === 198 ? 1 : 0)), shape: [100, 2] };
    const got = await evaluationGradient(solution.model, [2, 0], 100, last, {
      ...onHost,
      states: solution.states,
    });
    const end = async (mu: number, x: number) => {
      const function_ = await discretize(field, { integrator: "rk4", dt: 0.02 });
      const model = recurrence({ function: function_, parameters: [mu] });
      const { states } = await evaluate(model, [x, 0], 100, { ...onHost, method: "sequential" });
      return states.data[198];
    };
    expect(got.parameters[0]).toBeCloseTo(((await end(1 + 1e-5, 2)) - (await end(1 - 1e-5, 2))) / 2e-5, 8);
    expect(got.initialState.data[0]).toBeCloseTo(
      ((await end(1, 2 + 1e-5)) - (await end(1, 2 - 1e-5))) / 2e-5,
      8,
    );
  });
});

suite("what derivatives are not had of", () => {
  const ask = async (of: {
    inputs?: unknown;
    g?: unknown;
    options?: SensitivityOptions;
    change?: object;
  }): Promise<string> => {
    const { model, given, steps } = await instance(WRITTEN[0]);
    const g = of.g ?? { data: new Float64Array(steps * 3), shape: [steps, 3] };
    const made = of.change
      ? evaluationTangent(model, undefined, given, of.change, { ...onHost, ...of.options })
      : evaluationGradient(model, undefined, (of.inputs ?? given) as number, g as number[], {
          ...onHost,
          ...of.options,
        });
    return made.then(
      () => "no error",
      (error: Error) => error.message,
    );
  };
  const rows = (value: number, T = 40, D = 3) => ({
    data: new Float64Array(T * D).fill(value),
    shape: [T, D],
  });

  test("wrong shapes are told", async () => {
    expect(await ask({ g: rows(0, 2) })).toBe(
      "evaluationGradient: cotangents expected [40, 3], got [2, 3]. Give one row per step.",
    );
    expect(await ask({ g: rows(0, 40, 2) })).toMatch(/cotangents expected \[40, 3\], got \[40, 2\]/);
    expect(await ask({ options: { states: rows(0, 39) } })).toMatch(
      /options\.states expected \[40, 3\], got \[39, 3\]/,
    );
    expect(await ask({ change: { inputs: rows(0, 40, 3) } })).toMatch(/change\.inputs expected \[40, 2\]/);
    expect(await ask({ change: { parameters: [1, 2] } })).toMatch(
      /change\.parameters expected \[5\], got \[2\]/,
    );
    expect(await ask({ change: { initialState: [1] } })).toMatch(/expected \[3\] or \[1, 3\], got \[1\]/);
    expect(await ask({ change: { start: [1] } })).toMatch(/change\.start/);
    expect(await ask({ options: { method: "newton" } as object })).toMatch(/options\.method/);
  });

  test("numbers that are not finite are told, with their places", async () => {
    const g = rows(0);
    g.data[7] = Number.NaN;
    expect(await ask({ g })).toMatch(/cotangents\[2\]\[1\] expected a finite number, got NaN/);
    const states = rows(0);
    states.data[0] = Number.POSITIVE_INFINITY;
    expect(await ask({ options: { states } })).toMatch(/options\.states\[0\]\[0\] expected a finite number/);
    expect(await ask({ change: { parameters: [1, 2, Number.NaN, 0, 0] } })).toMatch(
      /change\.parameters\[2\] expected a finite number/,
    );
  });

  test("a function without a value on its trajectory, with the step; other series have theirs", async () => {
    const f = await expressionFunction({ expressions: ["sqrt(x0) - 0.3"], stateDim: 1 });
    const model = recurrence({ function: f });
    const g = { data: new Float64Array(40).fill(1), shape: [2, 20, 1] };
    const starts = [[0.1], [0.6]];
    const failure = await evaluationGradient(model, starts, 20, g, onHost).catch(error => error);
    expect(failure).toBeInstanceOf(NumericalError);
    expect(failure.message).toMatch(/got none at step 2 of series 0/);
    const got = await evaluationGradient(
      model,
      [[0.1], [0.6]],
      5,
      { data: g.data.slice(0, 10), shape: [2, 5, 1] },
      {
        ...onHost,
        throwOnFailure: false,
      },
    );
    expect(got.statuses).toEqual(["nonFinite", "ok"]);
    expect(got.failedSteps).toEqual(Int32Array.of(2, -1));
    expect(got.initialState.data[0]).toBeNaN();
    expect(got.initialState.data[1]).toBeGreaterThan(0);
  });

  test("derivatives that overflow are a status", async () => {
    const model = await system("logistic", { parameters: { r: 4 } });
    const T = 1200;
    const g = { data: new Float64Array(T).fill(1), shape: [T, 1] };
    const failure = await evaluationGradient(model, undefined, T, g, onHost).catch(error => error);
    expect(failure).toBeInstanceOf(NumericalError);
    expect(failure.message).toMatch(/derivatives that stay finite, got more than float64 holds/);
    const got = await evaluationGradient(model, undefined, T, g, { ...onHost, throwOnFailure: false });
    expect(got.status).toBe("diverged");
    expect(got.parameters[0]).toBeNaN();
  });

  test("a call can be stopped, is limited, and tells how far it is", async () => {
    const at = await instance(WRITTEN[0]);
    const { g } = directions(at);
    const told: string[] = [];
    const options = { ...onHost, onProgress: ({ phase }: { phase: string }) => told.push(phase) };
    await evaluationGradient(at.model, undefined, at.given, g, options);
    expect(new Set(told)).toEqual(new Set(["evaluate", "adjoint"]));
    const stopped = evaluationGradient(at.model, undefined, at.given, g, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow(/abort/i);
    const limited = evaluationGradient(at.model, undefined, at.given, g, { ...onHost, memoryLimit: 100 });
    await expect(limited).rejects.toThrow(/at most 100 bytes/);
  });

  test("a function of one's own without derivatives by parameters is refused", async () => {
    const { sensitivities: _, ...plain } = (await WRITTEN[1].make()).function;
    const model = recurrence({ function: plain, initialState: [0] });
    const u = { data: new Float64Array(3), shape: [3, 1] };
    await expect(evaluationGradient(model, undefined, u, u, onHost)).rejects.toThrow(
      /model expected a function with derivatives by inputs and parameters, got one without/,
    );
  });
});
