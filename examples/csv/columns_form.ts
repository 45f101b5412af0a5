/** The form about the file: which columns, and how it was read. */

import { DataError } from "../../src/api/index.ts";
import { readForm } from "../site/settings.ts";
import type { Delimiter, GivenDialect } from "./dialect.ts";
import type { Peek } from "./peek.ts";
import type { Reading } from "./protocol.ts";

/** Of one file; more would make covariances of many states. */
const MOST_VALUES = 6;
/** Columns offered; a file may have thousands. */
const MOST_OFFERED = 300;

export class ColumnsForm {
  readonly #form: HTMLFormElement;
  readonly #find: <E extends HTMLElement>(name: string) => E;

  /**
   * @param reread called when the same file has to be taken apart anew
   * @param rechosen called when other columns or rows of it are wanted
   */
  constructor(form: HTMLFormElement, reread: () => void, rechosen: () => void) {
    this.#form = form;
    this.#find = <E extends HTMLElement>(id: string) => form.querySelector<E>(`#${id}`)!;
    const anew = ["delimiter", "decimal", "header", "dates"];
    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("change", ({ target }) => {
      const { name } = target as HTMLInputElement;
      if (name === "series") this.#find<HTMLSelectElement>("series-name").replaceChildren();
      if (anew.includes(name)) reread();
      else rechosen();
    });
  }

  /** Forgets what was chosen for another file. */
  reset(): void {
    this.#form.reset();
    this.#find("series-name").replaceChildren();
  }

  given(): GivenDialect {
    const { delimiter, decimal, header, dates } = readForm(this.#form);
    return {
      ...(delimiter && { delimiter: delimiter as Delimiter }),
      ...(decimal && { decimal: decimal as GivenDialect["decimal"] }),
      ...(header && { header: header === "yes" }),
      ...(dates && { dates: dates as GivenDialect["dates"] }),
    };
  }

  /** Offers the columns of a file. @param wanted names of values to choose, before those that are likely */
  show(peeked: Peek, wanted: readonly string[] = []): void {
    const { columns } = peeked;
    const offered = columns.map(({ name, kind }, i) => ({ name, kind, i })).slice(0, MOST_OFFERED);
    const options = (chosen: readonly (typeof offered)[number][]) =>
      chosen.map(({ name, i }): [string, string] => [String(i), name]);
    fill(this.#find("time"), [["", "none: rows are counted"], ...options(offered)], `${peeked.time ?? ""}`);
    fill(
      this.#find("series"),
      [["", "no: it holds one series"], ...options(offered.filter(({ kind }) => kind !== "date"))],
      "",
    );
    const named = offered
      .filter(({ name, kind }) => kind === "number" && wanted.includes(name))
      .map(({ i }) => i);
    const checked = named.length > 0 ? named : peeked.values;
    const boxes = offered
      .filter(({ kind }) => kind === "number" || kind === "empty")
      .map(({ name, i }) => {
        const label = document.createElement("label");
        const box = Object.assign(document.createElement("input"), {
          type: "checkbox",
          name: "values",
          value: String(i),
          defaultChecked: checked.includes(i),
        });
        label.append(box, name);
        return label;
      });
    this.#find("values").replaceChildren(...boxes);
    this.#find("series-name").replaceChildren();
    this.#offerSeriesNames([]);
    this.#preview(peeked);
  }

  /** What is to be read. @throws DataError without a column, or with too many */
  reading(peeked: Peek): Reading {
    const { time, series, seriesName, holes } = readForm(this.#form);
    const boxes = [...this.#form.querySelectorAll<HTMLInputElement>('input[name="values"]:checked')];
    const values = boxes.map(({ value }) => Number(value));
    if (values.length === 0) {
      const none = this.#find("values").childElementCount === 0;
      throw new DataError(
        none
          ? `A column of numbers expected, got none in ${peeked.columns.map(({ name }) => `“${name}”`).join(", ")}.`
          : "A column of numbers expected, got none. Choose one under “Values”.",
      );
    }
    if (values.length > MOST_VALUES)
      throw new DataError(`At most ${MOST_VALUES} columns at once expected, got ${values.length}.`);
    const every = Number(this.#find<HTMLInputElement>("every").value);
    return {
      peeked,
      time: time === "" ? undefined : Number(time),
      values,
      ...(series ? { series: Number(series), ...(seriesName ? { seriesName } : {}) } : {}),
      every: Number.isInteger(every) && every > 0 ? every : 1,
      holes: holes as Reading["holes"],
    };
  }

  /** Once they are known: the names of the series in a file that holds several. */
  offerSeries(names: readonly string[]): void {
    const select = this.#find<HTMLSelectElement>("series-name");
    if (select.options.length !== names.length) this.#offerSeriesNames(names);
  }

  #offerSeriesNames(names: readonly string[]): void {
    const select = this.#find<HTMLSelectElement>("series-name");
    fill(
      select,
      names.map((name): [string, string] => [name, name]),
      names[0] ?? "",
    );
    select.hidden = names.length === 0;
  }

  #preview({ columns, rows }: Peek): void {
    const row = (tag: "th" | "td", cells: readonly string[]) => {
      const line = document.createElement("tr");
      line.append(
        ...cells.slice(0, 20).map(text => {
          const cell = document.createElement(tag);
          cell.textContent = text.length > 24 ? `${text.slice(0, 23)}…` : text;
          return cell;
        }),
      );
      return line;
    };
    const names = columns.map(({ name }) => name);
    const preview = this.#find("preview");
    preview.parentElement!.tabIndex = 0; // it may be wider than its place
    preview.replaceChildren(
      row("th", names),
      ...rows.map(cells =>
        row(
          "td",
          names.map((_, i) => cells[i] ?? ""),
        ),
      ),
    );
  }
}

function fill(
  select: HTMLSelectElement,
  options: readonly [value: string, text: string][],
  chosen: string,
): void {
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value, false, value === chosen)));
}

/** How a file was read, in a sentence for the status line. */
export function readingWords({ dialect, ambiguousDates, notes, columns, time }: Peek): string[] {
  const separator = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes" }[
    dialect.delimiter
  ];
  const words = [
    `Cells separated by ${separator}, decimals behind a ${dialect.decimal === "." ? "point" : "comma"}, ` +
      `${dialect.header ? "names in the first row" : "no names"}${dialect.encoding === "utf-8" ? "" : `, ${dialect.encoding}`}.`,
    ...notes,
  ];
  if (time !== undefined && columns[time]!.kind === "date" && dialect.dates !== "ymd")
    words.push(
      `Dates are read as ${dialect.dates === "mdy" ? "month/day/year" : "day/month/year"}` +
        (ambiguousDates ? "; the file does not tell, so switch it if that is wrong." : "."),
    );
  return words;
}
