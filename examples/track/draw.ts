/** The drawing area: path, fixes, estimates with their ellipses, in the page's colours. */

import { type Answer, type Estimate, radiusSquared } from "./estimate.ts";
import { FIELD, type Point } from "./path.ts";

export interface Scene {
  readonly path: readonly Point[];
  readonly fixes: Float64Array;
  readonly answer: Answer | undefined;
  readonly level: number;
}

export function drawScene(canvas: HTMLCanvasElement, { path, fixes, answer, level }: Scene): void {
  const pixel = devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * pixel);
  const height = Math.round(canvas.clientHeight * pixel);
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d")!;
  const colour = coloursOf(canvas);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(width / FIELD.width, 0, 0, height / FIELD.height, 0, 0);
  const unit = (FIELD.width / width) * pixel;

  if (answer) {
    fillEllipses(context, answer.filtered, level, colour("--c2"), 0.13);
    fillEllipses(context, answer.smoothed, level, colour("--c1"), 0.25);
  }
  stroke(context, path.flat(), colour("--c6"), 2 * unit, [5 * unit, 4 * unit]);
  context.fillStyle = colour("--dots");
  for (let t = 0; t < fixes.length; t += 2) {
    if (Number.isNaN(fixes[t]!)) continue;
    context.beginPath();
    context.arc(fixes[t]!, fixes[t + 1]!, 2 * unit, 0, 2 * Math.PI);
    context.fill();
  }
  if (answer) {
    stroke(context, answer.filtered.means, colour("--c2"), 1.6 * unit);
    stroke(context, answer.smoothed.means, colour("--c1"), 2.6 * unit);
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
    const [xx, xy, yy] = covariances.subarray(3 * t, 3 * t + 3) as unknown as [number, number, number];
    const middle = (xx + yy) / 2;
    const half = Math.hypot((xx - yy) / 2, xy);
    const [long, short] = [middle + half, middle - half].map(v =>
      Math.sqrt(radiusSquared(level) * Math.max(0, v)),
    );
    const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
    context.moveTo(means[2 * t]! + long! * Math.cos(angle), means[2 * t + 1]! + long! * Math.sin(angle));
    context.ellipse(means[2 * t]!, means[2 * t + 1]!, long!, short!, angle, 0, 2 * Math.PI);
  }
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 1;
}

function stroke(
  context: CanvasRenderingContext2D,
  points: ArrayLike<number>,
  colour: string,
  width: number,
  dash: number[] = [],
): void {
  context.beginPath();
  for (let t = 0; t < points.length; t += 2) context.lineTo(points[t]!, points[t + 1]!);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

/** Custom properties resolved to what a canvas knows. */
function coloursOf(canvas: HTMLCanvasElement): (name: string) => string {
  const probe = document.createElement("span");
  probe.hidden = true;
  canvas.parentElement!.append(probe);
  const known = new Map<string, string>();
  for (const name of ["--c1", "--c2", "--c6", "--dots"]) {
    probe.style.color = `var(${name})`;
    known.set(name, getComputedStyle(probe).color);
  }
  probe.remove();
  return name => known.get(name)!;
}
