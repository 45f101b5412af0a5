/** What every page says of a run: where it ran, how, how long; and what went wrong. */

import type { RunInfo } from "../../src/api/index.ts";

export type BackendChoice = "auto" | "webgpu" | "cpu";

/** "45 ms", "1.31 s" */
export const timeText = (seconds: number): string =>
  seconds < 1 ? `${Number((seconds * 1000).toPrecision(2))} ms` : `${seconds.toPrecision(3)} s`;

/** Where a result was computed, in words that never call a software adapter a GPU. */
export function placeText({
  backend,
  adapter,
  software,
  method,
  seconds,
}: Pick<RunInfo, "backend" | "adapter" | "software" | "method" | "seconds">): string {
  const place =
    backend === "cpu"
      ? "CPU, float64 JavaScript"
      : `WebGPU on ${adapter}${software ? ", a software adapter: no GPU" : ""}, float32, ${method} in time`;
  return `${place}; ${timeText(seconds)}`;
}

/** Fills a <dl class="facts"> with names and values. */
export function showFacts(
  list: HTMLElement,
  facts: readonly (readonly [name: string, value: string])[],
): void {
  list.replaceChildren(
    ...facts.flatMap(([name, value]) => {
      const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      detail.textContent = value;
      return [term, detail];
    }),
  );
}

/** Shows an error, or takes it away. The place has role="alert". */
export function showError(place: HTMLElement, error: unknown): void {
  place.hidden = error === undefined;
  place.classList.add("error");
  place.textContent = error === undefined ? "" : error instanceof Error ? error.message : String(error);
}

/** Says that there is no WebGPU and takes the choice of it away; the CPU code runs everything. */
export function noticeWithoutWebGpu(place: HTMLElement, select?: HTMLSelectElement): void {
  if (navigator.gpu) return;
  place.hidden = false;
  place.classList.add("notice");
  place.textContent =
    "This browser has no WebGPU (or the page is not served over https), so the float64 CPU code runs. The numbers are the same; long series take longer.";
  const option = select?.querySelector<HTMLOptionElement>('option[value="webgpu"]');
  if (!select || !option) return;
  option.disabled = true;
  if (select.value === "webgpu") select.value = "cpu";
}

const FIRST = "statescan:first-result";

/** A result is seen, more of the same run may come; the first one is marked on the page's timeline. */
export function resultSeen(): void {
  if (performance.getEntriesByName(FIRST).length === 0) performance.mark(FIRST);
}

/** A run is on the page: counted in <main data-runs>. */
export function finished(): void {
  resultSeen();
  const main = document.querySelector("main")!;
  main.dataset.runs = String(Number(main.dataset.runs ?? 0) + 1);
}
