/** The two canvases of the page: an iterate in the plane x–z, and the errors of all of them. */

import { coloursOf, fitCanvas, strokeLine } from "../site/canvas.ts";
import { rangeOf } from "../site/logs.ts";
import { D, type Evaluated } from "./compute.ts";
import { STEP } from "./settings.ts";

/** log10 of errors at the ends of the colours. */
export const ERRORS = { least: -15, most: 2 } as const;

/** x and z of trajectory k, or of the truth. */
function inPlane(states: ArrayLike<number>): Float64Array {
  const points = new Float64Array((states.length / D) * 2);
  for (let t = 0; t < points.length / 2; t++) {
    points[2 * t] = states[D * t]!;
    points[2 * t + 1] = states[D * t + 2]!;
  }
  return points;
}

export const iterateOf = ({ iterates, truth }: Evaluated, k: number): Float32Array =>
  iterates.subarray(k * truth.length, (k + 1) * truth.length);

/** The trajectory dashed, iterate k over it; what leaves the range of the trajectory is cut. */
export function drawPlane(canvas: HTMLCanvasElement, found: Evaluated, k: number): void {
  const pixel = fitCanvas(canvas);
  const context = canvas.getContext("2d")!;
  const colour = coloursOf(canvas, ["--c2", "--ink", "--soft"]);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const [truth, iterate] = [inPlane(found.truth), inPlane(iterateOf(found, k))];
  const axis = (i: number) => rangeOf(truth.filter((_, at) => at % 2 === i));
  const [[x0, x1], [z0, z1]] = [axis(0), axis(1)];
  /** Far away is far enough: canvases do not take every number. */
  const near = (value: number) => Math.max(-1e5, Math.min(1e5, value));
  const place = (points: Float64Array) =>
    points.map((value, at) =>
      at % 2 === 0
        ? near(((value - x0) / (x1 - x0)) * canvas.width)
        : near(((z1 - value) / (z1 - z0)) * canvas.height),
    );
  strokeLine(context, place(truth), colour("--ink"), 1.5 * pixel, [5 * pixel, 4 * pixel]);
  strokeLine(context, place(iterate), colour("--c2"), 1.6 * pixel);
  context.fillStyle = colour("--soft");
  context.font = `${12 * pixel}px system-ui, sans-serif`;
  context.fillText("z", 10 * pixel, 18 * pixel);
  context.fillText("x", canvas.width - 18 * pixel, canvas.height - 10 * pixel);
}

const MARGIN = { left: 46, right: 8, top: 6, bottom: 22 } as const;

/** The three colours of an error, from the least to the most. */
const SCALE = ["--raised", "--c1", "--c2"] as const;

const channels = (rgb: string): number[] =>
  rgb
    .match(/[\d.]+/g)!
    .slice(0, 3)
    .map(Number);

/** Errors by step (to the right) and update (downwards); the update that is shown is framed. */
export function drawErrors(canvas: HTMLCanvasElement, found: Evaluated, k: number): void {
  const pixel = fitCanvas(canvas);
  const context = canvas.getContext("2d")!;
  const colour = coloursOf(canvas, [...SCALE, "--ink", "--soft"]);
  const stops = SCALE.map(name => channels(colour(name)));
  const { columns, picture } = found;
  const rows = picture.length / columns;
  const image = new ImageData(columns, rows);
  picture.forEach((error, at) => {
    const share = Math.max(0, Math.min(1, (error - ERRORS.least) / (ERRORS.most - ERRORS.least)));
    const [from, to] = share < 0.5 ? [stops[0]!, stops[1]!] : [stops[1]!, stops[2]!];
    const along = share < 0.5 ? 2 * share : 2 * share - 1;
    for (let c = 0; c < 3; c++) image.data[4 * at + c] = from[c]! + along * (to[c]! - from[c]!);
    image.data[4 * at + 3] = 255;
  });
  const cells = document.createElement("canvas");
  [cells.width, cells.height] = [columns, rows];
  cells.getContext("2d")!.putImageData(image, 0, 0);
  const { left, top, width, height } = frameOf(canvas, pixel);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(cells, left, top, width, height);
  const line = height / rows;
  context.strokeStyle = colour("--ink");
  context.lineWidth = 2 * pixel;
  context.strokeRect(left, top + k * line, width, Math.max(line, 2 * pixel));
  context.fillStyle = colour("--soft");
  context.font = `${12 * pixel}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const every = Math.max(1, Math.ceil((rows * 18 * pixel) / height));
  for (let row = 0; row < rows; row += every)
    context.fillText(String(row), left - 6 * pixel, top + (row + 0.5) * line);
  const T = found.truth.length / D;
  for (const share of [0, 0.5, 1]) {
    context.textAlign = share === 0 ? "left" : share === 1 ? "right" : "center";
    const time = `${Number((share * T * STEP).toPrecision(4))}`;
    context.fillText(time, left + share * width, top + height + 12 * pixel);
  }
}

/** Where the cells are, in pixels of the canvas. */
const frameOf = (canvas: HTMLCanvasElement, pixel: number) => ({
  left: MARGIN.left * pixel,
  top: MARGIN.top * pixel,
  width: canvas.width - (MARGIN.left + MARGIN.right) * pixel,
  height: canvas.height - (MARGIN.top + MARGIN.bottom) * pixel,
});

/** The update at a height of the canvas, in pixels of the page. */
export function updateAt(canvas: HTMLCanvasElement, y: number, rows: number): number {
  const height = canvas.clientHeight - MARGIN.top - MARGIN.bottom;
  return Math.max(0, Math.min(rows - 1, Math.floor(((y - MARGIN.top) / height) * rows)));
}
