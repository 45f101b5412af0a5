/** Listings of code with a copy button; the words of JavaScript, JSON and shells get classes for colour. */

export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const TOKENS =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|(?<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)|(?<word>\b(?:import|from|export|const|let|function|return|await|async|new|for|of|if|else|using|null|true|false|undefined)\b)/g;
const COLOURED = new Set(["js", "javascript", "ts", "json", "html"]);

/** Escaped text; strings, numbers, comments and keywords of JavaScript and JSON in spans. */
export function coloured(text: string, language: string): string {
  if (!COLOURED.has(language)) return escapeHtml(text);
  let html = "";
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [kind, token] = Object.entries(match.groups!).find(([, found]) => found !== undefined)!;
    html += `${escapeHtml(text.slice(end, match.index))}<span class="tok-${kind}">${escapeHtml(token!)}</span>`;
    end = match.index + token!.length;
  }
  return html + escapeHtml(text.slice(end));
}

/** @param name what a screen reader calls the listing */
export const listing = (text: string, language: string, name = "Code"): string =>
  `<div class="listing"><button type="button" class="copy" data-copy>Copy</button>` +
  `<pre tabindex="0" role="group" aria-label="${escapeHtml(name)}"><code>${coloured(text.trimEnd(), language)}</code></pre></div>`;
