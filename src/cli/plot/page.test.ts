import { expect, suite, test } from "vitest";
import { bandChart, plotPage } from "./page.ts";

const chart = {
  description: 'level <of> "flow"',
  yLabel: "flow",
  x: [1871, 1872, 1873],
  mean: [10, 11, 12],
  lower: [8, 9, 10],
  upper: [12, 13, 14],
  points: [9, Number.NaN, 13],
  hiddenPoints: [Number.NaN, 20, Number.NaN],
  gaps: [[1871.5, 1872.5]] as const,
};

suite("bandChart()", () => {
  const svg = bandChart(chart);
  test("draws one circle for each observed point and none for a missing one", () => {
    expect(svg.match(/class="point"/g)).toHaveLength(2);
    expect(svg.match(/class="hidden-point"/g)).toHaveLength(1);
  });
  test("draws the band there and back, the line once", () => {
    const points = (pattern: RegExp) => pattern.exec(svg)?.[1].split(" ").length;
    expect(points(/<polygon class="band" points="([^"]*)"/)).toBe(6);
    expect(points(/<polyline class="mean" points="([^"]*)"/)).toBe(3);
  });
  test("makes room for held-back points and writes no NaN", () => {
    const [, y] = /class="hidden-point" cx="[^"]*" cy="([^"]*)"/.exec(svg) ?? [];
    expect(Number(y)).toBeGreaterThan(0);
    expect(svg).not.toContain("NaN");
  });
  test("puts larger values higher and later years to the right", () => {
    const [first, , last] = (/class="mean" points="([^"]*)"/.exec(svg)?.[1] ?? "").split(" ");
    const [x0, y0] = first.split(",").map(Number);
    const [x2, y2] = last.split(",").map(Number);
    expect(x2).toBeGreaterThan(x0);
    expect(y2).toBeLessThan(y0);
  });
  test("escapes text", () => {
    expect(svg).toContain("level &lt;of&gt; &quot;flow&quot;");
  });
});

suite("plotPage()", () => {
  test("is one file that needs nothing else, for light and dark", () => {
    const table = { title: "Runs", header: ["a", "b"], rows: [["1 < 2", "3"]] };
    const html = plotPage(
      "T",
      "lead",
      [{ title: "S", text: "x", charts: [{ caption: "c", svg: bandChart(chart) }] }],
      [table],
    );
    expect(html).not.toMatch(/src=|href=|url\(/);
    expect(html).toContain("prefers-color-scheme: dark");
    expect(html).toContain("1 &lt; 2");
    expect(html.match(/<figure>/g)).toHaveLength(1);
  });
});
