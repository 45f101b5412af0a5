/** Your CSV: every control, links, cancelling, a lost device, no WebGPU, keyboard, looks. */
import { expect, suite, test } from "vitest";
import { alertText, choose, file, kind, paste, rowsOf, useFolder } from "./csv_page.ts";
import {
  axeViolations,
  CAPTURE_DEVICES,
  expectFirstResultSoon,
  expectNoSidewaysScroll,
  runsOf,
  untilRuns,
  useSite,
} from "./harness.ts";
import { expectLooks } from "./looks.ts";
import { after, fact, status } from "./page_parts.ts";

const site = useSite();
useFolder();

suite("Your CSV", () => {
  test("smooths the Nile within 3 s of loading", async () => {
    const { page, complaints } = await site.visit("csv/");
    await untilRuns(page);
    await expectFirstResultSoon(page);
    expect(await fact(page, /Log-likelihood/)).toMatch(/^-63\d\.\d{3} nats$/);
    expect(await status(page)).toMatch(/nile\.csv.*commas.*One row every year/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("every control of the model changes the result, and a link brings it back", async () => {
    const { page, complaints } = await site.visit("csv/", {
      context: { permissions: ["clipboard-read", "clipboard-write"] },
    });
    await untilRuns(page);
    const changes = async (act: () => Promise<unknown>): Promise<void> => {
      const before = await fact(page, /Log-likelihood/);
      await after(page, act);
      expect(await fact(page, /Log-likelihood/)).not.toBe(before);
    };
    const slide = (name: string, value: string) => () => page.getByLabel(name, { exact: true }).fill(value);
    await changes(slide("Level variance", "0.5"));
    expect(await fact(page, /Log-likelihood/)).toMatch(/; before: -63/);
    await changes(slide("Noise variance", "-0.5"));
    await changes(() => page.getByRole("button", { name: "Start again" }).click());
    await changes(() => kind(page, "trend"));
    await changes(slide("Slope variance", "2"));
    await changes(() => kind(page, "smooth"));
    await changes(() => kind(page, "seasonal"));
    await changes(slide("Steps in a season", "7"));
    await changes(slide("Waves in a season", "3"));
    await changes(slide("Season variance", "3"));
    expect(await page.locator("#charts figure").count()).toBe(2);
    await changes(() => kind(page, "counts"));
    await changes(() => kind(page, "regimes"));
    await changes(slide("Regimes", "3"));
    await changes(slide("Chance to stay in a regime", "0.95"));
    await changes(slide("Noise variance", "0.5"));
    expect(await fact(page, /Regimes of flow/)).toMatch(/^0: .* ± .*, 1: .*, 2: /);
    await after(page, () => page.getByLabel("Band holds").selectOption("0.5"));
    await after(page, () => page.getByLabel("Steps of forecast").fill("25"));
    await after(page, () => page.getByLabel("Runs on").selectOption("cpu"));
    const found = await fact(page, /Log-likelihood/);
    await page.getByRole("button", { name: /Copy a link/ }).click();
    await page.waitForFunction(() => /link is copied/.test(document.querySelector("#status")!.textContent!));
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const again = await site.visit("csv/", { link: new URL(link).hash });
    await untilRuns(again.page);
    expect((await fact(again.page, /Log-likelihood/)).split(" ")[0]).toBe(found.split(" ")[0]);
    expect(await again.page.getByLabel("Steps of forecast").inputValue()).toBe("25");
    expect([...complaints, ...again.complaints]).toEqual([]);
    await page.context().close();
    await again.page.context().close();
  });

  test("every control of the columns: time, several values, series, separators, header, dates, holes, every k-th", async () => {
    const { page, complaints } = await site.visit("csv/");
    await untilRuns(page);
    await after(page, () => page.getByRole("button", { name: "Seattle weather" }).click());
    expect(await page.getByLabel("Steps in a season").inputValue()).toBe("365.25");
    expect(await fact(page, /^Steps/)).toBe("1,461");
    await after(page, () => kind(page, "level"));
    await after(page, () => page.getByLabel("temp_min").check());
    expect(await page.locator("#charts figure").count()).toBe(2);
    await after(page, () => page.getByLabel("Time", { exact: true }).selectOption(""));
    await after(page, () => page.getByLabel(/Several series/).selectOption({ label: "weather" }));
    expect(await page.getByLabel("Series to show").locator("option").allTextContents()).toContain("snow");
    await after(page, () => page.getByLabel("Series to show").selectOption("snow"));
    expect(Number(await fact(page, /^Steps/))).toBeLessThan(60);
    await page.getByText("How the file was read").click();
    await after(page, () => page.getByRole("button", { name: "Earthquakes" }).click());
    expect(await page.getByLabel("What the series is made of").inputValue()).toBe("counts");
    await after(page, () =>
      page
        .getByLabel(/every k-th/)
        .fill("2")
        .then(() => page.keyboard.press("Tab")),
    );
    expect(await fact(page, /^Steps/)).toBe("54");

    const text = `when;"level";x\n${Array.from({ length: 12 }, (_, i) =>
      i === 6 ? "" : `0${1 + (i % 9)}/01/2024;${i},5;${i}`,
    )
      .filter((row, i) => row && i < 9)
      .join("\n")}\n`;
    await after(page, () => paste(page, text));
    expect(await status(page)).toMatch(
      /semicolons, decimals behind a comma.*read as month\/day\/year; the file does not tell/,
    );
    expect(await status(page)).toMatch(/One row every month; 1 step without a row/);
    await after(page, () => page.getByLabel("Dates like").selectOption("dmy"));
    expect(await status(page)).toMatch(/One row every day; 1 step/);
    await after(page, () => page.getByLabel("Times without a row").selectOption("ignore"));
    expect(await status(page)).toMatch(/equally spaced/);
    await page.getByLabel("Decimals").selectOption(".");
    await expect.poll(() => alertText(page)).toMatch(/Line 2, column “level”.*“0,5”.*behind a comma/);
    await after(page, () => page.getByLabel("Decimals").selectOption(","));
    await page.getByLabel("First row", { exact: true }).selectOption("no");
    await expect.poll(() => alertText(page)).toMatch(/Line 1, column “column 2”.*“level”/);
    await after(page, () => page.getByLabel("First row", { exact: true }).selectOption("yes"));
    await page.getByLabel("Cells are separated by").selectOption("\t");
    await expect.poll(() => alertText(page)).toMatch(/A column of numbers expected, got none/);
    await after(page, () => page.getByLabel("Cells are separated by").selectOption(""));
    await page.getByLabel("level", { exact: true }).uncheck();
    await expect.poll(() => alertText(page)).toMatch(/Choose one under “Values”/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a run is cancelled in the middle", async () => {
    const { page, complaints } = await site.visit("csv/");
    await untilRuns(page);
    await choose(
      page,
      file(
        "seasons.csv",
        rowsOf(100_000, t => (t % 11 === 3 ? "" : String((t * t) % 17))),
      ),
    );
    await untilRuns(page, 2, 30_000);
    const runs = await runsOf(page);
    await kind(page, "seasonal");
    await page.getByRole("button", { name: "Cancel" }).click({ timeout: 20_000 });
    await expect.poll(() => status(page), { timeout: 20_000 }).toBe("Cancelled.");
    expect(await runsOf(page)).toBe(runs);
    await after(page, () => kind(page, "level"), 30_000);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("WebGPU gives the CPU's numbers in the worker, names its adapter, and survives the loss of its device", async () => {
    const lose = `(() => {
      ${CAPTURE_DEVICES}
      const submit = GPUQueue.prototype.submit;
      let left = -1;
      globalThis.addEventListener("message", event => {
        if (event.data.loseDevice) { left = 2; event.stopImmediatePropagation(); }
      });
      GPUQueue.prototype.submit = function (...given) {
        if (left > 0 && --left === 0) devices.at(-1).destroy();
        return submit.apply(this, given);
      };
    })();`;
    // Scripts of the test do not run in workers: the page makes its worker through one that has them.
    const { page, complaints } = await site.visit("csv/", {
      before: `const Plain = Worker;
        globalThis.Worker = class extends Plain {
          constructor(url, options) {
            const first = URL.createObjectURL(new Blob([${JSON.stringify(lose)}], { type: "text/javascript" }));
            const text = 'import "' + first + '"; import "' + new URL(url, location.href) + '";';
            super(URL.createObjectURL(new Blob([text], { type: "text/javascript" })), options);
            globalThis.itsWorker = this;
          }
        };`,
    });
    await untilRuns(page);
    const cpu = Number((await fact(page, /Log-likelihood/)).split(" ")[0]);
    await after(page, () => page.getByLabel("Runs on").selectOption("webgpu"), 30_000);
    expect(await fact(page, /Computed on/)).toMatch(/WebGPU on .*software adapter: no GPU, float32/);
    expect(Number((await fact(page, /Log-likelihood/)).split(" ")[0])).toBeCloseTo(cpu, 2);
    await after(
      page,
      async () => {
        await page.evaluate(() => {
          (globalThis as unknown as { itsWorker: Worker }).itsWorker.postMessage({ loseDevice: true });
        });
        await page.getByLabel("Noise variance").fill("0.3");
      },
      30_000,
    );
    expect(await status(page)).toMatch(
      /^The GPU device was lost during the run; it was repeated on a new one\./,
    );
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without WebGPU says so and computes in float64", async () => {
    const { page, complaints } = await site.visit("csv/", { withoutWebGpu: true });
    await untilRuns(page);
    expect(await page.locator("#notice").textContent()).toMatch(/no WebGPU/);
    expect(await page.locator('option[value="webgpu"]').isDisabled()).toBe(true);
    expect(await fact(page, /Computed on/)).toMatch(/CPU, float64/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("works by keyboard, with all its parts open it is accessible and fits a phone and 400 % zoom", async () => {
    for (const theme of ["light", "dark"] as const) {
      const { page, complaints } = await site.visit("csv/", { theme, link: "#v=1&sample=weather" });
      await untilRuns(page);
      await page.getByLabel("Choose a file").focus();
      for (let i = 0; i < 4; i++) await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement!.textContent)).toBe("Paste text");
      await page.keyboard.press("Enter");
      await page.getByText("How the file was read").focus();
      await page.keyboard.press("Enter");
      expect(await page.getByLabel(/Rows of text/).isVisible()).toBe(true);
      expect(await axeViolations(page)).toEqual([]);
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 640 });
        await expectNoSidewaysScroll(page);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });

  test("looks as it should in both themes", async () => {
    for (const theme of ["light", "dark"] as const) {
      const { page } = await site.visit("csv/", { theme });
      await untilRuns(page);
      await page.mouse.move(0, 0);
      await expectLooks(page, `csv-${theme}`);
      await page.context().close();
    }
  });
});
