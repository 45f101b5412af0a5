/** Pendulum and bearings: numbers against the same calls in Node and a textbook filter, every control, links, both backends. */
import type { Page } from "playwright";
import { expect, suite, test } from "vitest";
import {
  assess,
  ESTIMATORS,
  type EstimatorName,
  estimate,
  scaledErrors,
  settingsOf,
} from "../../examples/nonlinear/estimate.ts";
import { parametersOf, SHOWN, scenarioOf, truthOf } from "../../examples/nonlinear/systems.ts";
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
/** Fewer particles and steps: the tests are about the page. */
const QUICK = "#v=1&particles=2&steps=100";

const row = async (page: Page, name: EstimatorName): Promise<string[]> =>
  page.locator(`tr[data-estimator="${name}"] td`).allTextContents();
const values = (page: Page) => formValues(page, "show");

/** What the table has to say of the form as it is, computed here. */
async function wantedRows(form: Record<string, string>): Promise<Map<EstimatorName, string[]>> {
  const parameters = parametersOf(form);
  const scenario = await scenarioOf(parameters);
  const truth = truthOf(parameters, scenario);
  const wanted = new Map<EstimatorName, string[]>();
  for (const name of ESTIMATORS) {
    const found = await estimate(name, parameters.system, scenario, { ...settingsOf(form), backend: "cpu" });
    const { rmse, inside } = assess(found, truth, SHOWN[parameters.system]);
    const numbers = [rmse.toPrecision(3), `${(100 * inside).toFixed(1)} %`, found.logLikelihood.toFixed(3)];
    wanted.set(name, [...numbers, found.remark]);
  }
  return wanted;
}

async function expectRows(page: Page): Promise<void> {
  const wanted = await wantedRows(await values(page));
  for (const [name, [rmse, inside, logLikelihood, remark]] of wanted) {
    const cells = await row(page, name);
    const kind = name === "particles" ? "estimate" : "linearised";
    expect([name, ...cells.slice(1, 4)]).toEqual([name, rmse, inside, `${logLikelihood}${kind}`]);
    expect(cells[5]).toBe(remark);
  }
}

/** The extended Kalman filter of the pendulum as a textbook has it (Särkkä & Svensson 2023, algorithm 7.1), in 2 by 2. */
function textbook(y: ArrayLike<number>, dt: number, noise: number) {
  let [m0, m1] = [1.5, 0];
  let [a, b, d] = [0.09, 0, 0.09];
  let logLikelihood = 0;
  const means: number[] = [];
  for (let t = 0; t < y.length; t++) {
    if (t > 0) {
      const slope = -dt * 9.8 * Math.cos(m0);
      [m0, m1] = [m0 + dt * m1, m1 - dt * 9.8 * Math.sin(m0)];
      const [pa, pb] = [a + dt * b, b + dt * d];
      const [qa, qd] = [slope * a + b, slope * b + d];
      [a, b, d] = [pa + pb * dt + dt ** 3 / 3, pa * slope + pb + dt ** 2 / 2, qa * slope + qd + dt];
    }
    const h = Math.cos(m0);
    const s = h * a * h + noise ** 2;
    const v = y[t]! - Math.sin(m0);
    logLikelihood -= 0.5 * (Math.log(2 * Math.PI * s) + (v * v) / s);
    const [k0, k1] = [(a * h) / s, (b * h) / s];
    [m0, m1] = [m0 + k0 * v, m1 + k1 * v];
    [a, b, d] = [a - k0 * s * k0, b - k0 * s * k1, d - k1 * s * k1];
    means.push(m0);
  }
  return { means, logLikelihood };
}

/** In the page: the longest time within half a second for which nothing else could run. */
function longestPause(): Promise<number> {
  return new Promise<number>(done => {
    let [last, most] = [performance.now(), 0];
    const end = last + 500;
    const tick = () => {
      const now = performance.now();
      most = Math.max(most, now - last);
      last = now;
      if (now < end) setTimeout(tick, 5);
      else done(most);
    };
    tick();
  });
}

