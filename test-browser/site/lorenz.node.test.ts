/** Lorenz, all at once: iterates against Newton's method written out here, every control against the same calls in Node, links, both backends. */
import type { Page } from "playwright";
import { expect, suite, test } from "vitest";
import { compute, type Evaluated } from "../../examples/lorenz/compute.ts";
import { settingsOf } from "../../examples/lorenz/settings.ts";
import { chaoticObserver, evaluate } from "../../src/api/index.ts";
import {
  axeViolations,
  expectFirstResultSoon,
  expectNoSidewaysScroll,
  runsOf,
  untilRuns,
  useSite,
} from "./harness.ts";
import { expectLooks } from "./looks.ts";
import { after, fact, formValues, status } from "./page_parts.ts";
import { LOST_AT_SUBMIT } from "./worker_prelude.ts";

const site = useSite();
const QUICK = "#v=1&steps=300";
const CHAOS = "#v=1&scene=system&steps=200&most=300";

const shown = (page: Page) => page.locator('output[for="update"]').textContent();

/** Facts of the form as it is, against the same calls in Node. */
async function expectFacts(page: Page): Promise<Evaluated> {
  const form = settingsOf(await formValues(page));
  const wanted = await compute({ ...form, backend: "cpu" });
  expect(await fact(page, "Updates")).toBe(
    wanted.converged ? `${wanted.iterations}` : `${wanted.iterations}, not converged`,
  );
  expect(await fact(page, "Resets")).toBe(`${wanted.resets}`);
  const exponent = Number.parseFloat(await fact(page, "Lyapunov exponent"));
  expect(Math.abs(exponent - wanted.lyapunov)).toBeLessThanOrEqual(0.051 * Math.abs(wanted.lyapunov));
  return wanted;
}

type Vector = [number, number, number];
const DT = 0.01;
const C = [-0.7203007280025545, -0.26062232600173396, 1.6815685055837928] as const;
const lorenz = ([x, y, z]: Vector): Vector => [
  x + DT * 10 * (y - x),
  y + DT * (28 * x - y - x * z),
  z + DT * (x * y - (8 / 3) * z),
];
/** The observer that takes y over, gain 1: x and z of a step, and its Jacobian in x and z. */
function observerStep([x, , z]: Vector, driver: Vector) {
  const y = driver[1];
  const told = C[0] * (driver[0] - x) + C[2] * (driver[2] - z);
  const [fx, fy, fz] = lorenz([x, y, z]);
  const next: Vector = [fx + DT * C[0] * told, fy + DT * C[1] * told, fz + DT * C[2] * told];
  // Rows x, y, z; columns x and z: y is replaced before the step.
  const slopes = [
    [1 - DT * 10 - DT * C[0] * C[0], -DT * C[0] * C[2]],
    [DT * (28 - z) - DT * C[1] * C[0], -DT * x - DT * C[1] * C[2]],
    [DT * y - DT * C[2] * C[0], 1 - DT * (8 / 3) - DT * C[2] * C[2]],
  ];
  return { next, slopes };
}

