/** Networks, Langevin dynamics and the word problem: exponents and updates of the literature; formulas by hand. */
import { expect, suite, test } from "vitest";
import { type EvaluateOptions, evaluate, lyapunov } from "../../../api/index.ts";
import { CounterRandom } from "../../../inference/index.ts";
import { type Recurrence, type SystemName, system } from "../../index.ts";
import { permutations } from "./word_problem.ts";

const onHost = { backend: "cpu", polish: 0 } as const;

async function updates(model: Recurrence, T: number, options: EvaluateOptions = {}, inputSeed = 0) {
  const inputs = model.drawInputs?.(T, inputSeed) ?? T;
  return evaluate(model, undefined, inputs, { ...onHost, method: "newton", ...options });
}

/** Uniforms from −1 to 1, which the published counts start from. */
function uniformGuess(T: number, D: number, seed: number) {
  const random = new CounterRandom(seed, 1);
  return { data: Float64Array.from({ length: T * D }, () => 2 * random.uniform() - 1), shape: [T, D] };
}

suite("maps and flows", () => {
  test("have the exponents of the literature", async () => {
    const of = async (name: SystemName, options: object, T: number) =>
      (await lyapunov(await system(name, options), undefined, T, { backend: "cpu" })).exponents.data[0];
    // The mean of log |4 − 8 x| under the density of the arc sine, and its error after 1e5 steps.
    expect(Math.abs((await of("logistic", { parameters: { r: 4 } }, 1e5)) - Math.LN2)).toBeLessThan(0.003);
    expect(Math.abs((await of("henon", {}, 1e5)) - 0.419)).toBeLessThan(0.003);
    expect(Math.abs((await of("lorenz", {}, 30_000)) / 0.01 - 1.02)).toBeLessThan(0.03);
  });

  test("Lorenz 96 has the exponent 0.54 per unit of time", async () => {
    const model = await system("lorenz96");
    const { exponentsPerTime } = await lyapunov(model, undefined, 60_000, { backend: "cpu" });
    expect(Math.abs((exponentsPerTime?.data[0] as number) - 0.54)).toBeLessThan(0.1);
  });
});

suite("meanFieldRnn", () => {
  test.for([
    [0.5, 3, 1],
    [0.7, 4, 1],
    [0.9, 4, 1],
    [1, 7, 3],
  ])("takes few updates where it is predictable: g = %d", async ([gain, most, margin]) => {
    const guess = uniformGuess(1000, 100, 5);
    const got = await updates(await system("meanFieldRnn", { gain }), 1000, { guess });
    expect(got.status).toBe("ok");
    expect(Math.abs(got.iterations[0] - most)).toBeLessThanOrEqual(margin);
    expect(got.lyapunov[0]).toBeLessThan(0);
  });

  test("takes many where it is chaotic: g = 1.6", async () => {
    const model = await system("meanFieldRnn", { gain: 1.6 });
    const got = await updates(model, 400, { maxIterations: 40, guess: uniformGuess(400, 100, 5) });
    expect(got.converged[0]).toBe(false);
    const inputs = model.drawInputs?.(400) as never;
    const { exponents } = await lyapunov(model, undefined, inputs, { backend: "cpu" });
    expect(exponents.data[0]).toBeGreaterThan(0.02);
  });

  test("is W tanh(s) + u, or tanh(W s + u)", async () => {
    const W = [
      [0, 2],
      [-1, 0],
    ];
    const out = new Float64Array(2);
    for (const when of ["before", "after"] as const) {
      const { function: f, parameters } = await system("meanFieldRnn", { size: 2, weights: { W }, when });
      f.float64.value(out, [0.3, 0.4], [5, 0.5], 0, parameters);
      const wanted =
        when === "before"
          ? [2 * Math.tanh(0.4) + 5, -Math.tanh(0.3) + 0.5]
          : [Math.tanh(0.8 + 5), Math.tanh(-0.3 + 0.5)];
      wanted.forEach((value, i) => {
        expect(out[i]).toBeCloseTo(value, 15);
      });
    }
  });

  test("has weights of the variance g²/D, none on the diagonal, and waves for inputs", async () => {
    const { parameters, drawInputs, initialState } = await system("meanFieldRnn", { gain: 2, seed: 3 });
    expect(parameters.filter((_, at) => at % 101 === 0).every(entry => entry === 0)).toBe(true);
    const variance = parameters.reduce((sum, entry) => sum + entry ** 2, 0) / (100 * 99);
    // √(2/9900) relative, four of them.
    expect(Math.abs(variance / 0.04 - 1)).toBeLessThan(0.06);
    expect(Math.max(...(initialState as Float64Array).map(Math.abs))).toBeLessThan(1);
    const { data, shape } = drawInputs?.(50, 1) ?? { data: [], shape: [] };
    expect(shape).toEqual([50, 100]);
    expect(Math.max(...data.map(Math.abs))).toBeLessThan(0.2);
    // u_{t+1} + u_{t−1} = 2 cos(ω) u_t
    const ratio = (t: number) => (data[(t + 1) * 100] + data[(t - 1) * 100]) / data[t * 100];
    expect(ratio(7)).toBeCloseTo(ratio(11), 8);
  });
});

