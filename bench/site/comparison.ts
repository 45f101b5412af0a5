/** The choice of a stored run, and its cells that belong to what is shown; loaded when asked for. */

import runs from "virtual:stored-runs";
import type { Cell } from "../cell.ts";
import type { Choices } from "./choices.ts";
import { contents, matching, storedName } from "./stored.ts";

export class Comparison {
  /** Called when other cells are to be drawn. */
  changed = (): void => {};
  readonly #select: HTMLSelectElement;
  readonly #words: HTMLElement;
  #loaded: readonly Cell[] = [];

  constructor(select: HTMLSelectElement, words: HTMLElement) {
    this.#select = select;
    this.#words = words;
    for (const run of runs) select.append(new Option(storedName(run), run.id));
    select.addEventListener("change", () => void this.choose());
  }

  /** Loads what is chosen now. */
  async choose(): Promise<void> {
    const id = this.#select.value;
    try {
      const loaded = (await runs.find(run => run.id === id)?.load()) ?? [];
      // A slow load must not overtake a later choice.
      if (this.#select.value === id) this.#loaded = loaded;
    } catch {
      this.#words.hidden = false;
      this.#words.textContent = "The stored run could not be loaded.";
      return;
    }
    this.changed();
  }

  /** Stored cells of the model, task and sizes shown; says where they are from. */
  cells(choices: Choices): Cell[] {
    const run = runs.find(({ id }) => id === this.#select.value);
    this.#words.hidden = !run;
    if (!run) return [];
    const found = matching(this.#loaded, choices);
    this.#words.textContent =
      found.length > 0
        ? `Dashed: ${storedName(run)}.`
        : `That run has no times for what is shown. It has: ${contents(this.#loaded)}.`;
    return found;
  }
}
