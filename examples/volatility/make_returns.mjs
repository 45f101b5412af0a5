/**
 * Simulated daily returns in percent whose log variance h wanders: node examples/volatility/make_returns.mjs > examples/volatility/returns.csv
 *
 *   h_0 ~ N(−0.5, 0.6768),  h_t = −0.5 + 0.97 (h_{t−1} + 0.5) + 0.2 e_t,  y_t = exp(h_t/2) w_t
 */
import { pathToFileURL } from "node:url";
import { normals } from "../simulated/normals.mjs";

/** @returns {string} csv with columns return and h, the log variance that nobody sees */
export function makeReturns(steps = 500, seed = 1) {
  const normal = normals(seed);
  let h = -0.5 + Math.sqrt(0.6768) * normal();
  const rows = ["return,h"];
  for (let t = 0; t < steps; t++) {
    if (t > 0) h = -0.5 + 0.97 * (h + 0.5) + 0.2 * normal();
    rows.push(`${(Math.exp(h / 2) * normal()).toFixed(4)},${h.toFixed(4)}`);
  }
  return `${rows.join("\n")}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.stdout.write(makeReturns());
