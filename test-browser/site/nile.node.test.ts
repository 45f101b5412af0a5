/** Nile and weather: numbers against published and float64 values, every control, both backends, a lost device. */
import type { Page } from "playwright";
import { expect, suite, test } from "vitest";
import { analyse, askedOf } from "../../examples/nile/analyse.ts";
import { CAPTURE_DEVICES, expectFirstResultSoon, runsOf, untilRuns, useSite } from "./harness.ts";
import { expectLooks } from "./looks.ts";
import { after } from "./page_parts.ts";

const site = useSite();

const likelihood = async (page: Page, name: string): Promise<number> =>
  Number(
    await page
      .locator("#likelihoods tr", { hasText: new RegExp(`^${name}`) })
      .locator("td")
      .nth(1)
      .textContent(),
  );
const text = (page: Page, selector: string) => page.locator(selector).textContent();

/** What the form holds. */
const values = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(() => {
    const form = document.querySelector<HTMLFormElement>("#form")!;
    const all = [...form.elements].filter(e => "name" in e && e.name) as (
      | HTMLInputElement
      | HTMLSelectElement
    )[];
    return Object.fromEntries(
      all.map(e => [
        e.name,
        e.type === "checkbox" ? ((e as HTMLInputElement).checked ? "on" : "off") : e.value,
      ]),
    );
  });

suite("Nile and weather", () => {
  test("first result within 3 s; with nothing hidden the published log-likelihood of the Nile", async () => {
    const { page, complaints } = await site.visit("nile/");
    await untilRuns(page);
    await expectFirstResultSoon(page);
    // Sliders stand on powers of ten; the published variances are set by hand.
    await after(page, () =>
      page.evaluate(() => {
        for (const [id, value] of [
          ["levelVariance", Math.log10(1469.1)],
          ["noiseVariance", Math.log10(15099)],
          ["hideLength", 0],
        ] as const) {
          const slider = document.querySelector<HTMLInputElement>(`#${id}`)!;
          slider.step = "any";
          slider.value = String(value);
          slider.dispatchEvent(new Event("input", { bubbles: true }));
        }
      }),
    );
    await expect.poll(() => likelihood(page, "exact")).toBeCloseTo(-633.4646, 3);
    expect(await likelihood(page, "diffuseOmitted")).toBeCloseTo(-632.5456, 3);
    expect(await text(page, "#facts")).toMatch(/100, 0 of them hidden/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("every control changes the numbers into those of the same call in Node", async () => {
    const { page, complaints } = await site.visit("nile/");
    await untilRuns(page);
    const agrees = async () => {
      const wanted = await analyse(
        { ...askedOf(await values(page)), backend: "cpu" },
        new AbortController().signal,
      );
      await expect.poll(() => likelihood(page, "exact")).toBeCloseTo(wanted.logLikelihoods.exact, 3);
      expect(await text(page, "#facts")).toContain(`States${wanted.numStates}`);
    };
    const seen = new Set<number>();
    const step = async (act: () => Promise<unknown>) => {
      await after(page, act);
      await agrees();
      seen.add(await likelihood(page, "exact"));
    };
    await step(() => page.locator("#levelVariance").fill("2"));
    await step(() => page.locator("#noiseVariance").fill("4.5"));
    await step(() => page.getByLabel("with a slope").check());
    await step(() => page.locator("#slopeVariance").fill("1"));
    await step(() => page.locator("#hideFrom").fill("50"));
    await step(() => page.locator("#hideLength").fill("5"));
    await step(() => page.getByLabel("Series").selectOption("weather"));
    await step(() => page.locator("#seasonVariance").fill("-2"));
    expect(seen.size).toBe(8);
    expect(await page.locator("#seasonal-figure").isVisible()).toBe(true);
    expect(await text(page, 'output[for="hideFrom"]')).toMatch(/^2013-/);
    const described = () => page.locator("#fitted").getAttribute("aria-label");
    await after(page, () => page.locator("#horizon").fill("30"));
    expect(await described()).toMatch(/forecast of 30 steps/);
    await after(page, () => page.getByRole("combobox", { name: "Bands" }).selectOption("0.5"));
    expect(await described()).toMatch(/50 % band/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("WebGPU agrees, is named, and a device lost in the middle is replaced", async () => {
    const { page, complaints } = await site.visit("nile/", { before: CAPTURE_DEVICES });
    await untilRuns(page);
    const exact = await likelihood(page, "exact");
    await after(page, () => page.getByRole("combobox", { name: "Computed on" }).selectOption("webgpu"));
    await expect.poll(() => text(page, "#facts")).toMatch(/WebGPU on .*software adapter/);
    expect(await likelihood(page, "exact")).toBeCloseTo(exact, 2);
    const runs = await runsOf(page);
    await page.evaluate(() => {
      const slider = document.querySelector<HTMLInputElement>("#noiseVariance")!;
      slider.value = "4.6";
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      setTimeout(() => (globalThis as unknown as { devices: GPUDevice[] }).devices.at(-1)!.destroy());
    });
    await untilRuns(page, runs + 1, 30_000);
    expect(await text(page, "#status")).toMatch(/lost/);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without WebGPU says so and computes in float64", async () => {
    const { page, complaints } = await site.visit("nile/", { withoutWebGpu: true });
    await untilRuns(page);
    expect(await text(page, "#notice")).toMatch(/no WebGPU/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("looks as it should in both themes", async () => {
    for (const theme of ["light", "dark"] as const) {
      const { page } = await site.visit("nile/", { theme });
      await untilRuns(page);
      await expectLooks(page, `nile-${theme}`);
      await page.context().close();
    }
  });
});
