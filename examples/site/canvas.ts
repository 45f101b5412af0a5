/** What drawings on a canvas share: its size in pixels, the page's colours, lines, ellipses. */

/** Gives the canvas as many pixels as it is shown with. @returns pixels of the device for one of the page */
export function fitCanvas(canvas: HTMLCanvasElement): number {
  const pixel = devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * pixel);
  const height = Math.round(canvas.clientHeight * pixel);
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  return pixel;
}

/** Custom properties of look.css resolved to what a canvas knows. */
export function coloursOf(canvas: HTMLCanvasElement, names: readonly string[]): (name: string) => string {
  const probe = document.createElement("span");
  probe.hidden = true;
  canvas.parentElement!.append(probe);
  const known = new Map<string, string>();
  for (const name of names) {
    probe.style.color = `var(${name})`;
    known.set(name, getComputedStyle(probe).color);
  }
  probe.remove();
  return name => known.get(name)!;
}

/** A line through points x, y, x, y, … */
export function strokeLine(
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

/** Squared radius that holds a share of a normal distribution in the plane. */
export const radiusSquared = (level: number): number => -2 * Math.log(1 - level);

/** Adds to the path the ellipse that holds a share of the normal distribution of covariance [xx, xy; xy, yy]. */
export function addEllipse(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  [xx, xy, yy]: readonly [xx: number, xy: number, yy: number],
  level: number,
): void {
  const middle = (xx + yy) / 2;
  const half = Math.hypot((xx - yy) / 2, xy);
  const [long, short] = [middle + half, middle - half].map(v =>
    Math.sqrt(radiusSquared(level) * Math.max(0, v)),
  );
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  context.moveTo(x + long! * Math.cos(angle), y + long! * Math.sin(angle));
  context.ellipse(x, y, long!, short!, angle, 0, 2 * Math.PI);
}
