/**
 * Screenshots held against references, both shrunk to 400 pixels in width: fonts and antialiasing differ between machines, a missing
 * chart, a wrong colour or a broken layout do not go unseen. UPDATE_REFERENCES=1 writes the references anew; look at them.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { expect } from "vitest";

const REFERENCES = join(import.meta.dirname, "references");
const ACTUAL = join(import.meta.dirname, "../../out/test/site");
const WIDTH = 400;
/** Largest allowed mean difference of colour, of 255, over the page and over any block of 20 × 20 shrunken pixels. */
const LIMITS = { page: 6, block: 60 } as const;

/** The window of the page as it is now, against references/NAME.png. */
export async function expectLooks(page: Page, name: string): Promise<void> {
  const shot = await page.screenshot({ animations: "disabled" });
  const file = join(REFERENCES, `${name}.png`);
  const canvas = await page.context().newPage();
  try {
    await canvas.setContent("<title>compare</title>");
    const small = (await canvas.evaluate(call(SHRINK, [shot.toString("base64"), WIDTH]))) as string;
    if (process.env.UPDATE_REFERENCES) {
      mkdirSync(REFERENCES, { recursive: true });
      writeFileSync(file, Buffer.from(small, "base64"));
      return;
    }
    mkdirSync(ACTUAL, { recursive: true });
    writeFileSync(join(ACTUAL, `${name}.png`), shot);
    if (!existsSync(file))
      throw new Error(`looks: references/${name}.png expected, got none. Run with UPDATE_REFERENCES=1.`);
    const reference = readFileSync(file).toString("base64");
    const found = (await canvas.evaluate(call(COMPARE, [small, reference]))) as {
      page: number;
      block: number;
    };
    expect(found.page, `${name}: whole page; see out/test/site/${name}.png`).toBeLessThan(LIMITS.page);
    expect(found.block, `${name}: worst block; see out/test/site/${name}.png`).toBeLessThan(LIMITS.block);
  } finally {
    await canvas.close();
  }
}

/** A function given as text, called with its argument. */
const call = (code: string, argument: unknown): string => `(${code})(${JSON.stringify(argument)})`;

const DRAW = `const draw = async (base64, width) => {
  const image = new Image();
  image.src = "data:image/png;base64," + base64;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width ?? image.width;
  canvas.height = Math.round((image.height * canvas.width) / image.width);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return { canvas, context };
};`;
const SHRINK = `async ([shot, width]) => { ${DRAW}
  return (await draw(shot, width)).canvas.toDataURL("image/png").split(",")[1];
}`;
const COMPARE = `async ([a, b]) => { ${DRAW}
  const [one, two] = [await draw(a), await draw(b)];
  const width = Math.min(one.canvas.width, two.canvas.width), height = Math.min(one.canvas.height, two.canvas.height);
  const [p, q] = [one, two].map(({ context }) => context.getImageData(0, 0, width, height).data);
  const side = 20, blocks = new Map();
  let sum = 0;
  for (let i = 0; i < p.length; i += 4) {
    const off = (Math.abs(p[i] - q[i]) + Math.abs(p[i + 1] - q[i + 1]) + Math.abs(p[i + 2] - q[i + 2])) / 3;
    const pixel = i / 4, key = Math.floor((pixel % width) / side) + "," + Math.floor(pixel / width / side);
    blocks.set(key, (blocks.get(key) ?? 0) + off);
    sum += off;
  }
  return { page: sum / (width * height), block: Math.max(...blocks.values()) / (side * side) };
}`;
