/** The plane of the bearings: sensors, lines of sight, the true path, estimates with ellipses. */

import { addEllipse, coloursOf, fitCanvas, strokeLine } from "../site/canvas.ts";
import { COLOURS, type Scene } from "./charts.ts";
import { SENSORS } from "./systems.ts";

/** Ellipses of each estimate along the path, and lines of sight of each sensor. */
const ELLIPSES = 9;
const SIGHTS = 12;
/** Metres around what is shown. */
const MARGIN = 12;

export function drawPlane(canvas: HTMLCanvasElement, scene: Scene): void {
  const pixel = fitCanvas(canvas);
  const context = canvas.getContext("2d")!;
  const colour = coloursOf(canvas, ["--c1", "--c2", "--c3", "--c4", "--c6", "--ink", "--rule", "--soft"]);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const { scale, left, top } = viewOf(canvas, scene);
  // y grows upwards.
  context.setTransform(scale, 0, 0, -scale, -left * scale, top * scale);
  const unit = pixel / scale;
  const { parameters, world, estimates } = scene;
  const sensors = SENSORS.slice(0, parameters.sensors);
  const T = parameters.numSteps;

  const reach = (canvas.width + canvas.height) / scale;
  context.globalAlpha = 0.7;
  for (let i = 0; i < SIGHTS; i++) {
    const t = Math.floor((i * (T - 1)) / (SIGHTS - 1));
    sensors.forEach(([x, y], s) => {
      const angle = world.observations[t * sensors.length + s]!;
      const end = [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
      strokeLine(context, [x, y, ...end], colour("--rule"), unit);
    });
  }
  context.globalAlpha = 1;
  for (const found of estimates) {
    const own = colour(`--${COLOURS[found.name]}`);
    context.beginPath();
    for (let i = 0; i < ELLIPSES; i++) {
      const t = Math.floor((i * (T - 1)) / (ELLIPSES - 1));
      const [xx, xy, , yy] = found.covariances.subarray(4 * t, 4 * t + 4) as unknown as number[];
      addEllipse(context, found.means[2 * t]!, found.means[2 * t + 1]!, [xx!, xy!, yy!], 0.95);
    }
    context.globalAlpha = 0.1;
    context.fillStyle = own;
    context.fill();
    context.globalAlpha = 0.75;
    context.strokeStyle = own;
    context.lineWidth = unit;
    context.stroke();
    context.globalAlpha = 1;
  }
  for (const { name, means } of estimates)
    strokeLine(context, means, colour(`--${COLOURS[name]}`), 1.8 * unit);
  strokeLine(context, world.truth, colour("--ink"), 1.8 * unit, [6 * unit, 4 * unit]);

  context.fillStyle = colour("--ink");
  context.beginPath();
  context.arc(world.truth[0]!, world.truth[1]!, 4 * unit, 0, 2 * Math.PI);
  context.fill();
  sensors.forEach(([x, y]) => {
    context.beginPath();
    context.moveTo(x, y + 7 * unit);
    context.lineTo(x - 6 * unit, y - 5 * unit);
    context.lineTo(x + 6 * unit, y - 5 * unit);
    context.fill();
  });
  drawScale(context, canvas, scale, pixel, colour("--soft"));
}

/** What of the plane is seen: truth and sensors; estimates may leave it. */
function viewOf(canvas: HTMLCanvasElement, { parameters, world: { truth } }: Scene) {
  const points = [...SENSORS.slice(0, parameters.sensors).flat(), ...truth];
  const [xs, ys] = [0, 1].map(i => points.filter((_, at) => at % 2 === i)) as [number[], number[]];
  const bounds = (values: readonly number[]) => [
    values.reduce((a, b) => Math.min(a, b)) - MARGIN,
    values.reduce((a, b) => Math.max(a, b)) + MARGIN,
  ];
  const [x0, x1] = bounds(xs) as [number, number];
  const [y0, y1] = bounds(ys) as [number, number];
  const scale = Math.min(canvas.width / (x1 - x0), canvas.height / (y1 - y0));
  return {
    scale,
    left: (x0 + x1) / 2 - canvas.width / scale / 2,
    top: (y0 + y1) / 2 + canvas.height / scale / 2,
  };
}

/** A bar of a round number of metres. */
function drawScale(
  context: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  scale: number,
  pixel: number,
  colour: string,
): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  const wanted = (90 * pixel) / scale;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const metres = [5, 2, 1].map(f => f * power).find(m => m <= wanted) ?? power;
  const [x, y] = [14 * pixel, canvas.height - 14 * pixel];
  strokeLine(
    context,
    [x, y - 4 * pixel, x, y, x + metres * scale, y, x + metres * scale, y - 4 * pixel],
    colour,
    1.5 * pixel,
  );
  context.fillStyle = colour;
  context.font = `${12 * pixel}px system-ui, sans-serif`;
  context.fillText(`${metres} m`, x + 4 * pixel, y - 6 * pixel);
}
