/** What the pages of the gallery have in common: facts, a status, a form, and runs that follow what is done. */
import type { Page } from "playwright";
import { runsOf, untilRuns } from "./harness.ts";

/** The value beside a name in the list of facts; a string is the whole name. */
export async function fact(page: Page, name: string | RegExp): Promise<string> {
  const terms = page.locator("#facts dt");
  const term =
    typeof name === "string" ? terms.getByText(name, { exact: true }) : terms.filter({ hasText: name });
  return (await term.locator("xpath=following-sibling::dd[1]").textContent()) ?? "";
}

export const status = (page: Page) => page.locator("#status").textContent();

/** What the form holds, but for the field `except`. */
export const formValues = (page: Page, except = ""): Promise<Record<string, string>> =>
  page.evaluate(left => {
    const form = document.querySelector<HTMLFormElement>("#form")!;
    const all = [...form.elements].filter(e => "name" in e && e.name && e.name !== left);
    return Object.fromEntries((all as HTMLInputElement[]).map(e => [e.name, e.value]));
  }, except);

/** Does something and waits for the result of it. */
export async function after(page: Page, act: () => Promise<unknown>, timeout?: number): Promise<void> {
  const runs = await runsOf(page);
  await act();
  await untilRuns(page, runs + 1, timeout);
}
