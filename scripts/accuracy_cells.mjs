/** What the tables of docs/accuracy.md are made of: results, numbers, Markdown, and their places in the page. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "./stage.mjs";

/** The newest of bench/results whose name begins so, with its name. */
export function newest(prefix) {
  const results = inRoot("bench", "results");
  const name = readdirSync(results)
    .filter(file => file.startsWith(prefix) && file.endsWith(".json"))
    .sort()
    .at(-1);
  if (!name)
    throw new Error(`accuracy_table: ${prefix}*.json expected in bench/results, got none. Measure first.`);
  return { name, ...JSON.parse(readFileSync(`${results}/${name}`, "utf8")) };
}

/** One digit; NaN for what is not finite; bold above its bound. */
export function number(value, bound) {
  if (value === null) return "**NaN**";
  const text = value === 0 ? "0" : value.toExponential(0).replace("e+", "e");
  return value < bound ? text : `**${text}**`;
}

/** Markdown with columns of one width. */
export function table(header, rows) {
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map(row => row[i].length)));
  const line = row => `| ${row.map((text, i) => text.padEnd(widths[i])).join(" | ")} |`;
  return [line(header), `| ${widths.map(width => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join(
    "\n",
  );
}

/** Writes parts between "<!-- tables: scripts/NAME.mjs -->" and the next "<!-- end of tables -->" of docs/accuracy.md. */
export function put(name, parts) {
  const file = inRoot("docs", "accuracy.md");
  const [begin, end] = [`<!-- tables: scripts/${name}.mjs -->`, "<!-- end of tables -->"];
  const text = readFileSync(file, "utf8");
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) {
    throw new Error(
      `${name}: docs/accuracy.md expected "${begin}" and "${end}", got neither or one. Put them back.`,
    );
  }
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n\n${parts.join("\n")}\n${text.slice(to)}`);
}
