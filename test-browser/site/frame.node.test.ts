/** What all pages share: they load without complaint, are accessible, fit a phone, link to each other and change colours. */
import { expect, suite, test } from "vitest";
import { PAGES } from "../../scripts/site/pages.ts";
import { axeViolations, expectNoSidewaysScroll, useSite } from "./harness.ts";

const site = useSite();

suite("every page of the site", () => {
  for (const { path } of PAGES)
    test(`${path}: no complaint, no accessibility violation in either theme, no sideways scroll on a phone or at 400 %`, {
      timeout: 60_000,
    }, async () => {
      const { page, complaints } = await site.visit(path);
      expect(await page.title()).toMatch(/statescan/);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await axeViolations(page)).toEqual([]);
      }
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 640 });
        await expectNoSidewaysScroll(page);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    });

  test("every link leads to a page that exists, and every fragment to an element", {
    timeout: 60_000,
  }, async () => {
    const { page } = await site.visit("index.html");
    const base = page.url().replace(/index\.html$/, "");
    const broken: string[] = [];
    const ids = new Map<string, string>();
    for (const { path } of PAGES) ids.set(path, await (await page.request.get(base + path)).text());
    for (const { path } of PAGES)
      for (const [, href] of ids.get(path)!.matchAll(/<a [^>]*href="([^"]+)"/g)) {
        if (/^[a-z]+:/.test(href!)) continue;
        const url = new URL(href!, base + path);
        const target = url.pathname.slice(new URL(base).pathname.length);
        const text =
          ids.get(target) ?? (await page.request.get(url.href).then(r => (r.ok() ? r.text() : undefined)));
        const id = decodeURIComponent(url.hash.slice(1));
        if (text === undefined || (id && !text.includes(`id="${id}"`))) broken.push(`${path}: ${href}`);
      }
    expect(broken).toEqual([]);
    await page.context().close();
  });

  test("the button goes through the themes and the choice outlives the page", async () => {
    const { page } = await site.visit("index.html");
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const button = page.getByRole("button", { name: /Colours/ });
    expect(await paper()).toBe("rgb(255, 255, 255)");
    await button.click();
    expect(await button.getAttribute("aria-label")).toBe("Colours: light");
    await button.click();
    expect(await paper()).toBe("rgb(19, 22, 27)");
    await page.reload();
    expect(await paper()).toBe("rgb(19, 22, 27)");
    await page.context().close();
  });

  test("the first key stop leads past the navigation to the content", async () => {
    const { page } = await site.visit("docs/hmm.html");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    await page.context().close();
  });

  test("a listing is copied whole", async () => {
    const { page } = await site.visit("index.html", {
      context: { permissions: ["clipboard-read", "clipboard-write"] },
    });
    await page.getByRole("button", { name: "Copy" }).first().click();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toMatch(/^import \{ linearGaussianSSM, smooth \} from "statescan";/);
    expect(text.split("\n").length).toBeGreaterThan(9);
    await page.context().close();
  });
});
