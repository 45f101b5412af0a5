/** The drawing area: path, fixes, estimates with their ellipses, in the page's colours. */

import { addEllipse, coloursOf, fitCanvas, strokeLine } from "../site/canvas.ts";
import type { Answer, Estimate } from "./estimate.ts";
import { FIELD, type Point } from "./path.ts";

export interface Scene {
  readonly path: readonly Point[];
  readonly fixes: Float64Array;
  readonly answer: Answer | undefined;
  readonly level: number;
}

export function drawScene(canvas: HTMLCanvasElement, { path, fixes, answer, level }: Scene): void {
  const pixel = fitCanvas(canvas);
  const { width, height } = canvas;
  const context = canvas.getContext("2d")!;
  const colour = coloursOf(canvas, ["--c1", "--c2", "--c6", "--dots"]);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(width / FIELD.width, 0, 0, height / FIELD.height, 0, 0);
  const unit = (FIELD.width / width) * pixel;

  if (answer) {
    fillEllipses(context, answer.filtered, level, colour("--c2"), 0.13);
    fillEllipses(context, answer.smoothed, level, colour("--c1"), 0.25);
  }
  strokeLine(context, path.flat(), colour("--c6"), 2 * unit, [5 * unit, 4 * unit]);
  context.fillStyle = colour("--dots");
  for (let t = 0; t < fixes.length; t += 2) {
    if (Number.isNaN(fixes[t]!)) continue;
    context.beginPath();
    context.arc(fixes[t]!, fixes[t + 1]!, 2 * unit, 0, 2 * Math.PI);
    context.fill();
  }
  if (answer) {
    strokeLine(context, answer.filtered.means, colour("--c2"), 1.6 * unit);
    strokeLine(context, answer.smoothed.means, colour("--c1"), 2.6 * unit);
  }
}

/** All ellipses as one area, so that overlaps are not darker. */
function fillEllipses(
  context: CanvasRenderingContext2D,
  { means, covariances }: Estimate,
  level: number,
  colour: string,
  alpha: number,
): void {
  context.beginPath();
  for (let t = 0; 2 * t < means.length; t++) {
    const moments = covariances.subarray(3 * t, 3 * t + 3) as unknown as [number, number, number];
    addEllipse(context, means[2 * t]!, means[2 * t + 1]!, moments, level);
  }
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 1;
}
