/**
 * A simulated target that turns at a rate of 0.5 + 0.2 sin(0.3 t) rad/s with speed 1, and its bearings from (−2, 0) and (2, 0) with errors
 * of 0.05 rad, every 0.1 s: node examples/bearings/make_bearings.mjs > examples/bearings/bearings.csv
 */
import { pathToFileURL } from "node:url";
import { normals } from "../simulated/normals.mjs";

const DT = 0.1;
/** Steps of Euler's method within one of the data. */
const FINE = 100;

/** @returns {string} csv with the bearings in radians, then where the target is */
export function makeBearings(steps = 200, seed = 2) {
  const normal = normals(seed);
  let [px, py, heading] = [0, 1, 0];
  const rows = ["bearing_left,bearing_right,px,py"];
  for (let t = 0; t < steps; t++) {
    const bearings = [-2, 2].map(x => Math.atan2(py, px - x) + 0.05 * normal());
    rows.push([...bearings, px, py].map(value => value.toFixed(4)).join(","));
    for (let k = 0; k < FINE; k++) {
      heading += ((0.5 + 0.2 * Math.sin(0.3 * (t + k / FINE) * DT)) * DT) / FINE;
      px += (Math.cos(heading) * DT) / FINE;
      py += (Math.sin(heading) * DT) / FINE;
    }
  }
  return `${rows.join("\n")}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.stdout.write(makeBearings());
