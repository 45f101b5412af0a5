/** Hidden regimes: numbers against enumeration-tested calls in Node, every control, both backends, a lost device. */
import type { Page } from "playwright";
import { expect, suite, test } from "vitest";
import { infer } from "../../examples/regimes/infer.ts";
import { casino, earthquakes, parametersOf } from "../../examples/regimes/model.ts";
import { CAPTURE_DEVICES, expectFirstResultSoon, runsOf, untilRuns, useSite } from "./harness.ts";
import { expectLooks } from "./looks.ts";
import { after, fact, formValues } from "./page_parts.ts";

const site = useSite();

const text = (page: Page, selector: string) => page.locator(selector).textContent();

suite("Hidden regimes", () => {
  test("first result within 3 s, and it finds most of what the casino did", async () => {
    const { page, complaints } = await site.visit("regimes/");
    await untilRuns(page);
    await expectFirstResultSoon(page);
    // Chance would be right in two thirds of the rolls, the time spent at the fair die.
    expect(Number.parseFloat(await fact(page, "Smoothed mode right"))).toBeGreaterThan(75);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("every control changes the numbers into those of the same call in Node", async () => {
    const { page, complaints } = await site.visit("regimes/");
    await untilRuns(page);
    let rollSeed = 7;
    const seen = new Set<string>();
    const step = async (act: () => Promise<unknown>) => {
      await after(page, act);
      const form = await formValues(page);
      const parameters = parametersOf(form);
      const data = parameters.data === "casino" ? casino(rollSeed) : earthquakes();
      const asked = { parameters, data, draws: 1, seed: 1, backend: "cpu" as const };
      const wanted = await infer(asked, new AbortController().signal);
      await expect.poll(() => fact(page, "Log-likelihood")).toBe(wanted.logLikelihood.toFixed(4));
      expect(await fact(page, "log p(path, y)")).toBe(wanted.logJoint.toFixed(4));
      const cells = await page.locator("#matrix td").allTextContents();
      expect(cells).toContain(wanted.expectedTransitions[0]!.toFixed(2));
      seen.add(await fact(page, "Log-likelihood"));
    };
    await step(() => page.locator("#stay0").fill("0.9"));
    await step(() => page.locator("#stay1").fill("0.8"));
    await step(() => page.locator("#six").fill("0.7"));
    rollSeed = 8;
    await step(() => page.getByRole("button", { name: "New rolls" }).click());
    await step(() => page.getByRole("combobox", { name: "Data" }).selectOption("quakes"));
    await step(() => page.locator("#rate0").fill("14"));
    await step(() => page.locator("#rate1").fill("28"));
    await step(() => page.getByRole("combobox", { name: "Regimes" }).selectOption("3"));
    await step(() => page.locator("#stay2").fill("0.9"));
    await step(() => page.locator("#rate2").fill("33"));
    expect(seen.size).toBe(10);
    const described = () => page.locator("#draws").getAttribute("aria-label");
    await after(page, () => page.locator("#draws-count").fill("20"));
    expect(await described()).toMatch(/^20 draws/);
    await after(page, () => page.getByRole("button", { name: "New draws" }).click());
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("WebGPU agrees, is named, and a device lost in the middle is replaced", async () => {
    const { page, complaints } = await site.visit("regimes/", { before: CAPTURE_DEVICES });
    await untilRuns(page);
    const [logLikelihood, logJoint] = [
      await fact(page, "Log-likelihood"),
      await fact(page, "log p(path, y)"),
    ];
    const runs = await runsOf(page);
    await page.getByRole("combobox", { name: "Computed on" }).selectOption("webgpu");
    await untilRuns(page, runs + 1, 40_000);
    expect(await fact(page, "Computed on")).toMatch(/WebGPU on .*software adapter/);
    expect(Number(await fact(page, "Log-likelihood"))).toBeCloseTo(Number(logLikelihood), 2);
    expect(Number(await fact(page, "log p(path, y)"))).toBeCloseTo(Number(logJoint), 2);
    await page.evaluate(() => {
      const slider = document.querySelector<HTMLInputElement>("#stay0")!;
      slider.value = "0.8";
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      setTimeout(() => (globalThis as unknown as { devices: GPUDevice[] }).devices.at(-1)!.destroy());
    });
    await untilRuns(page, runs + 2, 40_000);
    expect(await text(page, "#status")).toMatch(/lost/);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without WebGPU says so and computes in float64", async () => {
    const { page, complaints } = await site.visit("regimes/", { withoutWebGpu: true });
    await untilRuns(page);
    expect(await text(page, "#notice")).toMatch(/no WebGPU/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("looks as it should in both themes", async () => {
    for (const theme of ["light", "dark"] as const) {
      const { page } = await site.visit("regimes/", { theme });
      await untilRuns(page);
      await expectLooks(page, `regimes-${theme}`);
      await page.context().close();
    }
  });
});
