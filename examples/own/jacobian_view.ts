/** Derivatives to look at: a table of expressions, or the WGSL that is made. */

import type { JacobianText } from "./compute.ts";

/**
 * @param letter of the function
 * @param columns names of the states
 * @param rows names of what the function gives
 */
export function showJacobian(
  place: HTMLElement,
  letter: string,
  { texts, kind, wgsl, lines }: JacobianText,
  rows: readonly string[],
  columns: readonly string[],
): void {
  const words = document.createElement("p");
  words.className = "soft small";
  words.textContent = `Structure: ${kind}.`;
  const parts: HTMLElement[] = [words];
  if (texts) {
    parts.push(table(letter, texts.expressions, rows, columns));
    const named = Object.entries(texts.where);
    if (named.length > 0)
      parts.push(
        listing(
          named.map(([name, text]) => `${name} = ${text}`).join("\n"),
          `Parts of the Jacobian of ${letter}`,
        ),
      );
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = "The same in WGSL";
    details.append(summary, listing(wgsl, `Jacobian of ${letter} in WGSL`), rest(lines));
    parts.push(details);
  } else parts.push(listing(wgsl, `Jacobian of ${letter} in WGSL`), rest(lines));
  place.replaceChildren(...parts);
}

/** The value, products and second derivatives are not shown. */
function rest(lines: number): HTMLElement {
  const words = document.createElement("p");
  words.className = "soft small";
  words.textContent = `With values, second derivatives and helpers: ${lines} lines.`;
  return words;
}

function table(
  letter: string,
  entries: readonly string[],
  rows: readonly string[],
  columns: readonly string[],
): HTMLElement {
  const frame = document.createElement("div");
  frame.className = "scroll";
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", `Jacobian of ${letter}`);
  const made = document.createElement("table");
  const cell = (tag: "th" | "td", text: string, scope?: string): HTMLElement => {
    const one = document.createElement(tag);
    if (scope) one.setAttribute("scope", scope);
    if (tag === "td" && text !== "") {
      const code = document.createElement("code");
      code.textContent = text;
      one.append(code);
    } else one.textContent = text;
    return one;
  };
  const head = document.createElement("tr");
  head.append(cell("td", ""), ...columns.map(name => cell("th", `∂/∂${name}`, "col")));
  made.append(head);
  rows.forEach((name, i) => {
    const row = document.createElement("tr");
    row.append(
      cell("th", name, "row"),
      ...columns.map((_, j) => cell("td", entries[i * columns.length + j]!)),
    );
    made.append(row);
  });
  frame.append(made);
  return frame;
}

function listing(text: string, name: string): HTMLElement {
  const frame = document.createElement("div");
  frame.className = "listing";
  const pre = document.createElement("pre");
  pre.tabIndex = 0;
  pre.setAttribute("role", "group");
  pre.setAttribute("aria-label", name);
  const code = document.createElement("code");
  code.textContent = text;
  pre.append(code);
  frame.append(pre);
  return frame;
}
