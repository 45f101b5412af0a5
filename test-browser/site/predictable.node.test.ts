/** Predictable is parallelisable: exponents against products of Jacobians made here, every control against Node, the sweep, links, backends. */
import type { Page } from "playwright";
import { expect, suite, test } from "vitest";
import { GAINS, measure, settingsOf } from "../../examples/predictable/compute.ts";
import { meanFieldRnn } from "../../src/api/index.ts";
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
const SMALL = "#v=1&size=8&steps=100";
const QUICK = `${SMALL}&sweep=off`;

const verdict = (page: Page) => page.locator("#verdict").textContent();
const described = async (page: Page, id: string) => (await page.locator(id).getAttribute("aria-label")) ?? "";
const values = (page: Page) => formValues(page, "sweep");

/** λ of s' = W tanh(s) + u: the mean growth of one difference that goes along, W diag(1 − tanh² s) v. */
async function exponent(gain: number, size: number, T: number, seed = 0): Promise<number> {
  const { parameters: W, initialState, drawInputs } = await meanFieldRnn({ gain, size, seed });
  const u = drawInputs!(T, seed).data;
  let s = Array.from(initialState as Float64Array);
  let v = s.map((_, i) => Math.cos(i) / Math.sqrt(size));
  let sum = 0;
  const times = (x: readonly number[]) =>
    x.map((_, i) => x.reduce((total, value, j) => total + W[i * size + j]! * value, 0));
  for (let t = 0; t < T; t++) {
    const saturated = s.map(Math.tanh);
    v = times(v.map((value, i) => value * (1 - saturated[i]! ** 2)));
    s = times(saturated).map((value, i) => value + u[t * size + i]!);
    const length = Math.hypot(...v);
    sum += Math.log(length);
    v = v.map(value => value / length);
  }
  return sum / T;
}

/** Facts of the form as it is, against the same calls in Node. */
async function expectFacts(page: Page): Promise<void> {
  const wanted = await measure({ ...settingsOf(await values(page)), backend: "cpu" });
  expect(await fact(page, "Updates")).toBe(
    wanted.converged ? `${wanted.iterations}` : `${wanted.iterations}, not converged`,
  );
  expect(await fact(page, "Predicted updates")).toBe(`${wanted.predicted}`);
  expect(await fact(page, "Lyapunov exponent")).toMatch(
    wanted.lyapunov < 0 ? /^-\d.*: predictable$/ : /^\d.*: chaotic$/,
  );
  expect(await fact(page, "Resets")).toBe(`${wanted.resets}`);
}

