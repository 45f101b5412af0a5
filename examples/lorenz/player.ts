/** The slider over updates with its button: one picture after the other. */

/** ms between pictures, and for all of them together. */
const PAUSE = { most: 700, all: 7000, least: 30 } as const;

export class Player {
  readonly #slider: HTMLInputElement;
  readonly #button: HTMLButtonElement;
  readonly #show: (at: number) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param show draws picture `at` */
  constructor(slider: HTMLInputElement, button: HTMLButtonElement, show: (at: number) => void) {
    this.#slider = slider;
    this.#button = button;
    this.#show = show;
    slider.addEventListener("input", () => {
      this.stop();
      show(this.at);
    });
    button.addEventListener("click", () => (this.#timer === undefined ? this.#play() : this.stop()));
  }

  get at(): number {
    return Number(this.#slider.value);
  }

  /** Goes to a picture. */
  set at(value: number) {
    this.#slider.value = String(value);
    this.#show(this.at);
  }

  /** New pictures, 0 … last; stays at the same one where there is such. */
  load(last: number): void {
    this.stop();
    this.#slider.max = String(last);
    this.#show(this.at);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#button.textContent = "Play";
  }

  #play(): void {
    const last = Number(this.#slider.max);
    const pause = Math.max(PAUSE.least, Math.min(PAUSE.most, PAUSE.all / (last + 1)));
    this.#button.textContent = "Stop";
    if (this.at === last) this.at = 0;
    this.#timer = setInterval(() => {
      // Nobody looks.
      if (document.hidden) return;
      if (this.at < last) this.at++;
      if (this.at >= last) this.stop();
    }, pause);
  }
}
