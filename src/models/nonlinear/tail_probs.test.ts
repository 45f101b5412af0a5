import { expect, suite, test } from "vitest";
import { makeFamily } from "./families.ts";
import type { FamilyName } from "./family.ts";
import { TAIL_PROBS, type TailProbs } from "./tail_probs.ts";
import { vonMisesDistribution } from "./von_mises_distribution.ts";

/** Simpson's rule on 20 000 intervals. */
function integral(f: (x: number) => number, from: number, to: number): number {
  const h = (to - from) / 20_000;
  let sum = f(from) + f(to);
  for (let i = 1; i < 20_000; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * h);
  return (sum * h) / 3;
}

const out = new Float64Array(2);
const tailsOf = (name: FamilyName, constants: Record<string, number>, theta: number, y: number) => {
  const tails = TAIL_PROBS[name]?.(constants) as TailProbs;
  tails(out, theta, y);
  return Array.from(out);
};

suite("tail probabilities", () => {
  const counts: [FamilyName, Record<string, number>, number, number, number[]][] = [
    ["poisson", {}, 3.7, 400, [0, 1, 4, 30]],
    ["poisson", {}, 0, 5, [0, 1]],
    ["poisson", {}, 200, 1500, [120, 200, 330]],
    ["bernoulli", {}, 0.3, 1, [0, 1]],
    ["bernoulli", {}, 1, 1, [0, 1]],
    ["binomial", { trials: 12 }, 0.15, 12, [0, 1, 7, 12]],
    ["negative-binomial", { size: 1.5 }, 4, 3000, [0, 3, 60]],
  ];
  test.each(counts)(
    "of %s %o at θ = %d are sums of its probabilities",
    (name, constants, theta, most, ys) => {
      const family = makeFamily("test", name, 1, constants);
      const probability = (k: number) =>
        Math.exp(family.logDensity(Float64Array.of(theta), Float64Array.of(k)));
      for (const y of ys) {
        let [below, above] = [0, 0];
        for (let k = 0; k < y; k++) below += probability(k);
        for (let k = most; k > y; k--) above += probability(k);
        const got = tailsOf(name, constants, theta, y);
        [below, above].forEach((wanted, i) => {
          expect(Math.abs(got[i] - wanted), `${y}`).toBeLessThanOrEqual(1e-11 * wanted);
        });
      }
    },
  );

  test("of gamma and Student's t are integrals of their densities, with their digits far out", () => {
    const cases: [FamilyName, Record<string, number>, number, number, number][] = [
      ["gamma", { concentration: 2.5 }, 3, 0.2, 150],
      ["gamma", { concentration: 2.5 }, 3, 40, 150],
      ["student-t", { dof: 30, scale: 0.7 }, 1, -8, 60],
      ["student-t", { dof: 30, scale: 0.7 }, 1, 12, 60],
    ];
    for (const [name, constants, theta, y, reach] of cases) {
      const family = makeFamily("test", name, 1, constants);
      const density = (x: number) => Math.exp(family.logDensity(Float64Array.of(theta), Float64Array.of(x)));
      const [below, above] = tailsOf(name, constants, theta, y);
      const low = y < theta ? integral(density, name === "gamma" ? 1e-12 : -reach, y) : 1 - above;
      const high = y > theta ? integral(density, y, reach) : 1 - below;
      // Simpson's rule near the root of the gamma density at 0 leaves 1e-8.
      expect(Math.abs(below / low - 1), name).toBeLessThan(1e-7);
      expect(Math.abs(above / high - 1), name).toBeLessThan(1e-7);
    }
  });

  test("of von Mises angles are integrals of the density, whatever the turn and the concentration", () => {
    for (const kappa of [0.01, 0.7, 5, 300, 9900, 10_100]) {
      const distribution = vonMisesDistribution(kappa);
      const density = (x: number) => Math.exp(-2 * kappa * Math.sin(x / 2) ** 2);
      const reach = Math.min(Math.PI, 9 / Math.sqrt(kappa));
      const whole = integral(density, -reach, reach);
      for (const share of [-0.9, -0.2, 0, 0.4, 1]) {
        const angle = share * reach;
        const wanted = integral(density, -reach, angle) / whole;
        // Of order κ⁻² above 10⁴.
        expect(Math.abs(distribution(angle) - wanted), `${kappa}`).toBeLessThan(kappa > 1e4 ? 1e-8 : 1e-12);
        expect(distribution(angle + 4 * Math.PI) - distribution(angle)).toBeCloseTo(2, 12);
      }
    }
  });
});