/** Largest errors of Newton's iterates from zeros, and the updates until the merit per step is 1e-10. */
async function textbook(T: number) {
  const { observer, system } = await chaoticObserver("lorenz");
  const drivers: Vector[] = [Array.from(system.initialState as Float64Array) as Vector];
  for (let t = 1; t < T; t++) drivers.push(lorenz(drivers[t - 1]!));
  const start = Array.from(observer.initialState as Float64Array) as Vector;
  const truth: Vector[] = [];
  for (let t = 0; t < T; t++) truth.push(observerStep(t ? truth[t - 1]! : start, drivers[t]!).next);
  let guess = truth.map((): Vector => [0, 0, 0]);
  const errors: number[] = [];
  for (let k = 0; ; k++) {
    const steps = drivers.map((driver, t) => observerStep(t ? guess[t - 1]! : start, driver));
    const distance = (a: readonly Vector[], i: number, b: readonly Vector[]) =>
      Math.max(...a[i]!.map((value, c) => Math.abs(value - b[i]![c]!)));
    errors.push(Math.max(...guess.map((_, t) => distance(guess, t, truth))));
    const residuals = steps.map(({ next }, t) =>
      next.reduce((sum, v, c) => sum + (guess[t]![c]! - v) ** 2, 0),
    );
    if (residuals.reduce((a, b) => a + b) / (2 * T) <= 1e-10) return { errors, updates: k };
    const better: Vector[] = [];
    for (const [t, { next, slopes }] of steps.entries()) {
      const [dx, dz] = t ? [0, 2].map(c => better[t - 1]![c]! - guess[t - 1]![c]!) : [0, 0];
      better.push(next.map((v, c) => v + slopes[c]![0]! * dx! + slopes[c]![1]! * dz!) as Vector);
    }
    guess = better;
  }
}