/** In the page: 64 units, and no sweep any more as soon as its first point is drawn. */
async function stopAtFirstPoint(): Promise<void> {
  const chart = document.querySelector("#updates")!;
  const sweep = document.querySelector<HTMLInputElement>("[name=sweep]")!;
  const size = document.querySelector<HTMLSelectElement>("[name=size]")!;
  await new Promise<void>(drawn => {
    new MutationObserver((_, observer) => {
      if (!/\. 0\.5: \d+\.$/.test(chart.ariaLabel ?? "")) return;
      observer.disconnect();
      sweep.click();
      drawn();
    }).observe(chart, { attributeFilter: ["aria-label"] });
    size.value = "64";
    size.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

suite("Predictable is parallelisable", () => {
  test("first result within 3 s; exponents are those of products of Jacobians", async () => {
    const { page, complaints } = await site.visit("predictable/", { link: "#v=1&gain=0.5" });
    await untilRuns(page);
    await expectFirstResultSoon(page);
    // 3 at D = 100 and T = 1000 in the literature.
    expect(Math.abs(Number(await fact(page, "Updates")) - 3)).toBeLessThanOrEqual(1);
    for (const gain of [0.5, 2]) {
      if (gain === 2) await after(page, () => page.locator("#gain").fill("2"));
      const [shown, wanted] = [
        Number.parseFloat(await fact(page, "Lyapunov exponent")),
        await exponent(gain, 32, 300),
      ];
      expect(Math.sign(wanted)).toBe(gain === 2 ? 1 : -1);
      // The first steps are not yet along the direction that grows most, and it has two digits.
      expect(Math.abs(shown - wanted)).toBeLessThan(0.03);
    }
    expect(await fact(page, "Updates")).toBe("100, not converged");
    expect(await verdict(page)).toMatch(
      /^At g = 2 the network is chaotic \(λ = 0\.\d+\); all at once did not converge in 100 updates \((maxIterations|diverged)\)\. .*one after the other is \d+ times faster\. On the CPU nothing is done at the same time/,
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("every control changes the numbers into those of the same calls in Node", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit("predictable/", { link: QUICK });
    await untilRuns(page);
    const seen = new Set<string>([await described(page, "#merits")]);
    const step = async (act: () => Promise<unknown>) => {
      await after(page, act);
      await expectFacts(page);
      seen.add(await described(page, "#merits"));
    };
    await step(() => page.locator("#gain").fill("1.3"));
    await step(() => page.getByRole("combobox", { name: "Units" }).selectOption("16"));
    await step(() => page.locator("#steps").fill("200"));
    await step(() => page.getByRole("button", { name: "Another network" }).click());
    await step(() => page.getByRole("combobox", { name: "Method" }).selectOption("quasi"));
    await step(() => page.locator("#most").fill("10"));
    expect(seen.size).toBe(7);
    expect(await fact(page, "Network")).toBe("16 units, 200 steps");
    expect(await status(page)).toMatch(/^At g = 1\.3 all at once did not converge in 10 updates/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("the sweep goes over all gains, stays while the dial moves, begins anew for another network, and can be stopped", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit("predictable/", { link: SMALL });
    await untilRuns(page);
    await expect
      .poll(() => status(page), { timeout: 20_000 })
      .toMatch(/^The sweep is done\. All at once converged at/);
    expect(await page.locator("#progress").getAttribute("value")).toBe("16");
    const counts = (await described(page, "#updates")).replace("Updates against the gain. ", "").slice(0, -1);
    const made = counts.split(", ").map(word => word.split(": "));
    expect(made.map(([gain]) => Number(gain))).toEqual(GAINS);
    const form = settingsOf(await values(page));
    for (const at of [0, 5, 15]) {
      const { converged, iterations } = await measure({ ...form, gain: GAINS[at]! });
      expect(made[at]![1]).toBe(converged ? `${iterations}` : "not converged");
    }
    const exponents = await described(page, "#exponents");
    await after(page, () => page.locator("#gain").fill("1.5"));
    expect(await page.locator("#progress").getAttribute("value")).toBe("16");
    expect(await described(page, "#exponents")).toBe(exponents);
    // Slow ones: the points go, and stopping leaves what there is.
    const runs = await runsOf(page);
    await page.evaluate(stopAtFirstPoint);
    await untilRuns(page, runs + 2);
    const left = await described(page, "#updates");
    expect(left.split(", ").length).toBeLessThan(16);
    await page.waitForTimeout(1500);
    expect(await described(page, "#updates")).toBe(left);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("the newest setting wins while a sweep is at work", async () => {
    const { page, complaints } = await site.visit("predictable/", { link: "#v=1&size=100&steps=500" });
    await untilRuns(page);
    const runs = await runsOf(page);
    await page.locator("#gain").fill("2");
    await page.locator("#gain").fill("1.9");
    await page.getByRole("combobox", { name: "Units" }).selectOption("4");
    await page.locator("#gain").fill("0.6");
    await untilRuns(page, runs + 1, 10_000);
    await expect.poll(() => fact(page, "Network")).toBe("4 units, 500 steps");
    await expect.poll(() => verdict(page)).toMatch(/^At g = 0\.6 the network is predictable/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a link has the settings; what a hash cannot set is named and left", async () => {
    const { page } = await site.visit("predictable/", {
      link: QUICK,
      context: { permissions: ["clipboard-read", "clipboard-write"] },
    });
    await untilRuns(page);
    await after(page, () => page.locator("#gain").fill("1.2"));
    await after(page, () => page.getByRole("button", { name: "Another network" }).click());
    await page.getByRole("button", { name: "Copy a link" }).click();
    await expect.poll(() => status(page)).toBe("The link is copied.");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const other = await site.visit("predictable/", { link: new URL(link).hash });
    await untilRuns(other.page);
    expect(await values(other.page)).toEqual(await values(page));
    expect(await other.page.getByRole("checkbox", { name: "Sweep" }).isChecked()).toBe(false);
    for (const name of ["Updates", "Lyapunov exponent", "Merit per step"])
      expect(await fact(other.page, name)).toBe(await fact(page, name));
    await other.page.context().close();
    const bad = await site.visit("predictable/", {
      link: "#v=1&size=7&steps=1e9&gain=-1&seed=x&sweep=maybe&foo=1",
    });
    await untilRuns(bad.page);
    expect(await bad.page.locator("#link-notice").textContent()).toMatch(
      /with that value: size, steps, gain, seed, sweep, foo\. /,
    );
    expect(await values(bad.page)).toMatchObject({ size: "32", steps: "300", gain: "0.9", seed: "0" });
    expect(bad.complaints).toEqual([]);
    await bad.page.context().close();
    await page.context().close();
  });

  test("WebGPU takes as many updates, is named, and survives the loss of its device", {
    timeout: 90_000,
  }, async () => {
    const { page, complaints } = await site.visit("predictable/", { link: QUICK, before: LOST_AT_SUBMIT });
    await untilRuns(page);
    const [runs, updates] = [await runsOf(page), await fact(page, "Updates")];
    await page.getByRole("combobox", { name: "Computed on" }).selectOption("webgpu");
    await untilRuns(page, runs + 1, 60_000);
    expect(await fact(page, "All at once")).toMatch(/WebGPU on .*software adapter/);
    expect(await fact(page, "Updates")).toBe(updates);
    expect(Number(await fact(page, "Largest error"))).toBeLessThan(1e-4);
    expect(await verdict(page)).toMatch(
      /one after the other is .* A software adapter is the CPU in disguise/,
    );
    await page.evaluate(() =>
      (globalThis as unknown as { loseAtSubmit(): Promise<void> }).loseAtSubmit().then(() => {}),
    );
    await page.locator("#gain").fill("0.7");
    await untilRuns(page, runs + 2, 60_000);
    expect(await status(page)).toMatch(
      /^The GPU device was lost during the run; it was repeated on a new one\./,
    );
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without WebGPU says so and computes in float64; a hidden page does too", async () => {
    const { page, complaints } = await site.visit("predictable/", { link: QUICK, withoutWebGpu: true });
    await untilRuns(page);
    expect(await page.locator("#notice").textContent()).toMatch(/no WebGPU/);
    expect(await page.locator('option[value="webgpu"]').isDisabled()).toBe(true);
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => true });
      Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await after(page, () => page.locator("#gain").fill("1.1"));
    await expectFacts(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("works by keyboard, is accessible and fits a phone", { timeout: 60_000 }, async () => {
    const { page, complaints } = await site.visit("predictable/", { link: SMALL });
    await untilRuns(page);
    await page.locator("#gain").focus();
    await after(page, () => page.keyboard.press("ArrowRight"));
    expect(await page.locator('output[for="gain"]').textContent()).toBe("0.95");
    await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^The sweep is done/);
    expect(await axeViolations(page)).toEqual([]);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 640 });
      await expectNoSidewaysScroll(page);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("looks as it should in both themes", { timeout: 60_000 }, async () => {
    for (const theme of ["light", "dark"] as const) {
      const { page } = await site.visit("predictable/", { theme, link: SMALL });
      await untilRuns(page);
      await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^The sweep is done/);
      // Times differ from run to run.
      await page.addStyleTag({
        content: "#verdict { height: 5rem } #verdict, #facts, #status, #times { visibility: hidden }",
      });
      await expectLooks(page, `predictable-${theme}`);
      await page.context().close();
    }
  });
});
