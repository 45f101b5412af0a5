/** The benchmark page: every control, cancelling, links, exports, lost devices, old browsers, hidden pages, too long series. */
import { readFileSync } from "node:fs";
import Papa from "papaparse";
import type { Page } from "playwright";
import { expect, suite, test } from "vitest";
import type { BenchResult } from "../../bench/report.ts";
import { resultFaults } from "../../bench/schema.ts";
import { axeViolations, expectNoSidewaysScroll, runsOf, untilRuns, useSite } from "./harness.ts";
import { expectLooks } from "./looks.ts";
import { DESTROYABLE, OLD_BROWSER } from "./worker_prelude.ts";

const site = useSite();
const PATH = "benchmark/index.html";
const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };
/** Hides all that depends on time or on the browser's version. */
const TIMELESS =
  "[data-times], #where, #status, progress { visibility: hidden } #status { height: 3em; overflow: hidden }";

/** Fields by name; a list for the boxes of the methods. */
async function fill(page: Page, values: Readonly<Record<string, string | readonly string[]>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const control = page.locator(`[name="${name}"]`);
    if (typeof value !== "string") {
      for (const box of await control.all())
        await box.setChecked(value.includes((await box.getAttribute("value"))!));
    } else if (await control.evaluate(e => e instanceof HTMLSelectElement)) await control.selectOption(value);
    else await control.fill(value);
  }
}

/** Presses Run and waits for its end. */
async function run(page: Page): Promise<void> {
  const before = await runsOf(page);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await untilRuns(page, before + 1, 60_000);
}

/** Columns of the rows of a table, by title. */
const rowsOf = (page: Page, id: string): Promise<Record<string, string>[]> =>
  page.evaluate(table => {
    const own = document.getElementById(table) as HTMLTableElement;
    const titles = [...own.tHead!.rows[0]!.cells].map(cell => cell.textContent!);
    return [...own.tBodies[0]!.rows].map(row =>
      Object.fromEntries([...row.cells].map((cell, i) => [titles[i]!, cell.textContent!])),
    );
  }, id);

const SMALL = { T: "50, 200", repeat: "2", budget: "1" };

