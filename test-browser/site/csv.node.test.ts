/** Your CSV: files of every kind, every control, downloads against the library, trouble on the way. */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import {
  add,
  decompose,
  forecast,
  parseModelDocument,
  type StructuralModel,
  smooth,
} from "../../src/api/index.ts";
import {
  axeViolations,
  CAPTURE_DEVICES,
  expectNoSidewaysScroll,
  runsOf,
  untilRuns,
  useSite,
} from "./harness.ts";
import { expectLooks } from "./looks.ts";

const site = useSite();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "statescan-csv-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
/** The text of the alert, "" while there is none. */
const alertText = (page: Page) =>
  page
    .locator("#error:not([hidden])")
    .allTextContents()
    .then(texts => texts.join());
const fact = async (page: Page, name: RegExp): Promise<string> =>
  (await page
    .locator("#facts dt", { hasText: name })
    .locator("xpath=following-sibling::dd[1]")
    .textContent()) ?? "";
const status = (page: Page) => page.locator("#status").textContent();
const choose = (page: Page, path: string) => page.getByLabel("Choose a file").setInputFiles(path);
const kind = (page: Page, name: string) => page.getByLabel("What the series is made of").selectOption(name);

/** Does something and waits for the result of it. */
async function after(page: Page, act: () => Promise<unknown>, timeout?: number): Promise<void> {
  const runs = await runsOf(page);
  await act();
  await untilRuns(page, runs + 1, timeout);
}
const paste = async (page: Page, text: string): Promise<void> => {
  await page.evaluate(() => {
    document.querySelector<HTMLDetailsElement>("#paste")!.open = true;
  });
  await page.getByLabel(/Rows of text/).fill(text);
  await page.getByRole("button", { name: "Use this text" }).click();
};
async function download(page: Page, name: string): Promise<string> {
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name }).click(),
  ]);
  const path = join(folder, saved.suggestedFilename());
  await saved.saveAs(path);
  return path;
}
/** Columns of a downloaded table; empty cells are undefined. */
function columns(path: string): Record<string, (number | string | undefined)[]> {
  const [names, ...rows] = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map(row => row.split(","));
  return Object.fromEntries(
    names!.map((name, i) => [
      name,
      rows.map(row => (row[i] === "" ? undefined : i === 0 ? row[i] : Number(row[i]))),
    ]),
  );
}
const rowsOf = (T: number, value: (t: number) => string): string =>
  `t,y\n${Array.from({ length: T }, (_, t) => `${t},${value(t)}`).join("\n")}\n`;

