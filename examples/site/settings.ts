/** The state of a form as text for a link, and back: only what differs from the page's defaults, only what the form allows. */

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const named = (form: HTMLFormElement): Control[] =>
  [...form.elements].filter(
    (e): e is Control =>
      (e instanceof HTMLInputElement || e instanceof HTMLSelectElement || e instanceof HTMLTextAreaElement) &&
      e.name !== "" &&
      e.type !== "file",
  );

/** Values by name; a box gives "on" or "off", several boxes of one name a list "a,b". */
export function readForm(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  const groups = new Map<string, Control[]>();
  for (const control of named(form)) groups.set(control.name, [...(groups.get(control.name) ?? []), control]);
  for (const [name, controls] of groups) {
    const [first] = controls as [Control];
    if (first.type === "radio")
      values[name] = (controls as HTMLInputElement[]).find(c => c.checked)?.value ?? "";
    else if (first.type === "checkbox") {
      const boxes = controls as HTMLInputElement[];
      values[name] =
        boxes.length === 1
          ? boxes[0]!.checked
            ? "on"
            : "off"
          : boxes
              .filter(c => c.checked)
              .map(c => c.value)
              .join(",");
    } else values[name] = first.value;
  }
  return values;
}

/** Puts values in; what the form has no place for, or does not allow, is left as it was and named in the answer. */
export function writeForm(form: HTMLFormElement, values: Readonly<Record<string, string>>): string[] {
  const refused: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const controls = named(form).filter(control => control.name === name);
    if (controls.length === 0 || !put(controls, value)) refused.push(name);
  }
  return refused;
}

function put(controls: readonly Control[], value: string): boolean {
  const [first] = controls as [Control];
  if (first.type === "checkbox" || first.type === "radio") {
    const boxes = controls as HTMLInputElement[];
    if (first.type === "checkbox" && boxes.length === 1) {
      if (value !== "on" && value !== "off") return false;
      boxes[0]!.checked = value === "on";
      return true;
    }
    const wanted = value === "" ? [] : value.split(",");
    if (wanted.some(word => !boxes.some(box => box.value === word))) return false;
    if (first.type === "radio" && wanted.length !== 1) return false;
    for (const box of boxes) box.checked = wanted.includes(box.value);
    return true;
  }
  if (first instanceof HTMLSelectElement) {
    if (![...first.options].some(option => option.value === value && !option.disabled)) return false;
    first.value = value;
    return true;
  }
  // What is no number a browser takes for none, with a warning.
  if (
    (first.type === "number" || first.type === "range") &&
    !(value.trim() !== "" && Number.isFinite(Number(value)))
  )
    return false;
  // A browser holds keys to maxlength, not scripts.
  if (first instanceof HTMLTextAreaElement && first.maxLength >= 0 && value.length > first.maxLength)
    return false;
  const before = first.value;
  first.value = value;
  if (first.value === value && first.checkValidity()) return true;
  first.value = before;
  return false;
}

/** "#v=1&T=1000" of the values that differ from the defaults. */
export function settingsHash(
  version: number,
  values: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): string {
  const parts = new URLSearchParams({ v: String(version) });
  for (const [name, value] of Object.entries(values)) if (value !== defaults[name]) parts.set(name, value);
  return `#${parts}`;
}

export interface Settings {
  readonly version: number | undefined;
  readonly values: Record<string, string>;
}

export function parseSettings(hash: string): Settings {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const version = Number(parts.get("v") ?? Number.NaN);
  parts.delete("v");
  return { version: Number.isInteger(version) ? version : undefined, values: Object.fromEntries(parts) };
}

/** Keeps the <output> beside every slider at its value. */
export function showSliderValues(
  form: HTMLFormElement,
  format: (name: string, value: string) => string = (_, v) => v,
): void {
  for (const slider of form.querySelectorAll<HTMLInputElement>('input[type="range"]')) {
    const output = form.querySelector<HTMLOutputElement>(`output[for="${slider.id}"]`);
    const text = format(slider.name, slider.value);
    if (output) output.value = text;
    slider.setAttribute("aria-valuetext", text);
  }
}
