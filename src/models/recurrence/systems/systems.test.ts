/** Every system of the library: derivatives, structure, errors; flows and maps against formulas written by hand. */
import { expect, suite, test } from "vitest";
import { system, systemNames } from "../index.ts";
import { SYSTEM_NAMES } from "./index.ts";
import { checkDerivatives, type Places } from "./testing/derivatives.ts";
import { FIELDS, STEPS } from "./testing/formulas.ts";

const { abs } = Math;
const FLOW_NAMES = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

/** Where differences of the usual reach do not do. */
const PLACES: Readonly<Record<string, Places>> = {
  // Away from the corners of |x ± 1|: the reach is 0.06.
  chua: { spread: 0.01, step: 1e-3, tolerance: 1e-9, elsewhere: [0, 0, 0] },
  ikeda: { step: 3e-3 },
  // Gammas, and variances in the hundreds.
  eightSchools: { input: random => 5 + random.uniform(), tolerance: 1e-9 },
  wordProblem: { input: random => Math.floor(120 * random.uniform()), jumps: true },
};

suite("system()", () => {
  test("knows the names it says it knows", () => {
    expect([...systemNames].sort()).toEqual([...SYSTEM_NAMES].sort());
  });

  test("every system has the derivatives and the structure that it says", async () => {
    for (const name of systemNames) {
      const options = { ...(SMALL[name] ?? {}) };
      checkDerivatives(name, await system(name, options), PLACES[name]);
    }
  });

  test("flows have the derivatives and the structure that they say with every integrator", async () => {
    for (const name of FLOW_NAMES)
      for (const integrator of ["rk4", "implicitMidpoint"] as const)
        checkDerivatives(`${name} ${integrator}`, await system(name, { integrator }), {
          ...PLACES[name],
          ...STIFF[name],
        });
    for (const integrator of ["euler", "rk4", "implicitMidpoint"] as const)
      checkDerivatives("lorenz96", await system("lorenz96", { size: 9, integrator }));
  });

  test("a step of Euler is x + dt F(x) with F of the table, bit for bit or nearly", async () => {
    const states = [
      [0.3, -0.7, 1.1],
      [-1.7, 2.3, 0.4],
    ];
    for (const name of FLOW_NAMES) {
      const dt = 0.0078125;
      const { function: f, parameters, initialState } = await system(name, { dt });
      for (const x of [initialState as Float64Array, ...states]) {
        const out = new Float64Array(3);
        f.float64.value(out, x, [], 0, parameters);
        FIELDS[name](x[0], x[1], x[2]).forEach((slope, i) => {
          // Three roundings of numbers of this size.
          const size = abs(x[i]) + dt * abs(slope) + 1;
          expect(abs(out[i] - (x[i] + dt * slope)) / size, `${name} ${i}`).toBeLessThan(1e-15);
        });
      }
    }
  });

  test("maps are those of the table", async () => {
    for (const [name, step] of Object.entries(STEPS)) {
      const { function: f, parameters, stateDim } = await system(name as "henon");
      for (const x of [
        [0.3, -0.7],
        [0.9, 0.2],
      ]) {
        const out = new Float64Array(stateDim);
        f.float64.value(out, x, [], 0, parameters);
        step(x[0], x[1]).forEach((value, i) => {
          expect(out[i], `${name} ${i}`).toBeCloseTo(value, 14);
        });
      }
    }
  });

  test("parameters, initial states and steps can be others", async () => {
    const lorenz = await system("lorenz", { parameters: { r: 20 }, initialState: [1, 2, 3], dt: 0.5 });
    expect([...lorenz.parameters]).toEqual([8 / 3, 20, 10]);
    expect([...(lorenz.initialState as Float64Array)]).toEqual([1, 2, 3]);
    expect(lorenz.timeStep).toBe(0.5);
    const out = new Float64Array(3);
    lorenz.function.float64.value(out, [1, 2, 3], [], 0, lorenz.parameters);
    expect([...out]).toEqual([1 + 0.5 * 10, 2 + 0.5 * (20 - 3 - 2), 3 + 0.5 * (2 - (8 / 3) * 3)]);
  });

  test("says what is wrong, with the nearest name", async () => {
    await expect(system("lorentz" as "lorenz")).rejects.toThrow(
      /^system: name expected one of "lorenz", .*, got the text "lorentz"\. Did you mean "lorenz"\?$/,
    );
    await expect(system("lorenz", { integrator: "rk" as "rk4" })).rejects.toThrow(
      /^lorenz: integrator expected one of "euler", "rk4", "implicitMidpoint", got the text "rk"\. Did you mean "rk4"\?$/,
    );
    await expect(system("lorenz", { dt: 0 })).rejects.toThrow(
      /^lorenz: dt expected a number above 0, got 0\./,
    );
    await expect(system("lorenz", { parameters: { q: 1 } })).rejects.toThrow(
      /^lorenz: parameters expected one of "b"/,
    );
    await expect(system("sprottB", { parameters: { q: 1 } })).rejects.toThrow(
      /^sprottB: parameters.q expected nothing: there are none, got 1\./,
    );
    await expect(system("lorenz", { step: 1 } as object)).rejects.toThrow(/unknown key "step"/);
    await expect(system("gru", { size: 0 })).rejects.toThrow(
      /^gru: size expected a whole number ≥ 1, got 0\./,
    );
    await expect(system("gru", { size: 2, weights: { bir: [1] } })).rejects.toThrow(
      /^gru: weights.bir expected \[2\], got \[1\]\./,
    );
    await expect(system("gru", { size: 2, weights: { Wr: [1] } })).rejects.toThrow(/unknown key "Wr"/);
    await expect(system("paraGru", { size: 4, heads: 3 })).rejects.toThrow(
      /^paraGru: heads expected a divisor of 4 units and 4 inputs, got 3\./,
    );
    await expect(system("meanFieldRnn", { gain: Number.NaN })).rejects.toThrow(
      /^meanFieldRnn: gain expected/,
    );
    await expect(system("lorenz96", { size: 3 })).rejects.toThrow(
      /^lorenz96: size expected a whole number ≥ 4/,
    );
    await expect(system("kWells", { centres: [[1]] })).rejects.toThrow(
      /^kWells: centres expected \[2, 2\], got \[1, 1\]/,
    );
  });
});

/** Sizes for differences. */
const SMALL: Readonly<Record<string, object>> = {
  meanFieldRnn: { size: 6 },
  vanillaRnn: { size: 5, inputDim: 2 },
  gru: { size: 4, inputDim: 3 },
  lstm: { size: 3, inputDim: 2 },
  minimalRnn: { size: 4, inputDim: 3 },
  paraGru: { size: 6, inputDim: 4, heads: 2 },
  paraLstm: { size: 4, inputDim: 6, heads: 2 },
  kWells: { size: 3, wells: 4, eps: 0.01 },
};

/** Composition makes what the reach of differences has to be smaller for. */
const STIFF: Readonly<Record<string, Places>> = {
  vallisElNino: { step: 3e-3 },
  // Stiff: further away h/2 J comes near 1, and the midpoint is no longer the only one.
  isothermalChemical: { spread: 0.03, step: 1e-3, tolerance: 1e-9 },
};