suite("gates", () => {
  test("a random GRU takes at most 6 updates of Newton, 15 of quasi-Newton, whatever its size", async () => {
    for (const size of [1, 4, 16])
      for (const seed of [0, 1]) {
        const model = await system("gru", { size, seed });
        const guess = "zeros" as const;
        const newton = await updates(model, 2000, { guess }, seed);
        const quasi = await updates(model, 2000, { guess, method: "quasi" }, seed);
        expect([newton.status, quasi.status]).toEqual(["ok", "ok"]);
        expect(newton.iterations[0], `${size} ${seed}`).toBeLessThanOrEqual(6);
        expect(quasi.iterations[0], `${size} ${seed}`).toBeLessThanOrEqual(15);
      }
  });

  test("quasi-Newton is Newton for ParaGRU, block quasi-Newton for ParaLSTM", async () => {
    const para = await system("paraGru", { size: 8, inputDim: 4, heads: 2 });
    expect(para.function.structure.kind).toBe("diagonal");
    const a = await updates(para, 500);
    const b = await updates(para, 500, { method: "quasi" });
    expect(b.iterations[0]).toBe(a.iterations[0]);
    const lstm = await system("paraLstm", { size: 6, inputDim: 4 });
    expect(lstm.function.blocks).toBe(2);
    const c = await updates(lstm, 500);
    const d = await updates(lstm, 500, { method: "blockQuasi", blocks: 2 });
    expect(d.iterations[0]).toBe(c.iterations[0]);
    expect(c.iterations[0]).toBeLessThanOrEqual(5);
  });

  test("a GRU of one unit is the textbook's", async () => {
    const s = (x: number) => 1 / (1 + Math.exp(-x));
    const weights = {
      Wir: [[0.5]],
      Wiz: [[-1]],
      Win: [[2]],
      Whr: [[0.3]],
      Whz: [[0.7]],
      Whn: [[-1.2]],
      bir: [0.1],
      biz: [0.2],
      bin: [0.3],
      bhr: [0.4],
      bhz: [0.5],
      bhn: [0.6],
    };
    const { function: f, parameters } = await system("gru", { size: 1, weights });
    const out = new Float64Array(1);
    const [h, u] = [0.8, -0.6];
    f.float64.value(out, [h], [u], 0, parameters);
    const r = s(0.5 * u + 0.1 + 0.3 * h + 0.4);
    const z = s(-u + 0.2 + 0.7 * h + 0.5);
    const n = Math.tanh(2 * u + 0.3 + r * (-1.2 * h + 0.6));
    expect(out[0]).toBeCloseTo((1 - z) * n + z * h, 15);
  });

  test("an LSTM, a minimal network and the cells of ParaRNN of one unit are those of their papers", async () => {
    const s = (x: number) => 1 / (1 + Math.exp(-x));
    const { tanh } = Math;
    const [c, h, u] = [0.9, -0.4, 0.7];
    const one = (value: number) => [[value]];
    const value = async (name: SystemName, weights: object, x: number[]) => {
      const { function: f, parameters } = await system(name, { size: 1, weights } as object);
      const out = new Float64Array(x.length);
      f.float64.value(out, x, [u], 0, parameters);
      return [...out];
    };
    const close = (got: number[], wanted: number[]) => {
      wanted.forEach((entry, i) => {
        expect(got[i]).toBeCloseTo(entry, 15);
      });
    };
    const lstm = {
      Wii: one(1),
      Wif: one(2),
      Wig: one(3),
      Wio: one(4),
      Whi: one(0.1),
      Whf: one(0.2),
      Whg: one(0.3),
      Who: one(0.4),
      bi: [-1],
      bf: [-2],
      bg: [-3],
      bo: [-4],
    };
    const next = s(2 * u + 0.2 * h - 2) * c + s(u + 0.1 * h - 1) * tanh(3 * u + 0.3 * h - 3);
    close(await value("lstm", lstm, [c, h]), [next, s(4 * u + 0.4 * h - 4) * tanh(next)]);

    const z = tanh(0.5 * u + 0.1);
    const g = s(0.3 * h - 0.8 * z + 0.2);
    const minimal = { R: one(0.3), Wx: one(0.5), Uz: one(-0.8), bx: [0.1], bu: [0.2] };
    close(await value("minimalRnn", minimal, [h]), [g * h + (1 - g) * z]);

    const para = {
      az: [1],
      ar: [2],
      an: [3],
      Bz: one(4),
      Br: one(5),
      Bn: one(6),
      bz: [7],
      br: [8],
      bn: [-9],
    };
    const gate = s(h + 4 * u + 7);
    const fresh = tanh(3 * (h * s(2 * h + 5 * u + 8)) + 6 * u - 9);
    close(await value("paraGru", para, [h]), [(1 - gate) * h + gate * fresh]);

    const peep = { af: [1], ag: [2], ao: [3], Cf: [4], Co: [5] };
    const rest = { Bf: one(0.1), Bg: one(0.2), Bo: one(0.3), bf: [0.4], bg: [0.5], bo: [0.6] };
    const f = s(h + 0.1 * u + 4 * c + 0.4);
    const inner = f * c + (1 - f) * tanh(2 * h + 0.2 * u + 0.5);
    const shown = s(3 * h + 0.3 * u + 5 * inner + 0.6) * tanh(inner);
    close(await value("paraLstm", { ...peep, ...rest }, [c, h]), [inner, shown]);
  });

  test("an autoregressive GRU feeds on what it emits", async () => {
    const model = await system("autoregressiveGru", { seed: 4 });
    const got = await updates(model, 1000);
    expect(got.status).toBe("ok");
    const plain = await evaluate(model, undefined, model.drawInputs?.(1000) as never, {
      backend: "cpu",
      method: "sequential",
    });
    // One update more than the tolerance asks for would leave rounding alone: √(2e-10 T).
    got.states.data.forEach((value, i) => {
      expect(Math.abs(value - plain.states.data[i])).toBeLessThan(5e-4);
    });
  });
});

