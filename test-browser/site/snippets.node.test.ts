/** The lines that pages show are programs: each is run as it stands, and says what it is meant to say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, suite, test, vi } from "vitest";

const programs = import.meta.glob("../../examples/**/snippet.js");
const program = (path: string) => programs[`../../examples/${path}`]!;

/** What a program prints. */
async function printed(load: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((...words) => void lines.push(words.join(" ")));
  try {
    await load();
  } finally {
    spy.mockRestore();
  }
  return lines;
}

suite("snippets of the pages", () => {
  test("home: a short series with a missing value", async () => {
    const [line] = await printed(program("snippet.js"));
    expect(line).toMatch(/^cpu 1.4763/);
  });

  test("track: fixes with a gap; the band widens where there are none", async () => {
    const lines = await printed(program("track/snippet.js"));
    const [t, x, , , sd] = lines
      .map(line => line.split(" ").map(Number))
      .reduce((columns, row) => row.map((value, i) => [...(columns[i] ?? []), value]), [] as number[][]);
    expect(t).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(Math.abs(x![4]! - 4.2)).toBeLessThan(0.3);
    expect(sd![2]!).toBeGreaterThan(sd![5]!);
  });

  test("your CSV: a gap is smoothed over, the forecast goes on", async () => {
    const lines = await printed(program("csv/snippet.js"));
    expect(lines.slice(0, 7).map(line => line.slice(0, 4))).toEqual(
      Array.from({ length: 7 }, (_, t) => `${1871 + t}`),
    );
    const width = (line: string) => Number(line.split(" ")[3]) - Number(line.split(" ")[2]);
    expect(width(lines[2]!)).toBeGreaterThan(width(lines[3]!));
    expect(lines[7]).toMatch(/^cpu -\d+\.\d{3} (\d+\.\d+),\1$/);
  });

  test("Nile: a level with missing years and a forecast", async () => {
    const [missing, ahead] = await printed(program("nile/snippet.js"));
    expect(missing).toMatch(/^1881 \d+\.\d /);
    const [, mean, lower, upper] = ahead!.split(" ").map(Number);
    // 80 %: 1.2816 √(4032 + 1469.1 + 15099), the first of them the published steady variance
    expect([mean! - lower!, upper! - mean!].map(Math.round)).toEqual([184, 184]);
  });

  test("regimes: probabilities, path and draws of the casino", async () => {
    const [first, second] = await printed(program("regimes/snippet.js"));
    expect(first).toMatch(/^-\d+\.\d{4} [01]{16}$/);
    expect(second).toMatch(/^0\.\d{3} 1000,16$/);
  });

  test("pendulum: four estimates of one angle; with all data one is nearest", async () => {
    const [line] = await printed(program("nonlinear/snippet.js"));
    const [extended, unscented, particles, iterated] = line!.split(" ").map(Number);
    for (const error of [extended!, unscented!, particles!]) {
      expect(error).toBeGreaterThan(iterated!);
      expect(error).toBeLessThan(0.3);
    }
  });

  test("your own model: Van der Pol's Jacobian, and a smoother that converges", async () => {
    const [jacobian, result] = await printed(program("own/snippet.js"));
    expect(jacobian).toBe("1 | dt | -dt*(1 + 2*x*mu*v) | 1 + dt*mu*(1 - x^2)");
    expect(result).toMatch(/^true -\d+\.\d{3}$/);
  });

  test("Lorenz: chaos takes about as many updates as steps, its observer two", async () => {
    const [chaotic, observed, same] = await printed(program("lorenz/snippet.js"));
    const [updates, kept, exponent] = chaotic!.split(" ").map(Number);
    expect(updates).toBeGreaterThan(50);
    expect(kept).toBe(updates! + 2);
    expect(exponent).toBeGreaterThan(0);
    expect(observed).toMatch(/^2 4 -0\.\d{3} true$/);
    expect(same).toBe("true");
  });

  test("predictable: few updates where the exponent is below 0, one step after the other where it is not", async () => {
    const lines = await printed(program("predictable/snippet.js"));
    const rows = lines.filter((_, i) => i % 2 === 0).map(line => line.split(" "));
    expect(rows.map(([gain]) => gain)).toEqual(["0.5", "0.9", "1.6"]);
    expect(rows.map(([, exponent]) => Number(exponent) < 0)).toEqual([true, true, false]);
    expect(Math.abs(Number(rows[0]![2]) - 3)).toBeLessThanOrEqual(1);
    expect(rows[2]!.slice(2)).toEqual(["50", "false"]);
    expect(lines[5]).toMatch(/^sequential/);
  });

  test("are short", () => {
    for (const file of Object.keys(programs))
      expect(
        readFileSync(join(import.meta.dirname, file), "utf8")
          .trimEnd()
          .split("\n").length,
      ).toBeLessThan(20);
  });
});
