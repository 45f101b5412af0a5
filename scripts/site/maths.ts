/** Equations as MathML, made when the site is built: no script and no fonts in the page. */

import temml from "temml";

/** One equation in TeX; `display` sets it on a line of its own. */
export const mathml = (tex: string, display: boolean): string =>
  temml.renderToString(tex.trim(), { displayMode: display, throwOnError: true, xml: false });

/** Replaces <tex>…</tex> (in the line) and <tex block>…</tex>. */
export const expandMaths = (html: string): string =>
  html.replace(/<tex( block)?>([\s\S]*?)<\/tex>/g, (_, block, tex) =>
    mathml(unescapeHtml(tex), Boolean(block)),
  );

const unescapeHtml = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
