/** What the tests of Your CSV do with its page. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll } from "vitest";

let folder: string;
/** A folder for the files of a suite. */
export function useFolder(): (name: string) => string {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "statescan-csv-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return name => join(folder, name);
}

export const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
/** The text of the alert, "" while there is none. */
export const alertText = (page: Page) =>
  page
    .locator("#error:not([hidden])")
    .allTextContents()
    .then(texts => texts.join());
export const choose = (page: Page, path: string) => page.getByLabel("Choose a file").setInputFiles(path);
export const kind = (page: Page, name: string) =>
  page.getByLabel("What the series is made of").selectOption(name);

export const paste = async (page: Page, text: string): Promise<void> => {
  await page.evaluate(() => {
    document.querySelector<HTMLDetailsElement>("#paste")!.open = true;
  });
  await page.getByLabel(/Rows of text/).fill(text);
  await page.getByRole("button", { name: "Use this text" }).click();
};
export async function download(page: Page, name: string): Promise<string> {
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name }).click(),
  ]);
  const path = join(folder, saved.suggestedFilename());
  await saved.saveAs(path);
  return path;
}
/** Columns of a downloaded table; empty cells are undefined. */
export function columns(path: string): Record<string, (number | string | undefined)[]> {
  const [names, ...rows] = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map(row => row.split(","));
  return Object.fromEntries(
    names!.map((name, i) => [
      name,
      rows.map(row => (row[i] === "" ? undefined : i === 0 ? row[i] : Number(row[i]))),
    ]),
  );
}
export const rowsOf = (T: number, value: (t: number) => string): string =>
  `t,y\n${Array.from({ length: T }, (_, t) => `${t},${value(t)}`).join("\n")}\n`;
