/** Where data come from: a chosen file, a dropped one, pasted text, a sample. */

import type { SampleName } from "./samples.ts";

const find = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

/** Calls `open` with what a visitor brings, `take` with the sample asked for. */
export function listenForData(
  open: (file: Blob, name: string) => void,
  take: (sample: SampleName) => void,
): void {
  const place = find("source");
  const input = find<HTMLInputElement>("file");
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    // The same file may be chosen again after it was corrected.
    input.value = "";
    if (file) open(file, file.name);
  });
  for (const button of place.querySelectorAll<HTMLButtonElement>("[data-sample]"))
    button.addEventListener("click", () => take(button.dataset.sample as SampleName));
  find("use-text").addEventListener("click", () => {
    open(new Blob([find<HTMLTextAreaElement>("text").value]), "pasted text");
  });
  listenForDrops(place, open);
}

/** Files may be dropped anywhere; elsewhere the browser would leave the page for them. */
function listenForDrops(place: HTMLElement, open: (file: Blob, name: string) => void): void {
  const carriesFile = (event: DragEvent): boolean =>
    [...(event.dataTransfer?.types ?? [])].some(type => type === "Files" || type === "text/plain");
  // Text may be dragged within fields of the page.
  const ofField = ({ target }: Event): boolean => target instanceof HTMLTextAreaElement;
  for (const name of ["dragenter", "dragover"] as const)
    document.addEventListener(name, event => {
      if (!carriesFile(event) || ofField(event)) return;
      event.preventDefault();
      place.classList.add("over");
    });
  document.addEventListener("dragleave", event => {
    if (event.relatedTarget === null) place.classList.remove("over");
  });
  document.addEventListener("drop", event => {
    place.classList.remove("over");
    if (!carriesFile(event) || ofField(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    const text = event.dataTransfer?.getData("text/plain");
    if (file) open(file, file.name);
    else if (text) open(new Blob([text]), "dropped text");
  });
}
