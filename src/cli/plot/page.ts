/** A self-contained HTML page of charts and tables, for light and dark. */

import { escapeText } from "./band_chart.ts";

export { type BandChart, bandChart } from "./band_chart.ts";

export interface Section {
  readonly title: string;
  /** One or two plain sentences. */
  readonly text: string;
  /** Chart texts, each with what its marks mean. */
  readonly charts: readonly { readonly caption: string; readonly svg: string }[];
}

export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2129; --soft: #667080; --paper: #ffffff; --rule: #e3e7ec;
  --mean: #0b63b5; --band: #0b63b533; --point: #4a5260; --gap: #f2a33c2b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #9aa4b2; --paper: #14171c; --rule: #2a3038;
  --mean: #6ab5ff; --band: #6ab5ff40; --point: #aeb7c4; --gap: #f2a33c2e; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 48rem; } figure { margin: 1rem 0; }
figcaption, .lead { color: var(--soft); } figcaption { font-size: .875rem; }
svg { width: 100%; height: auto; display: block; }
.grid { stroke: var(--rule); } .axis { stroke: var(--soft); } .tick, .label { fill: var(--soft); font-size: 12px; }
.band { fill: var(--band); } .mean { fill: none; stroke: var(--mean); stroke-width: 2; stroke-linejoin: round; }
.point { fill: var(--point); fill-opacity: .75; } .hidden-point { fill: none; stroke: var(--point); stroke-opacity: .7; }
.gap { fill: var(--gap); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; }
`;

/** The page's text. */
export function plotPage(
  title: string,
  lead: string,
  sections: readonly Section[],
  tables: readonly Table[],
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeText(title)}</h1>
<p class="lead">${escapeText(lead)}</p>
${sections.map(sectionHtml).join("\n")}
${tables.map(tableHtml).join("\n")}
</body>
</html>
`;
}

function sectionHtml({ title, text, charts }: Section): string {
  const figures = charts.map(
    ({ caption, svg }) => `<figure>${svg}<figcaption>${escapeText(caption)}</figcaption></figure>`,
  );
  return `<section><h2>${escapeText(title)}</h2><p>${escapeText(text)}</p>${figures.join("\n")}</section>`;
}

function tableHtml({ title, header, rows }: Table): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map(cell => `<${tag}>${escapeText(cell)}</${tag}>`).join("")}</tr>`;
  return (
    `<section><h2>${escapeText(title)}</h2><div class="scroll"><table>${line(header, "th")}` +
    `${rows.map(row => line(row, "td")).join("")}</table></div></section>`
  );
}
