/** The form about the model: settings, sliders with the variances they stand for, links. */

import { readForm, writeForm } from "../site/settings.ts";
import type { Variances } from "./models.ts";
import type { SeriesFacts } from "./protocol.ts";
import { CONTROLS, DEFAULTS, type ModelKind, type ModelSettings, WORDS } from "./settings.ts";

const FACTORS = ["level", "slope", "seasonal", "noise"] as const;

const number = (value: number): string =>
  value < 1e-4 || value >= 1e7
    ? value.toExponential(1)
    : value.toLocaleString("en", { maximumSignificantDigits: 3 });

export class ModelForm {
  readonly #form: HTMLFormElement;
  /** What the page starts from; links hold what differs. */
  readonly defaults: Record<string, string>;
  /** Variances of the last run without their sliders: those of the first column. */
  #starting: Variances = {};
  /** A visitor's own period is kept when the data suggest another. */
  #ownPeriod = false;

  constructor(form: HTMLFormElement, changed: () => void) {
    this.#form = form;
    this.defaults = readForm(form);
    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("input", ({ target }) => {
      const { name } = target as HTMLInputElement;
      if (name === "period" || name === "harmonics") this.#ownPeriod = true;
      if (name === "model") this.#put({ level: 0, slope: 0, seasonal: 0, noise: 0 });
      this.refresh();
      if (form.checkValidity()) changed();
      else form.reportValidity();
    });
    form.querySelector("#reset")!.addEventListener("click", () => {
      this.#put({ level: 0, slope: 0, seasonal: 0, noise: 0, stay: DEFAULTS.stay });
      this.refresh();
      changed();
    });
    this.refresh();
  }

  /** For a new file: sliders back, and what its sample asks for. */
  start(settings: Partial<ModelSettings>): void {
    this.#ownPeriod = settings.period !== undefined;
    this.#starting = {};
    this.#put({ model: "level", level: 0, slope: 0, seasonal: 0, noise: 0, ...settings });
    this.refresh();
  }

  /** Values of a link; refused ones are named. */
  write(values: Readonly<Record<string, string>>): string[] {
    if ("period" in values) this.#ownPeriod = true;
    const refused = writeForm(this.#form, values);
    this.refresh();
    return refused;
  }

  values(): Record<string, string> {
    return readForm(this.#form);
  }

  suggest({ period, harmonics }: SeriesFacts): void {
    if (this.#ownPeriod) return;
    this.#put({ period: Number(period.toPrecision(6)), harmonics });
  }

  settings(): ModelSettings {
    const { model, backend, ...numbers } = this.values();
    return {
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)])),
      model,
      backend,
    } as unknown as ModelSettings;
  }

  /** The variances that a run used, of the first column. */
  showVariances(variances: Variances | undefined, { level, slope, seasonal, noise }: ModelSettings): void {
    const powers = { level, slope, seasonal, noise };
    this.#starting = {};
    for (const name of FACTORS)
      if (variances?.[name] !== undefined) this.#starting[name] = variances[name] / 10 ** powers[name];
    this.refresh();
  }

  /** Shows what belongs to the model, and what sliders stand for. */
  refresh(): void {
    const { model } = this.values() as { model: ModelKind };
    for (const part of this.#form.querySelectorAll<HTMLElement>("[data-for]"))
      part.hidden = !CONTROLS[model].includes(part.dataset.for as keyof ModelSettings);
    this.#form.querySelector("#words")!.textContent = WORDS[model];
    for (const name of FACTORS) this.#showFactor(name, model);
    const stay = this.#input("stay");
    this.#show(stay, Number(stay.value).toFixed(3));
  }

  #showFactor(name: (typeof FACTORS)[number], model: ModelKind): void {
    const slider = this.#input(name);
    const factor = 10 ** Number(slider.value);
    const starting = model === "regimes" ? undefined : this.#starting[name];
    const times = `× ${factor >= 100 ? Math.round(factor) : factor.toPrecision(2)}`;
    this.#show(slider, starting === undefined ? times : `${number(starting * factor)} (${times})`);
  }

  #show(slider: HTMLInputElement, text: string): void {
    this.#form.querySelector<HTMLOutputElement>(`output[for="${slider.id}"]`)!.value = text;
    slider.setAttribute("aria-valuetext", text);
  }

  #input(name: string): HTMLInputElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement;
  }

  #put(settings: Partial<ModelSettings>): void {
    for (const [name, value] of Object.entries(settings)) this.#input(name).value = String(value);
  }
}
