/** What every page of the site has around its content: head, navigation, footer. */

import { posix } from "node:path";
import { escapeHtml } from "./listing.ts";
import type { Heading } from "./markdown.ts";
import { BENCHMARK, DOCS, GALLERY, HOME, type SitePage } from "./pages.ts";

/** Before the first paint, so that a chosen theme does not flash. */
const THEME = `try{const t=localStorage.getItem("statescan-theme");if(t==="light"||t==="dark")document.documentElement.style.colorScheme=t}catch{}`;
const ICON = `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M4 24V16M12 24V8M20 24V12M28 24V4' stroke='%231769aa' stroke-width='4' stroke-linecap='round'/%3E%3C/svg%3E`;

export interface Content {
  readonly title: string;
  readonly description: string;
  /** From <main> to </main>, and the page's own scripts. */
  readonly body: string;
}

/** The whole page. */
export function shell(page: SitePage, { title, description, body }: Content): string {
  const up = "../".repeat(page.path.split("/").length - 1) || "./";
  const name = page === HOME ? title : `${title} · statescan`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)}</title>
<meta name="description" content="${escapeHtml(description)}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${ICON}">
<script>${THEME}</script>
<link rel="stylesheet" href="/examples/site/look.css">
<script type="module" src="/examples/site/shell.ts"></script>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="top">
<a class="name" href="${up}index.html">statescan</a>
<nav aria-label="Site">${navigation(page, up)}</nav>
<button type="button" class="theme" data-theme-button aria-label="Colours: as the system">◐</button>
</header>
${body.replace("<main", '<main id="content" tabindex="-1"')}
<footer><p>statescan ${process.env.npm_package_version ?? ""}: state space model inference as WebGPU compute shaders. MIT licence.
What runs here runs on your device; nothing is sent anywhere.</p></footer>
</body>
</html>
`;
}

function navigation(page: SitePage, up: string): string {
  const link = ({ path, title }: SitePage, current: boolean) =>
    `<a href="${up}${path}"${current ? ' aria-current="page"' : ""}>${escapeHtml(title)}</a>`;
  const docs = DOCS.includes(page);
  return [
    ...GALLERY.map(own => link(own, own === page)),
    link(BENCHMARK, BENCHMARK === page),
    link({ ...DOCS[0]!, title: "Docs" }, docs),
  ].join("");
}

/** A document with the list of documents on one side and its own headings on the other. */
export function documentBody(page: SitePage, html: string, headings: readonly Heading[]): string {
  const others = DOCS.map(
    ({ path, title }) =>
      `<li><a href="${posix.basename(path)}"${path === page.path ? ' aria-current="page"' : ""}>${escapeHtml(title)}</a></li>`,
  );
  const own = headings
    .filter(({ level }) => level === 2)
    .map(({ id, text }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`);
  return `<div class="document">
<nav class="side" aria-label="Documents"><ul>${others.join("")}</ul></nav>
<main class="prose">${html}</main>
${own.length > 1 ? `<nav class="side own" aria-label="On this page"><p>On this page</p><ul>${own.join("")}</ul></nav>` : ""}
</div>`;
}