suite("benchmark page", () => {
  test("measures a small case by itself, says so, and looks as it should in both themes", {
    timeout: 60_000,
  }, async () => {
    for (const theme of ["light", "dark"] as const) {
      const { page, complaints } = await site.visit(PATH, { theme });
      await untilRuns(page);
      expect(await page.textContent("#shown")).toMatch(/^First look, run when the page opened: .* n = 2/);
      expect(await page.textContent("#facts")).toMatch(/Software adapter(yes|no)/);
      expect(await page.isVisible("#software")).toBe(
        /Software adapteryes/.test((await page.textContent("#facts")) ?? ""),
      );
      expect((await rowsOf(page, "times-table")).map(row => row.Method)).toEqual(["CPU f64", "GPU parallel"]);
      expect(await page.textContent("#findings")).toMatch(/GPU parallel .* the only length measured/);
      expect(await axeViolations(page)).toEqual([]);
      await page.addStyleTag({ content: TIMELESS });
      await page.evaluate(() => scrollTo(0, 0));
      await expectLooks(page, `benchmark-${theme}`);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });

  test("runs what the form says, by keyboard, and gives it away as JSON, CSV and files", {
    timeout: 90_000,
  }, async () => {
    const { page, complaints } = await site.visit(PATH, { context: CLIPBOARD });
    await untilRuns(page);
    await fill(page, { model: "square-root", task: "smoother", n: "1", series: "2", ...SMALL });
    await page.locator('[name="budget"]').press("Enter");
    await untilRuns(page, 2, 60_000);
    expect(await page.textContent("#status")).toMatch(/^Done: 8 of 8 cells/);
    const times = await rowsOf(page, "times-table");
    expect(times.map(row => row.Method).slice(0, 4)).toEqual([
      "GPU parallel",
      "GPU sequential",
      "CPU f64 settled",
      "CPU f64 every step",
    ]);
    expect(times.map(row => row.T)).toEqual(["50", "50", "50", "50", "200", "200", "200", "200"]);
    for (const row of times) expect(row.Quartiles).toMatch(/^[\d.]+ – [\d.]+$/);
    const work = await rowsOf(page, "work-table");
    expect(work[0]).toMatchObject({
      Check: expect.stringMatching(/^passed: means/),
      Plan: expect.stringContaining("lane kernels"),
    });
    for (const title of ["Chunk", "Dispatches", "Touched", "Least"]) expect(work[0]![title]).toMatch(/^\d/);
    const described = await page.getAttribute("#times-chart", "aria-label");
    for (const row of times) expect(described).toContain(`${row.Median} ms at T = ${row.T}`);
    expect(await page.textContent("#findings")).toMatch(/the CPU.*GPU sequential/);
    expect(await page.isVisible("#phases-chart")).toBe(true);

    const read = () => page.evaluate(() => navigator.clipboard.readText());
    await page.click('[data-copy-as="json"]');
    await expect.poll(() => page.textContent("#taken")).toBe("Copied 8 rows as JSON.");
    const result: BenchResult = JSON.parse(await read());
    expect(resultFaults(result)).toEqual([]);
    expect(result.cells).toHaveLength(8);
    expect(result.options).toMatchObject({ repeat: 2, grids: [{ n: [1], T: [50, 200], series: [2] }] });
    await page.click('[data-copy-as="csv"]');
    await expect.poll(() => page.textContent("#taken")).toBe("Copied 8 rows as CSV.");
    const { data, errors } = Papa.parse<Record<string, string>>(await read(), {
      header: true,
      skipEmptyLines: true,
    });
    expect(errors).toEqual([]);
    expect(data.map(row => Number(row.total_median_ms))).toEqual(
      result.cells.map(cell => cell.phases!.total!.median),
    );
    for (const [format, start] of [
      ["json", "{"],
      ["csv", "model,task"],
    ] as const) {
      const download = page.waitForEvent("download");
      await page.click(`[data-save-as="${format}"]`);
      const file = await download;
      expect(file.suggestedFilename()).toMatch(new RegExp(`^statescan-bench-.*\\.${format}$`));
      expect(readFileSync(await file.path(), "utf8").startsWith(start)).toBe(true);
    }
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 640 });
      await expectNoSidewaysScroll(page);
    }
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a link restores every setting, and a stored run is drawn beside the own one", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit(PATH, { context: CLIPBOARD });
    await untilRuns(page);
    await fill(page, { model: "hmm", task: "decode", K: "3", methods: ["parallel", "cpu"], ...SMALL });
    await run(page);
    expect((await rowsOf(page, "times-table")).map(row => row.Method)).toEqual([
      "GPU parallel",
      "CPU f64",
      "GPU parallel",
      "CPU f64",
    ]);
    const stored = "software-adapter-swiftshader-chrome-hmm-2026-11-21";
    await fill(page, { against: stored });
    await expect
      .poll(() => page.textContent("#against"))
      .toMatch(/no times for what is shown. It has: hidden Markov model, 1 series, K = 4/);
    await fill(page, { K: "4", T: "100" });
    await run(page);
    await expect
      .poll(() => page.textContent("#against"))
      .toMatch(/^Dashed: 2026-11-21: SwiftShader .*software adapter, no GPU/);
    expect((await rowsOf(page, "times-table")).map(row => row.Method)).toContain("GPU sequential, stored");
    await page.click("#link");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(page.url());
    const { page: other } = await site.visit(PATH, { link: new URL(link).hash });
    const values = () =>
      [...document.querySelectorAll<HTMLInputElement>("form [name]")].map(c =>
        c.type === "checkbox" ? String(c.checked) : c.value,
      );
    expect(await other.evaluate(values)).toEqual(await page.evaluate(values));
    expect(await other.isHidden("#notice")).toBe(true);
    expect(await other.isVisible('[name="K"]')).toBe(true);
    expect(complaints).toEqual([]);
    await other.context().close();
    await page.context().close();
  });

  test("recurrences: updates of whole trajectories beside step by step, and what does not converge says so", {
    timeout: 90_000,
  }, async () => {
    const { page, complaints } = await site.visit(PATH, { link: "#v=1&model=mean-field&n=8&gain=0.5&T=40" });
    await untilRuns(page);
    expect(await page.isHidden("#task-label")).toBe(true);
    expect(await page.inputValue('[name="gain"]')).toBe("0.5");
    await fill(page, { repeat: "1", budget: "2" });
    await run(page);
    expect(await page.textContent("#shown")).toBe(
      "Shown: mean-field network, all states, n = 8, gain 0.5, 1 series.",
    );
    expect((await rowsOf(page, "times-table")).map(row => row.Method)).toEqual([
      "GPU Newton",
      "GPU quasi-Newton",
      "GPU sequential",
      "CPU f64",
    ]);
    expect(await page.textContent("#findings")).toMatch(/^GPU Newton (was|took) .* the CPU/);
    const work = await rowsOf(page, "work-table");
    expect(work[0]).toMatchObject({ Check: expect.stringMatching(/^passed: states/) });
    expect(Number(work[0]!.Updates)).toBeLessThan(Number(work[1]!.Updates));
    expect(work[0]!.Plan).toMatch(/^newton as asked for; newton in float32/);

    // Chaotic: float32 goes another way, and no time is told.
    await fill(page, { gain: "4", n: "12", T: "200", methods: ["parallel", "sequential"], budget: "1" });
    await run(page);
    for (const row of await rowsOf(page, "times-table")) {
      expect(row.Median).toBe("-");
      expect(row.Remark).toMatch(/not converged in \d+ updates|another trajectory than in float64/);
    }
    await fill(page, { model: "observer" });
    expect(await page.isHidden("#n-label")).toBe(true);
    await fill(page, { model: "time-invariant" });
    expect(await page.inputValue('[name="task"]')).toBe("filter");
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a link from another version or tampered with gives a notice and the defaults", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit(PATH, { link: "#v=1&n=3&task=decode&T=abc&colour=red" });
    expect(await page.textContent("#notice")).toBe(
      "Left out of the link, because this page does not know or allow it: task, steps T, “colour”. The defaults stand there.",
    );
    expect(await page.inputValue('[name="n"]')).toBe("3");
    expect(await page.inputValue('[name="T"]')).toBe("1e2, 1e3, 1e4, 1e5");
    for (const [link, notice] of [
      ["#v=2&n=3", /another version of this page \(2 instead of 1\)/],
      ["#n=3", /another version of this page \(none named/],
      ["#v=1&n=3&T=1e999", /could not be used: Steps T: .* got 1e999/],
      ["#v=1&methods=", /could not be used: Methods/],
    ] as const) {
      await page.evaluate(hash => {
        location.hash = hash;
      }, link);
      await expect.poll(() => page.textContent("#notice")).toMatch(notice);
      expect(await page.inputValue('[name="n"]')).toBe("4");
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("cancelling works at once while the CPU computes, and what was measured stays", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit(PATH);
    await untilRuns(page);
    await fill(page, {
      model: "square-root",
      task: "smoother",
      n: "8",
      T: "50, 300000",
      repeat: "1",
      budget: "60",
      methods: ["cpu"],
    });
    // Other work on the machine may slow one attempt down.
    let ms = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3 && ms >= 200; attempt++) {
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await expect
        .poll(() => page.textContent("#status"), { timeout: 30_000 })
        .toMatch(/^2 of 4 .*reference.*T=300000/);
      await page.waitForTimeout(300);
      ms = await page.evaluate(async () => {
        const start = performance.now();
        document.getElementById("cancel")!.click();
        const said = document.getElementById("status")!.textContent;
        await new Promise(requestAnimationFrame);
        return said!.startsWith("Cancelled: 2 of 4") ? performance.now() - start : Number.POSITIVE_INFINITY;
      });
    }
    expect(ms).toBeLessThan(200);
    expect(await rowsOf(page, "times-table")).toHaveLength(2);
    expect(await page.isHidden("#cancel")).toBe(true);
    await fill(page, { n: "1", T: "50" });
    await run(page);
    expect(await page.textContent("#status")).toMatch(/^Done: 2 of 2/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a device lost in the middle is replaced once; lost again, the run ends with what to do", {
    timeout: 90_000,
  }, async () => {
    const { page } = await site.visit(PATH, { before: DESTROYABLE });
    await untilRuns(page);
    await fill(page, {
      model: "square-root",
      n: "2",
      T: "50, 4000",
      repeat: "99",
      budget: "2",
      methods: ["parallel"],
    });
    const destroyWhen = async (status: RegExp) => {
      await expect.poll(() => page.textContent("#status"), { timeout: 30_000, interval: 20 }).toMatch(status);
      await page.evaluate("destroyDevices()");
    };
    const before = await runsOf(page);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await destroyWhen(/^1 of 2 .*GPU parallel, T = 4000/);
    await untilRuns(page, before + 1, 30_000);
    expect(await page.textContent("#remark")).toMatch(/device was lost in the middle/);
    expect(await page.textContent("#status")).toMatch(/^Done: 2 of 2/);
    expect((await rowsOf(page, "times-table")).map(row => row.T)).toEqual(["50", "4000"]);

    await page.getByRole("button", { name: "Run", exact: true }).click();
    await destroyWhen(/^0 of 2 .*GPU parallel, T = 50/);
    await expect.poll(() => page.isVisible("#remark"), { timeout: 20_000 }).toBe(true);
    await destroyWhen(/^0 of 2 .*GPU parallel, T = 50/);
    await expect
      .poll(() => page.textContent("#error"), { timeout: 20_000 })
      .toMatch(/^The run stopped: .*lost.* Press Run to start again\.$/);
    await fill(page, { T: "50", repeat: "1" });
    await run(page);
    expect(await page.textContent("#status")).toMatch(/^Done: 1 of 1/);
    expect(await page.isHidden("#error")).toBe(true);
    await page.context().close();
  });

  test("without WebGPU the CPU methods run and a notice says why", { timeout: 60_000 }, async () => {
    const { page, complaints } = await site.visit(PATH, { withoutWebGpu: true });
    await untilRuns(page);
    expect(await page.textContent("#notice")).toMatch(/no WebGPU\. The CPU methods run/);
    await fill(page, { T: "50", repeat: "1", budget: "1" });
    await run(page);
    const rows = await rowsOf(page, "times-table");
    expect(rows.map(row => row.Remark)).toEqual([
      "skipped: no WebGPU adapter here",
      "skipped: no WebGPU adapter here",
      "",
    ]);
    expect(rows[2]!.Median).toMatch(/^[\d.]+$/);
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without timestamps, subgroups and 64-bit numbers kernels are timed as execute minus upload", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit(PATH, { before: OLD_BROWSER, context: CLIPBOARD });
    await untilRuns(page);
    expect(await page.textContent("#facts")).toMatch(/no timestamps here/);
    await page.click('[data-copy-as="json"]');
    await expect.poll(() => page.textContent("#taken")).toMatch(/^Copied/);
    const result: BenchResult = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(resultFaults(result)).toEqual([]);
    expect(result.machine.timestamps).toBe(false);
    expect(result.cells[1]).toMatchObject({ outcome: "timed", computeFrom: "execute minus upload" });
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("times taken while the page is hidden are marked and not drawn", { timeout: 60_000 }, async () => {
    const { page, complaints } = await site.visit(PATH, { context: CLIPBOARD });
    await untilRuns(page);
    await fill(page, { ...SMALL, T: "50, 100", methods: ["cpu"] });
    await page.evaluate(() => {
      const status = document.getElementById("status")!;
      let hidden = false;
      Object.defineProperty(document, "hidden", { get: () => hidden });
      const turn = (to: boolean) => {
        hidden = to;
        document.dispatchEvent(new Event("visibilitychange"));
      };
      // Away for a moment, while the first length is measured.
      new MutationObserver((_, observer) => {
        if (!/^0 of 2 .*CPU f64/.test(status.textContent!)) return;
        observer.disconnect();
        turn(true);
        turn(false);
      }).observe(status, { childList: true });
    });
    await run(page);
    const [first, second] = await rowsOf(page, "times-table");
    expect(first!.Remark).toMatch(/page was hidden/);
    expect(second!.Remark).toBe("");
    expect(await page.textContent("#remark")).toMatch(/was hidden during part of the run/);
    expect(await page.getAttribute("#times-chart", "aria-label")).not.toContain("T = 50");
    await page.click('[data-copy-as="json"]');
    await expect.poll(() => page.textContent("#taken")).toMatch(/^Copied/);
    const result: BenchResult = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(result.cells.map(cell => cell.hidden)).toEqual([true, undefined]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a series beyond memory is refused before anything runs, with a length that fits", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit(PATH);
    await untilRuns(page);
    await expect
      .poll(() => page.textContent("#memory"))
      .toMatch(/^Memory at T = 1e5: about [\d.]+ MiB on the GPU/);
    await fill(page, { model: "hmm", task: "smoother", T: "1e3, 1e9" });
    await expect
      .poll(() => page.textContent("#memory"))
      .toMatch(/^T = 1e9 needs about .* GiB .* T up to \de\d fits\.$/);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect.poll(() => page.textContent("#error")).toMatch(/^T = 1e9 needs .* Nothing was run\.$/);
    expect(await page.isHidden("#cancel")).toBe(true);
    await fill(page, { T: "many" });
    await expect.poll(() => page.textContent("#memory")).toMatch(/^Steps T: whole numbers from 1 expected/);
    expect(await runsOf(page)).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
