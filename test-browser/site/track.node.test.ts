/** Track: drawing, every control, speed, keyboard, both backends, a lost device. */
import type { Page } from "playwright";
import { expect, suite, test } from "vitest";
import { CAPTURE_DEVICES, expectFirstResultSoon, runsOf, untilRuns, useSite } from "./harness.ts";
import { expectLooks } from "./looks.ts";
import { fact } from "./page_parts.ts";

const site = useSite();

const metres = async (page: Page, name: RegExp): Promise<number> => Number.parseFloat(await fact(page, name));

/** Presses, moves in circles for some seconds, lifts. */
async function drawFor(page: Page, seconds: number): Promise<void> {
  const box = (await page.locator("#stage").boundingBox())!;
  const at = (angle: number) =>
    [
      box.x + box.width * (0.5 + 0.3 * Math.cos(angle)),
      box.y + box.height * (0.5 + 0.3 * Math.sin(angle)),
    ] as const;
  await page.mouse.move(...at(0));
  await page.mouse.down();
  const start = performance.now();
  for (let angle = 0; performance.now() - start < 1000 * seconds; angle += 0.05)
    await page.mouse.move(...at(angle));
}

interface Counting {
  ofLastSecond(): { said: number; counted: number };
}

/** In the page: notes when each run was shown, and compares with what the page says of its last second. */
function countRuns(): void {
  const times: number[] = [];
  const observer = new MutationObserver(() => times.push(performance.now()));
  observer.observe(document.querySelector("main")!, { attributeFilter: ["data-runs"] });
  (globalThis as unknown as Counting).ofLastSecond = () => {
    const term = [...document.querySelectorAll("#facts dt")].find(at =>
      at.textContent!.startsWith("Updates"),
    );
    const last = times.at(-1) ?? 0;
    return {
      said: Number(term!.nextElementSibling!.textContent),
      counted: times.filter(time => last - time <= 1000).length,
    };
  };
}

suite("Track", () => {
  test("shows filter and smoother of a ready path within 3 s; the smoother is nearest", async () => {
    const { page, complaints } = await site.visit("track/");
    await untilRuns(page);
    await expectFirstResultSoon(page);
    const [fix, filter, smoother] = [
      await metres(page, /of a fix/),
      await metres(page, /of the filter/),
      await metres(page, /of the smoother/),
    ];
    expect(fix).toBeGreaterThan(5); // √2 · 4 m
    expect(smoother).toBeLessThan(filter);
    expect(smoother).toBeLessThan(fix);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("follows a drawn path with more than 20 updates a second", async () => {
    const { page, complaints } = await site.visit("track/");
    await untilRuns(page);
    await page.evaluate(countRuns);
    // Other work on the machine may slow one attempt down.
    let most = 0;
    for (let attempt = 0; attempt < 3 && most <= 20; attempt++) {
      await drawFor(page, 2);
      const { said, counted } = await page.evaluate(() => (globalThis as unknown as Counting).ofLastSecond());
      await page.mouse.up();
      // What the page says of itself is what was counted from outside.
      expect(Math.abs(said - counted)).toBeLessThanOrEqual(1);
      most = Math.max(most, said);
    }
    expect(most).toBeGreaterThan(20);
    expect(await page.getByRole("combobox", { name: "Path" }).inputValue()).toBe("drawn");
    expect(Number.parseInt(await fact(page, /Steps/), 10)).toBeGreaterThan(50);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("every control changes what it says", async () => {
    const { page, complaints } = await site.visit("track/");
    await untilRuns(page);
    const changes = async (act: () => Promise<unknown>, name: RegExp): Promise<void> => {
      const [before, runs] = [await fact(page, name), await runsOf(page)];
      await act();
      await untilRuns(page, runs + 1);
      expect(await fact(page, name)).not.toBe(before);
    };
    await changes(() => page.getByLabel("Noise of a fix").fill("8"), /of a fix/);
    await changes(() => page.getByLabel("Time without").fill("60"), /of the smoother/);
    await changes(() => page.getByLabel("agility").fill("3.5"), /Log-likelihood/);
    await changes(() => page.getByRole("combobox", { name: "Bands" }).selectOption("0.5"), /In the smoother/);
    await changes(
      () => page.getByRole("combobox", { name: "Path" }).selectOption("spiral"),
      /of the smoother/,
    );
    await changes(
      () => page.getByRole("combobox", { name: "Path" }).selectOption("zigzag"),
      /of the smoother/,
    );
    await changes(() => page.getByRole("button", { name: "New noise" }).click(), /Log-likelihood/);
    expect(await page.locator('output[for="agility"]').textContent()).toBe("3200");
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await page.locator("#facts").textContent()).toBe("");
    expect(await page.locator("#status").textContent()).toMatch(/Empty/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("WebGPU gives the CPU's numbers, names its adapter, and survives the loss of its device", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit("track/", { before: CAPTURE_DEVICES });
    await untilRuns(page);
    const cpu = await metres(page, /of the smoother/);
    const logLikelihood = Number(await fact(page, /Log-likelihood/));
    const runs = await runsOf(page);
    await page.getByRole("combobox", { name: "Computed on" }).selectOption("webgpu");
    await untilRuns(page, runs + 1, 30_000);
    expect(await fact(page, /Computed on/)).toMatch(/WebGPU on .*software adapter/);
    expect(await metres(page, /of the smoother/)).toBeCloseTo(cpu, 2);
    expect(Number(await fact(page, /Log-likelihood/))).toBeCloseTo(logLikelihood, 1);
    // A run is under way when the device goes.
    await page.evaluate(() => {
      const slider = document.querySelector<HTMLInputElement>("#noise")!;
      slider.value = "6";
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      setTimeout(() => (globalThis as unknown as { devices: GPUDevice[] }).devices.at(-1)!.destroy());
    });
    await untilRuns(page, runs + 2, 30_000);
    expect(await page.locator("#status").textContent()).toMatch(/lost/);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without WebGPU says so and computes in float64", async () => {
    const { page, complaints } = await site.visit("track/", { withoutWebGpu: true });
    await untilRuns(page);
    expect(await page.locator("#notice").textContent()).toMatch(/no WebGPU/);
    expect(await page.locator('option[value="webgpu"]').isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("looks as it should in both themes", async () => {
    for (const theme of ["light", "dark"] as const) {
      const { page } = await site.visit("track/", { theme });
      await untilRuns(page);
      await expectLooks(page, `track-${theme}`);
      await page.context().close();
    }
  });
});
