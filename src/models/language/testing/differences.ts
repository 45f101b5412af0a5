/** Derivatives by central differences of order 12, for smooth functions near where they are taken. */

/** Weights of (f(h k) − f(−h k)) / h. */
const WEIGHTS = [6 / 7, -15 / 56, 5 / 63, -1 / 56, 1 / 385, -1 / 5544];

/** d f(s) / ds at 0, of every component. @param h a sixth of the reach */
export function difference(f: (s: number) => ArrayLike<number>, h: number): number[] {
  const count = f(0).length;
  const out = Array<number>(count).fill(0);
  WEIGHTS.forEach((weight, k) => {
    const after = Float64Array.from(f((k + 1) * h));
    const before = Float64Array.from(f(-(k + 1) * h));
    for (let i = 0; i < count; i++) out[i]! += (weight * (after[i]! - before[i]!)) / h;
  });
  return out;
}
