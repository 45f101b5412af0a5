/** Random functions: derivatives against differences, structure against what is seen. */
import { expect, suite, test } from "vitest";
import { wgslFunction } from "./index.ts";
import { difference } from "./testing/differences.ts";
import { randomFunction } from "./testing/wgsl_random.ts";

const [u, t, p] = [[0.6], 0.7, [1.1, 0.4]];
const POINTS = [
  [0.37, -0.61, 0.83],
  [1.3, 0.2, -0.9],
  [-0.4, 2.1, 0.1],
] as const;
const UNIT = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const;
const [dx, dy] = [
  [0.4, -0.9, 0.7],
  [0.8, 0.3, -0.5],
];
const along = (x: readonly number[], d: readonly number[], s: number) => x.map((v, j) => v + s * d[j]!);

async function faultsOf(seed: number): Promise<string[]> {
  const { float64, structure } = await wgslFunction({ code: randomFunction(seed), entry: "f" });
  const x = POINTS[0];
  const out = (call: (to: Float64Array) => void, count = 3) => {
    const to = new Float64Array(count);
    call(to);
    return [...to];
  };
  const value = (at: readonly number[]) => out(to => float64.value(to, at, u, t, p));
  const jvp = (at: readonly number[], d: readonly number[]) => out(to => float64.jvp(to, at, u, t, p, d));
  const jacobian = out(to => float64.jacobian(to, x, u, t, p), 9);
  const second = out(to => float64.second(to, x, u, t, p, dx, dy));
  const scale = Math.max(1, ...[value(x), jacobian, second].flat().map(Math.abs));
  if (!(scale < 1e6)) return [];
  const faults: string[] = [];
  const compare = (what: string, got: readonly number[], wanted: readonly number[], tolerance: number) =>
    got.flatMap((v, i) =>
      Math.abs(v - wanted[i]!) <= tolerance * scale ? [] : [`${seed} ${what} ${i}: ${v} for ${wanted[i]}`],
    );
  const column = (j: number) => [0, 1, 2].map(i => jacobian[3 * i + j]!);
  UNIT.forEach((unit, j) => {
    faults.push(...compare(`column ${j}`, column(j), jvp(x, unit), 1e-13));
    for (const point of POINTS)
      jvp(point, unit).forEach((slope, i) => {
        const entry = structure.entries[3 * i + j]!;
        const wrong =
          entry === "zero"
            ? slope !== 0
            : entry === "constant" && Math.abs(slope - column(j)[i]!) > 1e-12 * scale;
        if (wrong) faults.push(`${seed} ${entry} ${i} ${j}: ${slope}`);
      });
  });
  // A kink may be within reach of one step, not of all.
  const differences = (h: number) => [
    ...UNIT.flatMap((unit, j) =>
      compare(
        `slope ${j}`,
        column(j),
        difference(s => value(along(x, unit, s)), h),
        1e-6,
      ),
    ),
    ...compare(
      "second",
      second,
      difference(s => jvp(along(x, dy, s), dx), h),
      1e-6,
    ),
  ];
  let found: string[] = [];
  for (const h of [1e-3, 1e-4, 3e-5, 1e-5]) {
    found = differences(h);
    if (found.length === 0) break;
  }
  return [...faults, ...found];
}

suite("wgslFunction() of random functions", () => {
  test("is exact for sixty of them", async () => {
    const faults: string[] = [];
    for (let seed = 1; seed <= 60; seed++) faults.push(...(await faultsOf(seed)));
    expect(faults).toEqual([]);
  });
});
