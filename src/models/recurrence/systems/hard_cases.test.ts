/** Recurrences on which plain updates of Newton are hard put: chaos, and weights so large that iterates overflow. */
import { expect, suite, test } from "vitest";
import { evaluate, gru, lorenz96, recurrence } from "../../../api/index.ts";

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

suite("Lorenz 96, five sites, 999 steps", () => {
  // Chaos makes more of what a merit leaves: it has to be small.
  const cpu = { backend: "cpu", guess: "zeros", tolerance: 1e-18, lyapunov: false } as const;

  test("a trust region and a bound on states keep every value finite", async () => {
    const model = await lorenz96({ size: 5 });
    const exact = await evaluate(model, undefined, 999, { ...cpu, method: "sequential" });
    const elk = await evaluate(model, undefined, 999, {
      ...cpu,
      method: "elk",
      trustRegion: 1000,
      clip: { states: 30 },
      maxIterations: 400,
    });
    expect(elk.status).toBe("ok");
    expect(elk.resets[0]).toBe(0);
    expect(largest(elk.states.data, exact.states.data)).toBeLessThan(1e-4);
    const newton = await evaluate(model, undefined, 999, { ...cpu, method: "newton", maxIterations: 999 });
    expect(newton.status).toBe("ok");
    expect(newton.resets[0]).toBeGreaterThan(0);
    expect(largest(newton.states.data, exact.states.data)).toBeLessThan(1e-4);
  });
});

suite("a GRU with weights a hundred times too large", () => {
  test("converges, whatever its iterates did", async () => {
    const base = await gru({ size: 2, seed: 4 });
    const model = recurrence({
      function: base.function,
      parameters: base.parameters.map(value => 100 * value),
      initialState: [0, 0],
    });
    const inputs = base.drawInputs?.(100, 1) as { data: Float64Array; shape: readonly number[] };
    const small = { ...inputs, data: inputs.data.map(value => value / 100) };
    const exact = await evaluate(model, undefined, small, {
      backend: "cpu",
      method: "sequential",
      lyapunov: false,
    });
    const got = await evaluate(model, undefined, small, {
      backend: "cpu",
      method: "newton",
      guess: "zeros",
      lyapunov: false,
    });
    expect(got.status).toBe("ok");
    expect(got.resets[0]).toBeGreaterThan(0);
    expect(largest(got.states.data, exact.states.data)).toBeLessThan(1e-6);
  });
});
