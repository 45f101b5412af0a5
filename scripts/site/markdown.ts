/** The documents of docs/ as HTML: links between them become links of the site, links into the source become plain names. */

import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import MarkdownIt from "markdown-it";
import { escapeHtml, listing } from "./listing.ts";
import { mathml } from "./maths.ts";
import { PAGES } from "./pages.ts";

export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

export interface RenderedDocument {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

/** GitHub's anchor of a heading. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

/**
 * @param source path of the Markdown file from the project's root
 * @param path path of its page in the site
 * @param root the project's folder
 */
export function renderMarkdown(text: string, source: string, path: string, root: string): RenderedDocument {
  const headings: Heading[] = [];
  const seen = new Map<string, number>();
  const md = new MarkdownIt({ html: false, linkify: false, typographer: false });
  const { rules } = md.renderer;

  rules.fence = (tokens, at) => {
    const { content, info } = tokens[at]!;
    if (info.trim() === "math") return mathml(content, true);
    return listing(content, info.trim() || "text", "Example");
  };
  rules.heading_open = (tokens, at) => {
    const level = Number(tokens[at]!.tag.slice(1));
    const words = plain(tokens[at + 1]!.children ?? []);
    const base = slug(words);
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    const id = count === 0 ? base : `${base}-${count}`;
    headings.push({ level, id, text: words });
    return `<h${level} id="${escapeHtml(id)}">`;
  };
  // Drawings stand in the page itself, so that they follow its colours.
  rules.image = (tokens, at, options, _env, self) => {
    const file = join(dirname(join(root, source)), String(tokens[at]!.attrGet("src")));
    if (!file.endsWith(".svg")) return self.renderToken(tokens, at, options);
    return readFileSync(file, "utf8").trim();
  };
  rules.table_open = () => `<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>`;
  rules.table_close = () => "</table></div>";
  // A header cell without words is no header.
  for (const side of ["open", "close"] as const)
    rules[`th_${side}`] = (tokens, at, options, _env, self) => {
      const words = side === "open" ? tokens[at + 1]! : tokens[at - 1]!;
      if (words.content.trim() === "") tokens[at]!.tag = "td";
      return self.renderToken(tokens, at, options);
    };
  rules.link_open = (tokens, at, options, _env, self) => {
    const target = siteLink(String(tokens[at]!.attrGet("href") ?? ""), source, path);
    if (target === undefined) {
      tokens[at]!.tag = "span";
      tokens[at]!.attrs = null;
      const close = tokens.findIndex((token, i) => i > at && token.type === "link_close");
      tokens[close]!.tag = "span";
    } else tokens[at]!.attrSet("href", target);
    return self.renderToken(tokens, at, options);
  };
  const html = md.render(text);
  return { title: headings[0]?.text ?? path, html, headings };
}

/** What a link of a document is in the site; undefined for files that the site does not have. */
export function siteLink(href: string, source: string, path: string): string | undefined {
  if (/^[a-z]+:/i.test(href) || href.startsWith("#")) return href;
  const [file, hash] = href.split("#");
  const wanted = posix.normalize(posix.join(posix.dirname(source), file!));
  const page = PAGES.find(known => known.source === wanted);
  if (!page) return undefined;
  const to = posix.relative(posix.dirname(path), page.path) || posix.basename(page.path);
  return hash ? `${to}#${hash}` : to;
}

const plain = (children: readonly { type: string; content: string }[]): string =>
  children
    .filter(child => child.type === "text" || child.type === "code_inline")
    .map(child => child.content)
    .join("");
