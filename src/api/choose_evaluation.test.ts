/** method "auto": what it takes for every system of the library, and what it says. No GPU: devices are numbers here. */
import { expect, suite, test } from "vitest";
import { firstTrajectory, prepareRecurrence } from "../models/index.ts";
import { type ChoiceOptions, type Chosen, chooseMethod } from "./choose_evaluation.ts";
import {
  chaoticObserver,
  expressionFunction,
  type Recurrence,
  recurrence,
  type SystemName,
  system,
  systemNames,
} from "./index.ts";
import type { RecurrencePlace } from "./recurrence_place.ts";

const device = (throughput: number, bandwidth: number, lanes: number) =>
  ({ run: { backend: "webgpu" }, throughput, bandwidth, lanes }) as RecurrencePlace;
const FAST = device(1e12, 5e11, 4096);
const SOFTWARE = device(3e8, 5e9, 1);

const OPTIONS = {
  call: "evaluate",
  tolerance: 1e-10,
  polish: 1,
  damping: 0,
  clip: Number.POSITIVE_INFINITY,
  bound: Number.POSITIVE_INFINITY,
  blocks: 2,
  trustRegion: 100,
  stepSize: 0.25,
};

function choose(
  model: Recurrence,
  T: number,
  place = FAST,
  more: Partial<ChoiceOptions> = {},
): Promise<Chosen> {
  const inputs = model.drawInputs?.(T, 1) ?? T;
  const { problem } = prepareRecurrence("evaluate", model, undefined, inputs);
  const guess: ChoiceOptions["guess"] = first => firstTrajectory("evaluate", first, "normal", 0);
  return chooseMethod("auto", model, problem, place, { ...OPTIONS, ...more, guess });
}

/** Small sizes where the library's own would take a while. */
const SIZES: Readonly<Record<string, object>> = {
  lstm: { size: 8 },
  gru: { size: 16 },
  meanFieldRnn: { size: 40, gain: 0.9 },
  paraLstm: { size: 12 },
};

/** What the library's systems are taken by at 30 000 steps on a fast device; chaos everywhere else. */
const PARALLEL: Readonly<Record<string, RegExp>> = {
  // Their exponents are below 0 over the first thousand steps.
  rossler: /^(newton|quasi) /,
  thomas: /^(newton|quasi) /,
  gru: /^(quasi|jacobi) /,
  lstm: /^(quasi|jacobi) /,
  meanFieldRnn: /^(newton|sequential) \(/,
  minimalRnn: /^quasi /,
  paraGru: /^quasi \(4 updates, .*a diagonal Jacobian/,
  paraLstm: /^blockQuasi \([45] updates, .*a Jacobian of 2 × 2 diagonal blocks/,
  vanillaRnn: /^(quasi|jacobi) /,
  autoregressiveGru: /^(newton|jacobi) /,
  twoWell: /^quasi .*a diagonal Jacobian/,
  kWells: /^(newton|quasi) /,
  eightSchools: /^newton \(/,
  wordProblem: /^newton \(1 update, .*f is linear/,
};

suite("auto", () => {
  test("takes what suits every system of the library", async () => {
    for (const name of systemNames) {
      const model = await system(name as SystemName, SIZES[name] as never);
      const { method, words, blocks } = await choose(model, 30_000);
      const expected = PARALLEL[name] ?? /^sequential: (not predictable|the function has no finite value)/;
      expect(words, name).toMatch(expected);
      expect(words.startsWith(method), name).toBe(true);
      expect(blocks, name).toBe(method === "blockQuasi" ? 2 : undefined);
    }
  });

  test("an observer of chaos is Newton's, in the updates it takes", async () => {
    const { observer, drivers } = await chaoticObserver("lorenz");
    const { words } = await choose({ ...observer, drawInputs: steps => drivers(steps) }, 30_000);
    expect(words).toMatch(/^newton \([23] updates, .*predicted before quasi .*sequential .*jacobi/);
  });

  test("a mean-field network is sequential once it is chaotic", async () => {
    for (const gain of [1.6, 2]) {
      const { words } = await choose(await system("meanFieldRnn", { gain }), 1000);
      expect(words).toMatch(/^sequential: not predictable, a dense Jacobian, λ ≈ 0\.\d+ a step/);
    }
  });

  test("what forgets at once needs no scan, and a device may be too slow for any", async () => {
    const model = await system("meanFieldRnn", { size: 4, gain: 0.1, when: "after" });
    expect((await choose(model, 100_000)).words).toMatch(/^jacobi \(\d updates, .*newton \(2 updates/);
    expect((await choose(model, 100_000, SOFTWARE)).method).toBe("sequential");
    expect((await choose(model, 5)).method).toBe("sequential");
    // With a window every update is short, and there are more of them.
    const { words } = await choose(model, 100_000, FAST, { window: 1000 });
    expect(words).toMatch(/jacobi \([3-6]00 updates/);
  });

  test("where nothing is known of the Jacobian, some of its values tell", async () => {
    const names = { expressions: ["0.5*tanh(x0) + u0", "0.9*sin(x1)"], stateDim: 2, inputDim: 1 } as const;
    const linear = {
      expressions: ["0.5*x0 + 0.1*x1*u0", "0.9*x1 - u0*x0"],
      stateDim: 2,
      inputDim: 1,
    } as const;
    for (const [text, expected] of [
      [names, /a diagonal Jacobian/],
      [linear, /^newton \(1 update, .*f is linear/],
    ] as const) {
      const known = await expressionFunction(text);
      const f = { ...known, structure: { kind: "dense", entries: new Array(4).fill("varying") } as const };
      const drawInputs = (T: number) => ({
        data: Float64Array.from({ length: T }, (_, t) => Math.sin(t)),
        shape: [T, 1],
      });
      const model = { ...recurrence({ function: f, initialState: [0.1, 0.2] }), drawInputs };
      expect((await choose(model, 50_000)).words).toMatch(expected);
    }
  });
});
