/** Trajectories of leapfrogs all at once: closed forms, hand-written steps, blocks of diagonals against diagonals. */
import { expect, suite, test } from "vitest";
import { inBasis, leapfrogRecurrence } from "../models/index.ts";
import { type EvaluateOptions, expressionFunction, leapfrog } from "./index.ts";

const cpu = (options: EvaluateOptions): EvaluateOptions => ({ backend: "cpu", lyapunov: false, ...options });
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
const banana = () =>
  expressionFunction({ expressions: "-0.5 * (x0/10)^2 - 0.5 * (x1 - 0.03*(x0^2 - 100))^2", stateDim: 2 });
/** Precision [4, −1; −1, 1]. */
const gaussian = () => expressionFunction({ expressions: "-2*x0^2 + x0*x1 - 0.5*x1^2", stateDim: 2 });

suite("leapfrog()", () => {
  test("an oscillator goes round as its closed form says", async () => {
    const oscillator = await expressionFunction({ expressions: "-0.5*x0^2", stateDim: 1 });
    const [e, L, z, m] = [0.4, 50, 0.7, -1.1];
    const angle = Math.acos(1 - (e * e) / 2);
    const width = Math.sqrt(1 - (e * e) / 4);
    const at = (k: number) => [
      z * Math.cos(k * angle) + (m * Math.sin(k * angle)) / width,
      m * Math.cos(k * angle) - z * width * Math.sin(k * angle),
    ];
    for (const method of ["sequential", "blockQuasi", "newton"] as const) {
      const got = await leapfrog(oscillator, {
        position: [z],
        momentum: [m],
        stepSize: e,
        steps: L,
        evaluate: cpu({ method }),
      });
      expect(got.positions.shape).toEqual([L, 1]);
      for (let k = 0; k < L; k++) {
        const [position, momentum] = at(k + 1);
        expect(got.positions.data[k]).toBeCloseTo(position, 11);
        expect(got.momenta.data[k]).toBeCloseTo(momentum, 11);
      }
      for (const k of [0, 7, L]) {
        const [position, momentum] = at(k);
        expect(got.energies.data[k]).toBeCloseTo((position ** 2 + momentum ** 2) / 2, 11);
      }
      // Linear, and the blocks are the whole of it.
      if (method !== "sequential") expect(got.evaluation.iterations[0]).toBe(1);
    }
  });

  test("blocks take about half the updates of diagonals; the steps are those written by hand", async () => {
    const f = await banana();
    const [e, L] = [0.2, 48];
    const starts = [
      { z: [3, -4], m: [1, 0.5] },
      { z: [-8, 0], m: [-0.3, 1] },
    ];
    const gradient = ([x, y]: number[]) => {
      const off = y - 0.03 * (x * x - 100);
      return [-x / 100 + 0.06 * x * off, -off];
    };
    const exact = starts.flatMap(start => {
      let [z, m] = [start.z, start.m];
      return Array.from({ length: L }, () => {
        m = m.map((value, i) => value + 0.5 * e * gradient(z)[i]);
        z = z.map((value, i) => value + e * m[i]);
        m = m.map((value, i) => value + 0.5 * e * gradient(z)[i]);
        return [z, m];
      });
    });
    const counts: Record<string, number> = {};
    for (const method of ["blockQuasi", "quasi", "newton"] as const) {
      const got = await leapfrog(f, {
        position: starts.map(({ z }) => z),
        momentum: starts.map(({ m }) => m),
        stepSize: e,
        steps: L,
        evaluate: cpu({ method }),
      });
      expect(got.evaluation.status).toBe("ok");
      expect(got.momenta.shape).toEqual([2, L, 2]);
      expect(got.energies.shape).toEqual([2, L + 1]);
      expect(
        apart(
          got.positions.data,
          exact.flatMap(([z]) => z),
        ),
      ).toBeLessThan(2e-4);
      expect(
        apart(
          got.momenta.data,
          exact.flatMap(([, m]) => m),
        ),
      ).toBeLessThan(2e-4);
      counts[method] = Math.max(...got.evaluation.iterations);
    }
    expect(counts.blockQuasi).toBeLessThanOrEqual(L / 2);
    expect(counts.blockQuasi).toBeLessThan(0.7 * counts.quasi);
    expect(counts.newton).toBeLessThanOrEqual(counts.blockQuasi);
  });

  test("in the eigenvectors of the Hessian blocks leave nothing out of a normal distribution", async () => {
    const f = await gaussian();
    const options = { position: [1, -1], momentum: [0.3, 0.8], stepSize: 0.3, steps: 40 };
    const plain = await leapfrog(f, { ...options, evaluate: cpu({}) });
    const turned = await leapfrog(f, { ...options, basis: "hessian", evaluate: cpu({}) });
    expect(turned.evaluation.iterations[0]).toBe(1);
    expect(plain.evaluation.iterations[0]).toBeGreaterThan(4);
    expect(apart(turned.positions.data, plain.positions.data)).toBeLessThan(1e-4);
    expect(turned.evaluation.states.shape).toEqual([40, 4]);
    const traced = await leapfrog(f, { ...options, basis: "hessian", evaluate: cpu({ trace: true }) });
    // The guess is the first state at every step, in the coordinates of the model.
    expect(traced.evaluation.iterates[0].data[0]).toBeCloseTo(1, 12);
    expect(apart(traced.evaluation.iterates.at(-1)?.data ?? [], turned.evaluation.states.data)).toBe(0);
    // A trajectory of positions and momenta as a guess is one in them too.
    const again = await leapfrog(f, {
      ...options,
      basis: "hessian",
      evaluate: cpu({ guess: plain.evaluation.states, tolerance: 1e-6 }),
    });
    expect(again.evaluation.iterations[0]).toBe(0);
  });

  test("the Jacobian is exact, in any basis", async () => {
    const f = await banana();
    const model = leapfrogRecurrence("leapfrog", f, 0.3);
    const J = new Float64Array(16);
    const product = new Float64Array(4);
    const s = [3, -4, 0.5, 1];
    const [c, sine] = [Math.cos(0.4), Math.sin(0.4)];
    const turned = inBasis(model.function, model.parameters, Float64Array.of(c, -sine, sine, c), 2);
    for (const g of [model.function, turned]) {
      const p = g.parameters ?? [];
      g.float64.jacobian(J, s, [], 0, p);
      const difference = (j: number, h: number) => {
        const sides = [h, -h].map(step => {
          const out = new Float64Array(4);
          g.float64.value(
            out,
            s.map((value, i) => value + (i === j ? step : 0)),
            [],
            0,
            p,
          );
          return out;
        });
        return sides[0].map((value, i) => (value - sides[1][i]) / (2 * h));
      };
      for (let j = 0; j < 4; j++) {
        // A polynomial of degree three: differences at h and 2h make up for the h² of each other.
        const [near, far] = [difference(j, 1e-2), difference(j, 2e-2)];
        const unit = s.map((_, i) => (i === j ? 1 : 0));
        g.float64.jvp(product, s, [], 0, p, unit);
        for (let i = 0; i < 4; i++) {
          expect(J[4 * i + j]).toBeCloseTo((4 * near[i] - far[i]) / 3, 9);
          expect(product[i]).toBeCloseTo(J[4 * i + j], 12);
        }
      }
    }
  });

  test("bad options are told", async () => {
    const f = await banana();
    const options = { position: [0, 0], momentum: [1, 0], stepSize: 0.1, steps: 5 };
    for (const [change, message] of [
      [{ stepSize: -1 }, /leapfrog: options\.stepSize expected a finite number above 0, got -1/],
      [{ steps: 0 }, /options\.steps expected a whole number ≥ 1, got 0/],
      [{ position: [1] }, /options\.position expected \[2\] or \[N, 2\]/],
      [{ momentum: [1] }, /options\.momentum expected finite numbers \[2\], as position/],
      [{ momentum: [1, Number.NaN] }, /options\.momentum expected finite numbers/],
      [{ length: 3 }, /length/],
      [{ basis: "eigen" }, /options\.basis expected "hessian"/],
    ] as const)
      await expect(leapfrog(f, { ...options, ...change } as never)).rejects.toThrow(message);
    const half = await expressionFunction({ expressions: "log(x0)", stateDim: 1 });
    await expect(leapfrog(half, { ...options, position: [0], momentum: [1] })).rejects.toThrow(
      /options\.position expected a state with a finite log density and gradient, got log p = -Infinity/,
    );
  });
});