suite("Pendulum and bearings", () => {
  test("first result within 3 s; the extended filter is the textbook's", async () => {
    const { page, complaints } = await site.visit("nonlinear/");
    await untilRuns(page);
    await expectFirstResultSoon(page);
    const parameters = parametersOf(await values(page));
    const scenario = await scenarioOf(parameters);
    const truth = truthOf(parameters, scenario);
    const { means, logLikelihood } = textbook(scenario.observations.data, 0.0125, 0.3);
    const rmse = Math.sqrt(means.reduce((sum, m, t) => sum + (m - truth[t]!) ** 2, 0) / means.length);
    const [, error, , likelihood] = await row(page, "ekf");
    expect(error).toBe(rmse.toPrecision(3));
    expect(likelihood).toBe(`${logLikelihood.toFixed(3)}linearised`);
    // With all data one is nearer than with the past alone.
    expect(Number((await row(page, "smoother"))[1])).toBeLessThan(rmse);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("every control changes the numbers into those of the same calls in Node", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit("nonlinear/", { link: QUICK });
    await untilRuns(page);
    await expectRows(page);
    const seen = new Set<string>([await status(page).then(String)]);
    const step = async (act: () => Promise<unknown>) => {
      await after(page, act);
      await expectRows(page);
      seen.add(String(await status(page)));
    };
    await step(() => page.locator("#noise").fill("0.5"));
    await step(() => page.locator("#process").fill("0.5"));
    await step(() => page.locator("#steps").fill("150"));
    await step(() => page.getByRole("button", { name: "Next" }).click());
    await step(() => page.locator("#assumed").fill("-1"));
    await step(() => page.locator("#start").fill("0.3"));
    await step(() => page.locator("#iterations").fill("0"));
    await step(() => page.locator("#particles").fill("2.5"));
    await step(() => page.getByRole("button", { name: "Other particles" }).click());
    expect(await page.locator("#unit").textContent()).toBe("rad");
    await step(() => page.getByRole("combobox", { name: "System" }).selectOption("bearings"));
    expect(await page.locator("#unit").textContent()).toBe("m");
    await step(() => page.locator("#bearing").fill("5"));
    await step(() => page.locator("#sensors").fill("3"));
    expect(seen.size).toBe(13);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("boxes take estimators out of the charts, in either system, without computing again", async () => {
    const { page } = await site.visit("nonlinear/", { link: QUICK });
    await untilRuns(page);
    const described = (id: string) => page.locator(id).getAttribute("aria-label");
    expect(await described("#calibration")).toMatch(/extended Kalman filter, unscented .*particle filter\.$/);
    const runs = await runsOf(page);
    await page.getByRole("checkbox", { name: "extended Kalman filter", exact: true }).uncheck();
    for (const id of ["#angle", "#errors", "#calibration"])
      expect(await described(id)).not.toMatch(/extended/);
    expect(await runsOf(page)).toBe(runs);
    await after(page, () => page.getByRole("combobox", { name: "System" }).selectOption("bearings"));
    expect(await page.locator("#angle").isVisible()).toBe(false);
    expect(await described("#plane")).toMatch(/2 sensors.*particle filter \d/);
    /** Opaque pixels of the plane near the colour of an estimator. */
    const drawn = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>("#plane")!;
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let i = 0; i < data.length; i += 4)
          if (data[i]! > 110 && data[i]! < 135 && data[i + 1]! < 80 && data[i + 2]! > 150) count++;
        return count;
      });
    expect(await drawn()).toBeGreaterThan(100); // #7a3ea8
    await page.getByRole("checkbox", { name: "particle filter" }).uncheck();
    expect(await drawn()).toBeLessThan(5);
    await page.context().close();
  });

  test("estimators that are told too little noise say so in the share inside 95 %", async () => {
    const { page } = await site.visit("nonlinear/", { link: "#v=1&particles=2" });
    await untilRuns(page);
    const inside = async () => Number.parseFloat((await row(page, "smoother"))[2]!);
    const honest = await inside();
    await after(page, () => page.locator("#assumed").fill("-2"));
    expect(honest).toBeGreaterThan(80);
    expect(await inside()).toBeLessThan(honest - 20);
    await page.context().close();
  });

  test("input is taken at once while particles are at work, and the newest setting wins", async () => {
    const { page, complaints } = await site.visit("nonlinear/", { link: "#v=1&particles=2&steps=1000" });
    await untilRuns(page);
    const runs = await runsOf(page);
    // Some 30 million steps of particles: seconds.
    await page.locator("#particles").fill("4.5");
    await expect.poll(() => row(page, "smoother").then(cells => cells[1])).toMatch(/\d/);
    await expect.poll(() => row(page, "particles").then(cells => cells[0])).toBe("the past");
    // The page's own thread is free: particles would keep it for seconds, other work on the machine for a moment.
    let longest = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3 && longest >= 300; attempt++)
      longest = Math.min(longest, await page.evaluate(longestPause));
    expect(longest).toBeLessThan(300);
    expect(await runsOf(page)).toBe(runs);
    await page.locator("#particles").fill("2");
    await page.locator("#noise").fill("0.6");
    await untilRuns(page, runs + 1, 10_000);
    await expectRows(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a link has the settings; what a hash cannot set is named and left", async () => {
    const { page } = await site.visit("nonlinear/", {
      link: QUICK,
      context: { permissions: ["clipboard-read", "clipboard-write"] },
    });
    await untilRuns(page);
    await after(page, () => page.getByRole("combobox", { name: "System" }).selectOption("bearings"));
    await after(page, () => page.locator("#sensors").fill("4"));
    await page.getByRole("checkbox", { name: "particle filter" }).uncheck();
    await page.getByRole("button", { name: "Copy a link" }).click();
    await expect.poll(() => status(page)).toBe("The link is copied.");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const before = [await values(page), await row(page, "ukf")] as const;
    const other = await site.visit("nonlinear/", { link: new URL(link).hash });
    await untilRuns(other.page);
    expect(await values(other.page)).toEqual(before[0]);
    expect((await row(other.page, "ukf")).slice(0, 4)).toEqual(before[1].slice(0, 4));
    expect(await other.page.getByRole("checkbox", { name: "particle filter" }).isChecked()).toBe(false);
    expect(await other.page.locator("#link-notice").isVisible()).toBe(false);
    await other.page.context().close();

    const hostile =
      "#v=1&particles=2&steps=1e9&seed=-1&sensors=99&noise=x&system=%3Cimg%20src%3Dx%3E&foo=1&show=a";
    const bad = await site.visit("nonlinear/", { link: hostile });
    await untilRuns(bad.page);
    expect(await bad.page.locator("#link-notice").textContent()).toMatch(
      /with that value: steps, seed, sensors, noise, system, foo, show\. /,
    );
    expect(await values(bad.page)).toMatchObject({
      steps: "400",
      seed: "1",
      sensors: "2",
      system: "pendulum",
    });
    await expectRows(bad.page);
    expect(bad.complaints).toEqual([]);
    await bad.page.context().close();
    await page.context().close();
  });

  test("a number of the simulation that is none is refused in words", async () => {
    const { page } = await site.visit("nonlinear/", { link: QUICK });
    await untilRuns(page);
    const runs = await runsOf(page);
    await page.locator("#seed").fill("");
    await expect.poll(() => status(page)).toMatch(/whole number from 1 to 99999/);
    await page.locator("#seed").fill("1.5");
    await expect.poll(() => status(page)).toMatch(/whole number from 1 to 99999/);
    expect(await runsOf(page)).toBe(runs);
    await after(page, () => page.getByRole("button", { name: "Next" }).click());
    expect(await page.locator("#seed").inputValue()).toBe("2");
    await page.context().close();
  });

  test("WebGPU agrees with the CPU, is named, and survives the loss of its device", {
    timeout: 90_000,
  }, async () => {
    const { page, complaints } = await site.visit("nonlinear/", { link: QUICK, before: LOST_AT_SUBMIT });
    await untilRuns(page);
    const cpu = await Promise.all(ESTIMATORS.map(name => row(page, name)));
    const runs = await runsOf(page);
    await page.getByRole("combobox", { name: "Computed on" }).selectOption("webgpu");
    await untilRuns(page, runs + 1, 60_000);
    expect(await fact(page, "First three on")).toMatch(/WebGPU on .*software adapter/);
    for (const [i, name] of ESTIMATORS.slice(0, 3).entries()) {
      const gpu = await row(page, name);
      expect(Number(gpu[1])).toBeCloseTo(Number(cpu[i]![1]), 3);
      expect(Number.parseFloat(gpu[3]!)).toBeCloseTo(Number.parseFloat(cpu[i]![3]!), 1);
    }
    await page.evaluate(() =>
      (globalThis as unknown as { loseAtSubmit(): Promise<void> }).loseAtSubmit().then(() => {}),
    );
    await page.locator("#noise").fill("0.4");
    await untilRuns(page, runs + 2, 60_000);
    expect(await status(page)).toMatch(
      /^The GPU device was lost during the run; it was repeated on a new one\./,
    );
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    expect(Number((await row(page, "ekf"))[1])).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without WebGPU says so and computes in float64; a hidden page does too", async () => {
    const { page, complaints } = await site.visit("nonlinear/", { link: QUICK, withoutWebGpu: true });
    await untilRuns(page);
    expect(await page.locator("#notice").textContent()).toMatch(/no WebGPU/);
    expect(await page.locator('option[value="webgpu"]').isDisabled()).toBe(true);
    expect(await fact(page, "Particles on")).toMatch(/CPU, float64/);
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => true });
      Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await after(page, () => page.locator("#noise").fill("0.5"));
    await expectRows(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("works by keyboard, is accessible and fits a phone in both systems", { timeout: 60_000 }, async () => {
    for (const system of ["pendulum", "bearings"] as const) {
      const { page, complaints } = await site.visit("nonlinear/", { link: `${QUICK}&system=${system}` });
      await untilRuns(page);
      await page.locator("#process").focus();
      const before = await page.locator('output[for="process"]').textContent();
      await after(page, () => page.keyboard.press("ArrowRight"));
      expect(await page.locator('output[for="process"]').textContent()).not.toBe(before);
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
      for (const system of ["pendulum", "bearings"] as const) {
        const { page } = await site.visit("nonlinear/", { theme, link: `${QUICK}&system=${system}` });
        await untilRuns(page);
        // Times differ from run to run.
        await page.addStyleTag({
          content: "#table td:nth-of-type(5), #facts, #status { visibility: hidden }",
        });
        await expectLooks(page, `nonlinear-${system}-${theme}`);
        await page.context().close();
      }
  });
});

suite("scaledErrors()", () => {
  test("is the Mahalanobis distance, in the plane too", () => {
    const means = Float64Array.of(1, 2);
    // P = [4, 1; 1, 2], P⁻¹ = [2, −1; −1, 4]/7; e = (1, 2): (2 − 4 + 16)/7 = 2
    const covariances = Float64Array.of(4, 1, 1, 2);
    const found = { means, covariances } as unknown as Parameters<typeof scaledErrors>[0];
    expect(scaledErrors(found, Float64Array.of(0, 0), 2)[0]).toBeCloseTo(Math.SQRT2, 12);
  });
});
