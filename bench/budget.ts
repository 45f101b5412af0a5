/** Which sizes would take too long, told from smaller ones: work grows linearly in T. */

export class Budget {
  readonly #milliseconds: number;
  readonly #known = new Map<string, { T: number; ms: number }>();

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** One run at length T took so long. */
  note(key: string, T: number, ms: number): void {
    this.#known.set(key, { T, ms });
  }

  /** Why a cell at length T is not run: warm-up, check and one repetition would not fit. undefined: run it. */
  refusal(key: string, T: number): string | undefined {
    const known = this.#known.get(key);
    if (!known || T <= known.T) return undefined;
    const expected = (known.ms * T) / known.T;
    if (3 * expected <= this.#milliseconds) return undefined;
    return `about ${seconds(expected)} a run expected from T = ${known.T}, three do not fit the budget of ${seconds(this.#milliseconds)}`;
  }
}

const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(2))} s`;
