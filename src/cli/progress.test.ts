import { expect, suite, test } from "vitest";
import { barText, createReporter } from "./progress.ts";

function stream(isTTY: boolean) {
  const texts: string[] = [];
  return { texts, isTTY, columns: 80, write: (text: string) => texts.push(text) };
}

suite("createReporter()", () => {
  test("writes one JSON object a line", () => {
    const out = stream(true);
    const reporter = createReporter("smooth", "json", out);
    reporter.progress({ phase: "filter", done: 1, total: 4 });
    reporter.note("hello");
    expect(out.texts.map(text => JSON.parse(text))).toEqual([
      { event: "progress", phase: "filter", done: 1, total: 4 },
      { event: "note", text: "hello" },
    ]);
    for (const text of out.texts) expect(text.endsWith("\n")).toBe(true);
  });

  test("draws a bar on a terminal only, and takes it away", () => {
    const terminal = stream(true);
    const reporter = createReporter("smooth", "auto", terminal);
    reporter.progress({ phase: "filter", done: 1, total: 2 });
    reporter.end();
    expect(terminal.texts[0]).toContain("50 %");
    expect(terminal.texts[1]).toBe("\r\x1b[K");
    const file = stream(false);
    createReporter("smooth", "auto", file).progress({ phase: "filter", done: 1, total: 2 });
    expect(file.texts).toEqual([]);
  });

  test("keeps quiet when asked to", () => {
    const out = stream(true);
    const reporter = createReporter("smooth", "none", out);
    reporter.progress({ phase: "filter", done: 1, total: 2 });
    reporter.note("hello");
    expect(out.texts).toEqual([]);
  });
});

suite("barText()", () => {
  test("fits the terminal and never passes 100 %", () => {
    expect(barText("smooth", { phase: "smooth", done: 9, total: 4 }, 80)).toMatch(/^smooth \[#{30}\] 100 %$/);
    expect(barText("smooth", { phase: "filter", done: 0, total: 0 }, 20)).toHaveLength(19);
  });
});
