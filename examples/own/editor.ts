/** A textarea with line numbers and with faults underlined: behind it the same text lies once more, see-through but for its marks. */

import type { FieldPlace } from "./faults.ts";

export class Editor {
  readonly area: HTMLTextAreaElement;
  readonly #numbers: HTMLElement;
  readonly #marks: HTMLElement;
  readonly #words: HTMLElement;
  #place: FieldPlace | undefined;

  /** @param area is put into a frame of its own */
  constructor(area: HTMLTextAreaElement) {
    this.area = area;
    const frame = document.createElement("div");
    frame.className = "editor";
    const [numbers, marks] = [document.createElement("pre"), document.createElement("pre")];
    numbers.className = "numbers";
    marks.className = "marks";
    for (const part of [numbers, marks]) part.setAttribute("aria-hidden", "true");
    const stack = document.createElement("div");
    stack.className = "stack";
    area.replaceWith(frame);
    stack.append(marks, area);
    frame.append(numbers, stack);
    const words = document.createElement("p");
    words.className = "fault-words";
    // The alert has said it.
    words.setAttribute("aria-hidden", "true");
    frame.after(words);
    [this.#numbers, this.#marks, this.#words] = [numbers, marks, words];
    area.spellcheck = false;
    area.autocapitalize = "off";
    area.setAttribute("autocomplete", "off");
    area.wrap = "off";
    area.addEventListener("input", () => {
      // What was marked may be elsewhere now.
      this.mark(undefined);
    });
    area.addEventListener("scroll", () => this.#scroll());
    new ResizeObserver(() => this.#fit()).observe(area);
    this.#draw();
  }

  get value(): string {
    return this.area.value;
  }
  set value(text: string) {
    this.area.value = text;
    this.mark(undefined);
  }

  /**
   * Underlines a place, or the whole text; nothing takes the line away.
   * @param words of the fault, shown below where there is no room for the alert beside
   */
  mark(place: FieldPlace | undefined, words = ""): void {
    this.#place = place;
    this.#words.textContent = words;
    if (place) {
      this.area.setAttribute("aria-invalid", "true");
      this.area.setAttribute("aria-describedby", "error");
    } else {
      this.area.removeAttribute("aria-invalid");
      this.area.removeAttribute("aria-describedby");
    }
    this.#draw();
  }

  /** Puts the cursor on what is marked. */
  reveal(): void {
    const { start, end } = this.#range() ?? { start: 0, end: 0 };
    this.area.focus();
    this.area.setSelectionRange(start, end);
  }

  /** Characters of the text that are marked. */
  #range(): { start: number; end: number } | undefined {
    if (!this.#place) return undefined;
    const text = this.area.value;
    const { line, column, length } = this.#place;
    if (line === 0) return { start: 0, end: text.length };
    const lines = text.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const own = lines[line - 1]?.length ?? 0;
    // What is missing at the end of a line is shown at its last character.
    const from = Math.min(column - 1, Math.max(0, own - 1));
    return { start: before + from, end: before + Math.min(own, Math.max(from + 1, from + length)) };
  }

  #draw(): void {
    const text = this.area.value;
    const lines = text.split("\n").length;
    this.area.rows = Math.max(lines, Number(this.area.dataset.rows ?? 1));
    this.#numbers.hidden = this.area.rows === 1;
    const fault = this.#place?.line;
    this.#numbers.replaceChildren(
      ...Array.from({ length: this.area.rows }, (_, i) => {
        const number = document.createElement("span");
        number.textContent = i < lines ? `${i + 1}\n` : "\n";
        if (fault === i + 1) number.className = "fault-line";
        return number;
      }),
    );
    const range = this.#range();
    const mark = document.createElement("span");
    if (range) {
      mark.className = "fault";
      mark.textContent = text.slice(range.start, range.end);
      // An empty text has nothing to underline.
      if (mark.textContent === "") mark.textContent = " ";
    }
    const { start, end } = range ?? { start: text.length, end: text.length };
    this.#marks.replaceChildren(text.slice(0, start), ...(range ? [mark] : []), `${text.slice(end)}\n`);
    this.#scroll();
    this.#fit();
  }

  /** A bar to scroll by needs room below the last line. */
  #fit(): void {
    this.area.classList.toggle("wide", this.area.scrollWidth > this.area.clientWidth);
  }

  #scroll(): void {
    this.#marks.scrollLeft = this.area.scrollLeft;
    this.#marks.scrollTop = this.area.scrollTop;
  }
}