suite("Your CSV", () => {
  test("smooths the Nile within 3 s of loading", async () => {
    const { page, complaints } = await site.visit("csv/");
    await untilRuns(page);
    const first = await page.evaluate(
      () => performance.getEntriesByName("statescan:first-result")[0]!.startTime,
    );
    expect(first).toBeLessThan(3000);
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

  test("what is downloaded is what the library says, and what the command says", async () => {
    const { page, complaints } = await site.visit("csv/");
    await untilRuns(page);
    const lines = readFileSync("examples/nile/nile_missing.csv", "utf8").trim().split("\n");
    await after(page, () => choose(page, "examples/nile/nile_missing.csv"));
    await after(page, () => page.getByLabel("Steps of forecast").fill("3"));
    const document = JSON.parse(readFileSync(await download(page, "Model document"), "utf8"));
    const model = parseModelDocument<never>(document) as unknown as StructuralModel;
    const y = lines.slice(1).map(line => (line.split(",")[1] ? Number(line.split(",")[1]) : Number.NaN));
    const own = await decompose(add(model), y, { level: 0.9 });
    const ahead = await forecast(model, own.states as never, 3, { level: 0.9 });
    const table = columns(await download(page, "Result as CSV"));
    const T = y.length;
    expect(table.year!.slice(0, T)).toEqual(lines.slice(1).map(line => line.split(",")[0]));
    expect(table.year!.slice(T)).toEqual(["1971", "1972", "1973"]);
    // The same float64 code in another JavaScript engine: exp and log may round differently.
    const same = (got: (number | string | undefined)[], wanted: ArrayLike<number>) => {
      expect(got).toHaveLength(wanted.length);
      got.forEach((value, i) => {
        expect(Math.abs(Number(value) / wanted[i]! - 1)).toBeLessThan(1e-12);
      });
    };
    same(table.flow_smoothed!.slice(0, T), own.fitted.mean.data);
    same(table.flow_lower!.slice(0, T), own.fitted.lower.data);
    same(table.flow_upper!.slice(0, T), own.fitted.upper.data);
    same(table.flow_forecast!.slice(T), ahead.means.data);
    same(table.flow_forecast_upper!.slice(T), ahead.upper.data);
    expect(table.flow!.slice(0, T)).toEqual(y.map(value => (Number.isNaN(value) ? undefined : value)));
    const json = JSON.parse(readFileSync(await download(page, "Result as JSON"), "utf8"));
    same(json.columns.flow.smoothed.mean, own.fitted.mean.data);
    expect(json.marginalLogLikelihood).toBeCloseTo(own.states.marginalLogLikelihood, 9);
    expect(json.model).toEqual(document);
    expect(json.columns.flow.forecast.year).toEqual(["1971", "1972", "1973"]);

    await download(page, "Series as CSV");
    const command = (await page.locator("#command").textContent())!;
    expect(command).toBe(
      "statescan smooth --model model.json --data data.csv --columns flow --out smoothed.csv",
    );
    execFileSync(
      process.execPath,
      [join(process.cwd(), "bin/statescan.js"), ...command.split(" ").slice(1), "--backend", "cpu"],
      {
        cwd: folder,
      },
    );
    same(columns(join(folder, "smoothed.csv")).smoothed_mean_0!, own.fitted.mean.data);

    // Regimes of two columns together.
    await after(page, () => page.getByRole("button", { name: "Seattle weather" }).click());
    await after(page, () => page.getByLabel("wind").check());
    await after(page, () => kind(page, "regimes"));
    const hmm = parseModelDocument<never>(readFileSync(await download(page, "Model document"), "utf8"));
    const weather = columns(await download(page, "Result as CSV"));
    const T2 = 1461;
    const probs = await smooth(
      hmm,
      weather.temp_max!.slice(0, T2).map((value, t) => [value, weather.wind![t]]) as never,
    );
    const { data } = (probs as unknown as { smoothedProbs: { data: Float64Array } }).smoothedProbs;
    expect(weather.regime_0!.slice(0, T2).every((p, t) => Math.abs(Number(p) - data[2 * t]!) < 1e-9)).toBe(
      true,
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("says what is wrong with a file by row and column, and goes on with the next", async () => {
    const { page, complaints } = await site.visit("csv/");
    await untilRuns(page);
    const alert = page.getByRole("alert");
    const bad: readonly [string, string | Uint8Array, RegExp][] = [
      ["empty.csv", "", /empty file/],
      ["text.csv", "t,y\n1,2\n2,high\n3,4\n", /Line 3, column “y”: a number expected, got “high”/],
      ["ragged.csv", "t,y,z\n1,2,3\n2,3\n", /Line 3, column “z”: 3 cells expected/],
      ["thousands.csv", 't,y\n1,"1,234"\n2,"5,678"\n3,"1,000"\n', /Line 2, column “y”.*thousands separators/],
      ["single.csv", "t,y\n1,2\n", /At least three rows expected, got 1/],
      ["header.csv", "t,y\n", /got a header and no rows/],
      ["blank.csv", "t,y\n1,\n2,\n3,\n", /Column “y”: at least three values expected, got 0/],
      ["book.xlsx", Uint8Array.from([80, 75, 3, 4, 0, 1, 2]), /Excel workbook/],
      ["noise.bin", Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256), /binary file/],
      ["quote.csv", 't,y\n1,2\n2,"3\n4,5\n', /Line 3, column 2: a closing quote expected/],
    ];
    for (const [name, content, message] of bad) {
      await choose(page, file(name, content));
      await expect.poll(() => alertText(page), { timeout: 10_000 }).toMatch(message);
      expect(await page.locator("#results").isVisible()).toBe(false);
    }
    expect(await axeViolations(page)).toEqual([]);
    await after(page, () =>
      choose(page, file("good.csv", "\uFEFFt;y\r\n1;2,5\r\n2;\r\n3;4,5\r\n4;NA\r\n5;1,0\r\n")),
    );
    expect(await alert.isVisible()).toBe(false);
    expect(await fact(page, /^Steps/)).toBe("5, 2 values missing");
    await kind(page, "counts");
    await expect
      .poll(() => alertText(page))
      .toMatch(/Column “y”, t 1: a whole number from 0 on expected, got 2.5/);
    // The numbers of the good file before go away only when there are others.
    await after(page, () => kind(page, "level"));
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("takes a dropped file", async () => {
    const { page, complaints } = await site.visit("csv/");
    await untilRuns(page);
    await after(page, async () => {
      const data = await page.evaluateHandle(
        text => {
          const carried = new DataTransfer();
          carried.items.add(new File([text], "dropped.csv"));
          return carried;
        },
        rowsOf(40, t => String(t % 5)),
      );
      await page.dispatchEvent("h1", "dragover", { dataTransfer: data });
      expect(await page.locator("#source.over").count()).toBe(1);
      await page.dispatchEvent("h1", "drop", { dataTransfer: data });
    });
    expect(await status(page)).toMatch(/^dropped\.csv/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("reads 200 MB with progress and a page that answers, stops when told to, and says what is too long", async () => {
    // Rows of 400 bytes, most of it in columns that are not chosen; the same 10,000 again and again.
    const path = join(folder, "long.csv");
    const out = openSync(path, "w");
    const rest = `${"0.12345678,".repeat(34)}end`;
    writeSync(out, `y,${Array.from({ length: 34 }, (_, i) => `x${i}`).join(",")},note\n`);
    const piece = Buffer.from(
      Array.from({ length: 10_000 }, (_, i) => `${(i * 7919) % 1000},${rest}\n`).join(""),
    );
    for (let bytes = 0; bytes < 200e6; ) bytes += writeSync(out, piece);
    closeSync(out);
    const { page, complaints } = await site.visit("csv/");
    await untilRuns(page);
    await page.evaluate(() => {
      const seen = { longest: 0, last: performance.now() };
      (globalThis as unknown as { seen: typeof seen }).seen = seen;
      setInterval(() => {
        const now = performance.now();
        seen.longest = Math.max(seen.longest, now - seen.last);
        seen.last = now;
      }, 10);
    });
    await choose(page, path);
    await page.waitForFunction(() => /Reading: \d+ %/.test(document.querySelector("#status")!.textContent!));
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect.poll(() => status(page)).toBe("Cancelled.");
    const start = performance.now();
    await after(page, () => choose(page, path), 40_000);
    const seconds = (performance.now() - start) / 1000;
    const longest = await page.evaluate(
      () => (globalThis as unknown as { seen: { longest: number } }).seen.longest,
    );
    console.info(
      `200 MB: ${seconds.toFixed(1)} s to the result, page away for ${longest.toFixed(0)} ms at most`,
    );
    expect(longest).toBeLessThan(1000);
    expect(Number((await fact(page, /^Steps/)).replaceAll(",", ""))).toBeGreaterThan(400_000);
    await page.getByLabel("Steps in a season").evaluate(input => {
      (input as HTMLInputElement).value = "48";
    });
    await page.getByLabel("Waves in a season").evaluate(input => {
      (input as HTMLInputElement).value = "12";
    });
    await kind(page, "seasonal");
    await expect
      .poll(() => alertText(page), { timeout: 20_000 })
      .toMatch(/At most .* GiB of memory expected.*steps of this model. Keep every \d+th row/);
    expect(complaints).toEqual([]);
    await page.context().close();
    rmSync(path);
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
