/** Which sizes would take too long, told from smaller ones: work grows linearly in the steps of all series. */

export class Budget {
  readonly #milliseconds: number;
  readonly #known = new Map<string, { steps: number; ms: number }>();

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** One run of so many steps took so long. */
  note(key: string, steps: number, ms: number): void {
    this.#known.set(key, { steps, ms });
  }

  /** Why a cell of so many steps is not run: check, warm-up and one repetition would not fit. undefined: run it. */
  refusal(key: string, steps: number): string | undefined {
    const known = this.#known.get(key);
    if (!known || steps <= known.steps) return undefined;
    const expected = (known.ms * steps) / known.steps;
    if (3 * expected <= this.#milliseconds) return undefined;
    return `about ${seconds(expected)} a run expected from ${known.steps} steps, three do not fit the budget of ${seconds(this.#milliseconds)}`;
  }
}

const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(2))} s`;
