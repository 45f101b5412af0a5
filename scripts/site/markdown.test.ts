/** Documents as pages: anchors as GitHub's, links between documents, what has no page, code, equations, tables. */
import { join } from "node:path";
import { expect, suite, test } from "vitest";
import { renderMarkdown, siteLink, slug } from "./markdown.ts";

const root = join(import.meta.dirname, "../..");
const render = (text: string) => renderMarkdown(text, "docs/hmm.md", "docs/hmm.html", root);

suite("renderMarkdown()", () => {
  test("gives headings GitHub's anchors, numbered when they repeat", () => {
    const { html, headings, title } = render("# A `b` c\n\n## Filter & smoother!\n\n## Filter & smoother!\n");
    expect(title).toBe("A b c");
    expect(headings.map(({ id }) => id)).toEqual(["a-b-c", "filter--smoother", "filter--smoother-1"]);
    expect(html).toContain('<h2 id="filter--smoother-1">');
  });

  test("leads links to pages of the site and takes the others away", () => {
    const { html } = render("[a](conventions.md#results) [b](../README.md) [c](https://x.y/z) [d](#here)");
    expect(html).toContain('<a href="conventions.html#results">a</a>');
    expect(html).toContain("<span>b</span>");
    expect(html).toContain('<a href="https://x.y/z">c</a>');
    expect(html).toContain('<a href="#here">d</a>');
  });

  test("escapes HTML of documents and of code, and colours code", () => {
    const { html } = render('<script>x</script>\n\n```js\nconst a = "<b>"; // 1\n```\n');
    expect(html).not.toContain("<script>");
    expect(html).toContain('<span class="tok-word">const</span>');
    expect(html).toContain('<span class="tok-string">&quot;&lt;b&gt;&quot;</span>');
    expect(html).toContain('<span class="tok-comment">// 1</span>');
  });

  test("makes MathML of equations, plain cells of empty header cells, and puts drawings in", () => {
    const { html } = render(
      "```math\nx_t\n```\n\n| a | |\n| - | - |\n| 1 | 2 |\n\n![words](images/kernels.svg)\n",
    );
    expect(html).toMatch(/<math[^>]*display="block"/);
    expect(html).toMatch(/<th>a<\/th>\s*<td><\/td>/);
    expect(html).toContain("<svg");
  });

  test("an equation that TeX would not take stops the build", () => {
    expect(() => render("```math\n\\frac{\n```\n")).toThrow();
  });
});

suite("siteLink()", () => {
  test("goes up and down folders", () => {
    expect(siteLink("../bench/README.md", "docs/scan.md", "docs/scan.html")).toBe("benchmark.html");
    expect(siteLink("docs/hmm.md#x", "README.md", "index.html")).toBe("docs/hmm.html#x");
    expect(siteLink("../src/engine/submit.ts", "docs/scan.md", "docs/scan.html")).toBeUndefined();
  });
});

suite("slug()", () => {
  test("keeps letters, digits, hyphens and underscores", () => {
    expect(slug("T = 1e4, against γ_t (float64)")).toBe("t--1e4-against-γ_t-float64");
  });
});