suite("wells", () => {
  test("two wells take at most 40 updates for 10000 steps, and quasi-Newton as many", async () => {
    const model = await system("twoWell");
    expect(model.function.structure.entries).toEqual(["varying", "zero", "zero", "constant"]);
    for (const seed of [0, 1]) {
      const got = await updates(model, 10_000, { seed }, seed);
      expect(got.status).toBe("ok");
      expect(got.iterations[0]).toBeLessThanOrEqual(40);
      const quasi = await updates(model, 10_000, { seed, method: "quasi" }, seed);
      expect(quasi.iterations[0]).toBe(got.iterations[0]);
    }
  });

  test("the drift is the gradient of the log density", async () => {
    const { function: f, parameters } = await system("twoWell", { eps: 0.5 });
    const density = (x: number, y: number): number => {
      const normal = (v: number, m: number, s: number) =>
        Math.exp((-0.5 * (v - m) ** 2) / s) / Math.sqrt(2 * Math.PI * s);
      return (
        0.49 * normal(x, -1.4, 0.45) * normal(y, 0, 0.45) + 0.51 * normal(x, 1.6, 0.54) * normal(y, 0, 0.45)
      );
    };
    const out = new Float64Array(2);
    for (const [x, y] of [
      [0.1, 0.4],
      [-2, -1],
      [1, 3],
    ]) {
      f.float64.value(out, [x, y], [2, -3], 0, parameters);
      const h = 1e-5;
      const slopes = [
        (Math.log(density(x + h, y)) - Math.log(density(x - h, y))) / (2 * h),
        (Math.log(density(x, y + h)) - Math.log(density(x, y - h))) / (2 * h),
      ];
      // Differences of order 2 and rounding.
      expect(out[0]).toBeCloseTo(x + 0.5 * slopes[0] + 2, 8);
      expect(out[1]).toBeCloseTo(y + 0.5 * slopes[1] - 3, 8);
    }
  });
});

suite("wordProblem", () => {
  test("has all permutations in lexicographic order", () => {
    expect(permutations.length).toBe(120);
    const words = permutations.map(permutation => permutation.join(""));
    expect([...words].sort()).toEqual(words);
    expect(new Set(words).size).toBe(120);
  });

  test("takes exactly one update, and is right", async () => {
    const model = await system("wordProblem");
    expect(model.function.structure.kind).toBe("constant");
    const inputs = model.drawInputs?.(3000, 2) as { data: Float64Array; shape: readonly number[] };
    expect(new Set(inputs.data).size).toBe(120);
    const got = await evaluate(model, undefined, inputs, { ...onHost, method: "newton" });
    expect(got.iterations[0]).toBe(1);
    let word = [1, 2, 3, 4, 5];
    for (let t = 0; t < 3000; t++) {
      word = permutations[inputs.data[t]].map(i => word[i]);
      // What is left of the guess, 3000 steps of rounding away.
      word.forEach((letter, i) => {
        expect(got.states.data[t * 5 + i]).toBeCloseTo(letter, 10);
      });
    }
  });

  test("has no value for what is no number of a permutation", async () => {
    const model = await system("wordProblem");
    for (const bad of [120, -1, 0.5])
      await expect(
        evaluate(model, undefined, [[3], [bad]], { backend: "cpu", method: "sequential" }),
      ).rejects.toThrow(/finite values along its trajectory, got none at step 1/);
  });
});

suite("drawInputs()", () => {
  test("gives the same rows whatever their number, and others for another seed", async () => {
    for (const name of ["gru", "twoWell", "wordProblem", "meanFieldRnn"] as const) {
      const { drawInputs } = await system(name);
      const [few, many, other] = [drawInputs?.(3, 1), drawInputs?.(9, 1), drawInputs?.(3, 2)];
      expect([...(few?.data ?? [])]).toEqual([...(many?.data ?? []).slice(0, few?.data.length)]);
      expect([...(other?.data ?? [])]).not.toEqual([...(few?.data ?? [])]);
      expect(() => drawInputs?.(0)).toThrow(/^drawInputs: numSteps expected a whole number ≥ 1, got 0\./);
    }
  });
});
