/** Your CSV: files of every kind, and what is downloaded against the library and the command. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, suite, test } from "vitest";
import {
  add,
  decompose,
  forecast,
  parseModelDocument,
  type StructuralModel,
  smooth,
} from "../../src/api/index.ts";
import { alertText, choose, columns, download, file, kind, rowsOf, useFolder } from "./csv_page.ts";
import { axeViolations, untilRuns, useSite } from "./harness.ts";
import { after, fact, status } from "./page_parts.ts";

const site = useSite();
const inFolder = useFolder();

suite("Your CSV: files", () => {
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
        cwd: inFolder(""),
      },
    );
    same(columns(inFolder("smoothed.csv")).smoothed_mean_0!, own.fitted.mean.data);

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
    const path = inFolder("long.csv");
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
});
