/** Vite plugin: the pages of the site, put together from HTML fragments of examples/ and bench/ and from docs/. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Plugin } from "vite";
import { listing } from "./listing.ts";
import { renderMarkdown } from "./markdown.ts";
import { expandMaths } from "./maths.ts";
import { PAGES, type SitePage } from "./pages.ts";
import { type Content, documentBody, shell } from "./shell.ts";

/** The pages as Vite's inputs: files that do not exist, at the places they get in the site. */
export const inputs = (root: string): Record<string, string> =>
  Object.fromEntries(
    PAGES.map(({ path }) => [
      path.replace(/(\/?index)?\.html$/, "").replaceAll("/", "-") || "home",
      join(root, path),
    ]),
  );

/** The whole HTML of a page. @throws Error when a fragment lacks a title, a description or a main part */
export function composePage(page: SitePage, root: string): string {
  const text = readFileSync(join(root, page.source), "utf8");
  return page.source.endsWith(".md") ? documentPage(page, text, root) : fragmentPage(page, text, root);
}

function documentPage(page: SitePage, text: string, root: string): string {
  const { html, headings } = renderMarkdown(text, page.source, page.path, root);
  const description = `statescan documentation: ${page.title}.`;
  return shell(page, { title: page.title, description, body: documentBody(page, html, headings) });
}

/** A fragment has <title>, <meta name="description">, <main>, scripts; <tex> and <listing src> are expanded. */
function fragmentPage(page: SitePage, text: string, root: string): string {
  const take = (pattern: RegExp, what: string): string => {
    const found = pattern.exec(text)?.[1];
    if (!found) throw new Error(`${page.source}: ${what} expected, got none.`);
    return found;
  };
  const folder = dirname(join(root, page.source));
  const content: Content = {
    title: take(/<title>(.*?)<\/title>/, "<title>"),
    description: take(/<meta name="description" content="([^"]+)"/, "a description"),
    body: take(/(<main[\s\S]*)$/, "<main>"),
  };
  const body = expandMaths(content.body)
    .replace(/<listing src="([^"]+)"(?: name="([^"]+)")?><\/listing>/g, (_, src, name) =>
      listing(readFileSync(join(folder, src), "utf8"), src.split(".").pop(), name),
    )
    .replace(/(<(?:script|img|source)[^>]*? src=")\.\//g, `$1/${relative(root, folder)}/`);
  return shell(page, { ...content, body });
}

export function site(root: string): Plugin {
  const byId = new Map(PAGES.map(page => [join(root, page.path), page]));
  const find = (url: string): SitePage | undefined => {
    const asked = decodeURIComponent(url.split(/[?#]/)[0]!).replace(/^\//, "");
    const path = asked === "" || asked.endsWith("/") ? `${asked}index.html` : asked;
    return byId.get(join(root, path));
  };
  return {
    name: "statescan-site",
    enforce: "pre",
    resolveId: id => (byId.has(id) ? id : undefined),
    load(id) {
      const page = byId.get(id);
      if (!page) return undefined;
      this.addWatchFile(join(root, page.source));
      return composePage(page, root);
    },
    configureServer(server) {
      // Before Vite's own pages: these do not exist as files.
      server.middlewares.use((request, response, next) => {
        const page = request.url ? find(request.url) : undefined;
        if (!page || !existsSync(join(root, page.source))) return next();
        server
          .transformIndexHtml(request.url!, composePage(page, root))
          .then(html => {
            response.setHeader("content-type", "text/html; charset=utf-8");
            response.end(html);
          })
          .catch(next);
      });
      server.watcher.on("change", file => {
        if (PAGES.some(({ source }) => join(root, source) === file)) server.hot.send({ type: "full-reload" });
      });
    },
  };
}