suite("Lorenz, all at once", () => {
  test("first result within 3 s: the observer takes two updates, and is that of the library", async () => {
    const { page, complaints } = await site.visit("lorenz/");
    await untilRuns(page);
    await expectFirstResultSoon(page);
    expect(await fact(page, "Updates")).toBe("2");
    expect(await fact(page, "Lyapunov exponent")).toMatch(/^-0\.\d+ a step, -\d.*: predictable$/);
    expect(Number(await fact(page, "Largest error"))).toBeLessThan(1e-10);
    const { truth } = await compute(settingsOf(await formValues(page)));
    const { observer, drivers } = await chaoticObserver("lorenz");
    const { states } = await evaluate(observer, undefined, drivers(1000), {
      method: "sequential",
      backend: "cpu",
    });
    expect([...truth]).toEqual([...states.data]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("every iterate is as far off as Newton's method written out", async () => {
    const { page } = await site.visit("lorenz/", { link: `${QUICK}&guess=zeros` });
    await untilRuns(page);
    const { errors, updates } = await textbook(300);
    expect(await fact(page, "Updates")).toBe(`${updates}`);
    expect(updates).toBe(2);
    for (let k = 0; k < updates; k++) {
      await page.locator("#update").fill(`${k}`);
      const text = await shown(page);
      expect(text).toMatch(new RegExp(`^${k} of ${updates + 1}, error `));
      // Two digits are shown.
      expect(Math.abs(Number(text!.split("error ")[1]) / errors[k]! - 1)).toBeLessThan(0.051);
    }
    await page.context().close();
  });

  test("x taken over leaves what is linear, one update; chaos takes about a hundred and resets", async () => {
    const { page } = await site.visit("lorenz/", { link: QUICK });
    await untilRuns(page);
    await after(page, () => page.getByRole("combobox", { name: "Taken over" }).selectOption("x"));
    expect(await fact(page, "Updates")).toBe("1");
    await after(page, () => page.getByRole("combobox", { name: /^System/ }).selectOption("system"));
    expect(await page.getByRole("combobox", { name: "Taken over" }).isVisible()).toBe(false);
    expect(Number(await fact(page, "Updates"))).toBeGreaterThan(50);
    expect(Number(await fact(page, "Resets"))).toBeGreaterThan(0);
    expect(await fact(page, "Lyapunov exponent")).toMatch(/^0\.\d+ a step.*: chaotic$/);
    expect(await status(page)).toMatch(/one after the other is \d+ times faster\. On the CPU nothing/);
    await page.context().close();
  });

  test("every control changes the numbers into those of the same calls in Node", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit("lorenz/", { link: QUICK });
    await untilRuns(page);
    const seen = new Set<string>([(await page.locator("#merits").getAttribute("aria-label"))!]);
    const step = async (act: () => Promise<unknown>) => {
      await after(page, act);
      await expectFacts(page);
      seen.add((await page.locator("#merits").getAttribute("aria-label"))!);
    };
    const choose = (name: string, value: string) => () =>
      page.getByRole("combobox", { name }).selectOption(value);
    await step(choose("Taken over", "z"));
    await step(() => page.locator("#gain").fill("0.5"));
    await step(() => page.locator("#steps").fill("200"));
    await step(() => page.getByRole("button", { name: "Another guess" }).click());
    await step(() => page.locator("#damping").fill("0.3"));
    await step(choose("Method", "quasi"));
    await step(choose("Method", "jacobi"));
    await step(choose("Method", "picard"));
    await step(choose("Method", "elk"));
    await step(() => page.locator("#trust").fill("0"));
    await step(choose("Guess", "tiled"));
    expect(await page.getByRole("button", { name: "Another guess" }).isVisible()).toBe(false);
    await step(() => page.locator("#most").fill("10"));
    expect(await fact(page, "Updates")).toBe("10, not converged");
    expect(await status(page)).toMatch(/^Not converged in 10 updates \(maxIterations\)\./);
    expect(seen.size).toBe(13);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("plays the updates, stops, and shows the one that is clicked", async () => {
    const { page } = await site.visit("lorenz/", { link: CHAOS });
    await untilRuns(page);
    const last = Number(await page.locator("#update").getAttribute("max"));
    expect(last).toBeGreaterThan(50);
    const described = () => page.locator("#plane").getAttribute("aria-label");
    expect(await described()).toMatch(/after 1 update,/);
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(async () => Number(await page.locator("#update").inputValue())).toBeGreaterThan(5);
    await page.getByRole("button", { name: "Stop" }).click();
    const at = await page.locator("#update").inputValue();
    expect(await described()).toContain(`after ${at} updates,`);
    await page.locator("#heat").click({ position: { x: 100, y: 8 } });
    expect(Number(await page.locator("#update").inputValue())).toBeLessThan(5);
    await page.locator("#update").focus();
    await page.keyboard.press("End");
    expect(await shown(page)).toMatch(new RegExp(`^${last} of ${last}, error `));
    await page.context().close();
  });

  test("input is taken at once while iterations go on, and the newest setting wins", async () => {
    const { page, complaints } = await site.visit("lorenz/", { link: QUICK });
    await untilRuns(page);
    const runs = await runsOf(page);
    // Some 3 million steps: seconds.
    await page.evaluate(() => {
      const set = (name: string, value: string) => {
        (
          document.querySelector<HTMLFormElement>("#form")!.elements.namedItem(name) as HTMLInputElement
        ).value = value;
      };
      set("steps", "3000");
      set("most", "1000");
    });
    await page.getByRole("combobox", { name: "Method" }).selectOption("picard");
    await expect.poll(() => status(page), { timeout: 5000 }).toBe("Computing …");
    expect(await runsOf(page)).toBe(runs);
    await page.locator("#steps").fill("300");
    await page.getByRole("combobox", { name: "Method" }).selectOption("newton");
    await untilRuns(page, runs + 1);
    await expect.poll(() => fact(page, "Updates")).toBe("2");
    // The longer one was given up: one result of the new number of steps, one of the new method.
    expect(await runsOf(page)).toBeLessThanOrEqual(runs + 2);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a link has the settings; what a hash cannot set is named and left", async () => {
    const { page } = await site.visit("lorenz/", {
      link: QUICK,
      context: { permissions: ["clipboard-read", "clipboard-write"] },
    });
    await untilRuns(page);
    await after(page, () => page.getByRole("combobox", { name: "Method" }).selectOption("elk"));
    await after(page, () => page.locator("#trust").fill("1"));
    await after(page, () => page.getByRole("button", { name: "Another guess" }).click());
    await page.getByRole("button", { name: "Copy a link" }).click();
    await expect.poll(() => status(page)).toBe("The link is copied.");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const other = await site.visit("lorenz/", { link: new URL(link).hash });
    await untilRuns(other.page);
    expect(await formValues(other.page)).toEqual(await formValues(page));
    for (const name of ["Updates", "Merit per step", "Largest error"])
      expect(await fact(other.page, name)).toBe(await fact(page, name));
    expect(await other.page.locator("#link-notice").isVisible()).toBe(false);
    await other.page.context().close();
    const bad = await site.visit("lorenz/", {
      link: "#v=1&steps=1e9&method=%3Cimg%3E&gain=x&seed=-1&foo=1&scene=chua",
    });
    await untilRuns(bad.page);
    expect(await bad.page.locator("#link-notice").textContent()).toMatch(
      /with that value: steps, method, gain, seed, foo, scene\. /,
    );
    expect(await formValues(bad.page)).toMatchObject({
      steps: "1000",
      method: "newton",
      gain: "1",
      seed: "0",
    });
    expect(bad.complaints).toEqual([]);
    await bad.page.context().close();
    await page.context().close();
  });

  test("WebGPU takes as many updates, is named, and survives the loss of its device", {
    timeout: 90_000,
  }, async () => {
    const { page, complaints } = await site.visit("lorenz/", { link: QUICK, before: LOST_AT_SUBMIT });
    await untilRuns(page);
    const runs = await runsOf(page);
    await page.getByRole("combobox", { name: "Computed on" }).selectOption("webgpu");
    await untilRuns(page, runs + 1, 60_000);
    expect(await fact(page, "All at once")).toMatch(/WebGPU on .*software adapter/);
    expect(await fact(page, "Updates")).toBe("2");
    // float32 on a range of 40.
    expect(Number(await fact(page, "Largest error"))).toBeLessThan(1e-3);
    expect(await status(page)).toMatch(/one after the other is .* A software adapter is the CPU in disguise/);
    await page.evaluate(() =>
      (globalThis as unknown as { loseAtSubmit(): Promise<void> }).loseAtSubmit().then(() => {}),
    );
    await page.locator("#gain").fill("2");
    await untilRuns(page, runs + 2, 60_000);
    expect(await status(page)).toMatch(
      /^The GPU device was lost during the run; it was repeated on a new one\./,
    );
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without WebGPU says so and computes in float64; a hidden page does too, and does not play", async () => {
    const { page, complaints } = await site.visit("lorenz/", { link: CHAOS, withoutWebGpu: true });
    await untilRuns(page);
    expect(await page.locator("#notice").textContent()).toMatch(/no WebGPU/);
    expect(await page.locator('option[value="webgpu"]').isDisabled()).toBe(true);
    expect(await fact(page, "All at once")).toMatch(/CPU, float64/);
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => true });
      Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForTimeout(300);
    expect(await page.locator("#update").inputValue()).toBe("1");
    await after(page, () => page.locator("#steps").fill("100"));
    expect(complaints).toEqual([]);
    await expectFacts(page);
    await page.context().close();
  });

  test("works by keyboard, is accessible and fits a phone in both scenes", { timeout: 60_000 }, async () => {
    for (const link of [QUICK, CHAOS]) {
      const { page, complaints } = await site.visit("lorenz/", { link });
      await untilRuns(page);
      await page.locator("#steps").focus();
      await after(page, () => page.keyboard.press("ArrowLeft"));
      expect(await axeViolations(page)).toEqual([]);
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 640 });
        await expectNoSidewaysScroll(page);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });

  test("looks as it should in both themes", { timeout: 60_000 }, async () => {
    for (const theme of ["light", "dark"] as const)
      for (const [name, link] of [
        ["observer", QUICK],
        ["system", `${CHAOS}`],
      ] as const) {
        const { page } = await site.visit("lorenz/", { theme, link });
        await untilRuns(page);
        if (name === "system") await page.locator("#update").fill("60");
        // Times differ from run to run.
        await page.addStyleTag({ content: "#facts, #status { visibility: hidden }" });
        await expectLooks(page, `lorenz-${name}-${theme}`);
        await page.context().close();
      }
  });
});
