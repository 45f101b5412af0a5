/** Paths in metres on a field of 160 by 100, one point every STEP seconds; and what is seen of them. */

export const FIELD = { width: 160, height: 100 } as const;
/** Seconds between fixes. */
export const STEP = 0.025;
export const LONGEST = 1200;

export type Point = readonly [x: number, y: number];

/** Paths for those who do not draw, 12 seconds each. */
export function readyPath(name: "eight" | "spiral" | "zigzag"): Point[] {
  const T = 12 / STEP;
  return Array.from({ length: T }, (_, t): Point => {
    const s = t / (T - 1);
    if (name === "eight") return [80 + 62 * Math.sin(2 * Math.PI * s), 50 + 36 * Math.sin(4 * Math.PI * s)];
    if (name === "spiral") {
      const angle = 6 * Math.PI * s;
      return [80 + 66 * s * Math.cos(angle), 50 + 42 * s * Math.sin(angle)];
    }
    const leg = (6 * s) % 2;
    return [12 + 136 * s, 14 + 72 * (leg < 1 ? leg : 2 - leg)];
  });
}

/** A number in (0, 1) for a seed and a place, always the same one (a hash of both). */
function uniform(seed: number, place: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(place + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32 + 2 ** -33;
}

/** Two standard normal numbers (Box & Muller 1958). */
function normals(seed: number, t: number): Point {
  const radius = Math.sqrt(-2 * Math.log(uniform(seed, 2 * t)));
  const angle = 2 * Math.PI * uniform(seed, 2 * t + 1);
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** Fixes come and go over so many steps: 3 s. */
const PERIOD = 120;

/**
 * Fixes [T, 2] of a path; NaN where there are none. The noise of a step depends on seed and step alone, so that a
 * growing path keeps its fixes.
 */
export function fixesOf(path: readonly Point[], noise: number, gaps: number, seed: number): Float64Array {
  const fixes = new Float64Array(2 * path.length);
  path.forEach(([x, y], t) => {
    const hidden = t % PERIOD >= PERIOD * (1 - gaps);
    const [dx, dy] = normals(seed, t);
    fixes[2 * t] = hidden ? Number.NaN : x + noise * dx;
    fixes[2 * t + 1] = hidden ? Number.NaN : y + noise * dy;
  });
  return fixes;
}
