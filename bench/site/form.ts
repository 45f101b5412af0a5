/** The form: what fits together, links that restore it, what goes against the limits. */

import { parseSettings, readForm, settingsHash, writeForm } from "../../examples/site/settings.ts";
import { type Choices, isRecurrence, LINK_VERSION, type ModelName, readChoices } from "./choices.ts";

const FIELDS: Readonly<Record<string, string>> = {
  model: "model",
  task: "task",
  n: "state dimension n",
  K: "states K",
  gain: "gain g",
  series: "series",
  T: "steps T",
  methods: "methods",
  repeat: "repetitions",
  budget: "seconds a cell",
  against: "stored run",
};

export class BenchForm {
  readonly form: HTMLFormElement;
  readonly #defaults: Readonly<Record<string, string>>;

  constructor(form: HTMLFormElement) {
    this.form = form;
    this.#defaults = readForm(form);
    this.#fit();
  }

  /** @throws Error with one sentence that names the field */
  get choices(): Choices {
    return readChoices(readForm(this.form));
  }

  /** Name of the stored run to compare with, or "". */
  get against(): string {
    return readForm(this.form).against ?? "";
  }

  /** After a change by hand: fields that fit the model, and the link in the address bar. */
  changed(): void {
    this.#fit();
    history.replaceState(null, "", this.link);
  }

  get link(): string {
    const values = readForm(this.form);
    const hash = settingsHash(LINK_VERSION, values, this.#defaults);
    return `${location.pathname}${location.search}${hash}`;
  }

  /** Settings out of a link. @returns what was left out of it, in words; undefined when it was taken as it is */
  restore(hash: string): string | undefined {
    const text = hash.replace(/^#/, "");
    // A fragment without settings, such as that of the link to the content.
    if (!text.includes("=")) return undefined;
    const { version, values } = parseSettings(text);
    this.#reset();
    if (version !== LINK_VERSION)
      return `The link has settings of another version of this page (${version ?? "none named"} instead of ${LINK_VERSION}). They were left out; the defaults stand here.`;
    const { model, ...rest } = values;
    // The model decides which tasks there are.
    const refused = model === undefined ? [] : writeForm(this.form, { model });
    this.#fit();
    refused.push(...writeForm(this.form, rest));
    this.#fit();
    try {
      readChoices(readForm(this.form));
    } catch (error) {
      this.#reset();
      return `The link could not be used: ${(error as Error).message} The defaults stand here.`;
    }
    if (refused.length === 0) return undefined;
    const names = refused.map(name => FIELDS[name] ?? `“${name.slice(0, 40)}”`);
    return `Left out of the link, because this page does not know or allow it: ${names.join(", ")}. The defaults stand there.`;
  }

  #reset(): void {
    this.form.reset();
    writeForm(this.form, this.#defaults);
    this.#fit();
  }

  /** A hidden Markov model has K instead of n, and a most probable path; a recurrence has one task, and some a gain. */
  #fit(): void {
    const find = <E extends HTMLElement>(selector: string): E => this.form.querySelector<E>(selector)!;
    const model = find<HTMLSelectElement>('[name="model"]').value as ModelName;
    const [hmm, recurrence] = [model === "hmm", isRecurrence(model)];
    const task = find<HTMLSelectElement>('[name="task"]');
    find("#n-label").hidden = hmm || model === "observer";
    find<HTMLInputElement>('[name="n"]').max = recurrence ? "128" : "32";
    find("#K-label").hidden = !hmm;
    find("#gain-label").hidden = model !== "mean-field";
    find("#task-label").hidden = recurrence;
    for (const option of task.options) {
      const [decode, evaluate] = [option.value === "decode", option.value === "evaluate"];
      option.disabled = evaluate !== recurrence || (decode && !hmm);
    }
    if (task.selectedOptions[0]?.disabled !== false) task.value = recurrence ? "evaluate" : "filter";
  }
}
