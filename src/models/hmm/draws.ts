/** Random draws of the distributions that emissions need, all exact, from a counter-based generator. */
import type { CounterRandom } from "../../inference/index.ts";

/** Index i with probability p[at + i], n of them; rounding left over goes to the last index that can be. */
export function drawIndex(random: CounterRandom, p: ArrayLike<number>, at: number, n: number): number {
  const u = random.uniform();
  let sum = 0;
  let last = 0;
  for (let i = 0; i < n; i++) {
    if (p[at + i] <= 0) continue;
    sum += p[at + i];
    last = i;
    if (u < sum) return i;
  }
  return last;
}

/** Standard exponential. */
export const drawExponential = (random: CounterRandom): number => -Math.log(1 - random.uniform());

/** Gamma of shape a > 0 and rate 1. Source: Marsaglia & Tsang 2000, doi:10.1145/358407.358414. */
export function drawGamma(random: CounterRandom, shape: number): number {
  if (shape < 1) {
    // G(a) = G(a + 1) U^(1/a)
    return drawGamma(random, shape + 1) * Math.exp(-drawExponential(random) / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random.uniform();
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Binomial by splitting at an order statistic. Source: Devroye 1986, Non-uniform random variate generation, X.4.3. */
export function drawBinomial(random: CounterRandom, n: number, p: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return n;
  let [left, probability, count] = [n, p, 0];
  while (left > 32) {
    const i = Math.floor(left / 2) + 1;
    const a = drawGamma(random, i);
    const x = a / (a + drawGamma(random, left + 1 - i));
    if (x <= probability) {
      count += i;
      probability = (probability - x) / (1 - x);
      left -= i;
    } else {
      probability /= x;
      left = i - 1;
    }
  }
  for (let k = 0; k < left; k++) if (random.uniform() < probability) count++;
  return count;
}

/** Poisson by gamma splitting. Source: Ahrens & Dieter 1974, doi:10.1007/BF02293108. */
export function drawPoisson(random: CounterRandom, rate: number): number {
  let [left, count] = [rate, 0];
  while (left > 16) {
    const n = Math.floor((7 * left) / 8);
    const x = drawGamma(random, n);
    if (x > left) return count + drawBinomial(random, n - 1, left / x);
    count += n;
    left -= x;
  }
  for (let time = drawExponential(random); time <= left; time += drawExponential(random)) count++;
  return count;
}

/** Von Mises of mean direction 0. Source: Best & Fisher 1979, doi:10.2307/2346732. */
export function drawVonMises(random: CounterRandom, kappa: number): number {
  if (kappa < 1e-8) return Math.PI * (2 * random.uniform() - 1);
  const tau = 1 + Math.sqrt(1 + 4 * kappa * kappa);
  const rho = (tau - Math.sqrt(2 * tau)) / (2 * kappa);
  const r = (1 + rho * rho) / (2 * rho);
  for (;;) {
    const z = Math.cos(Math.PI * random.uniform());
    const f = (1 + r * z) / (r + z);
    const c = kappa * (r - f);
    const u = 1 - random.uniform();
    if (c * (2 - c) > u || Math.log(c / u) + 1 - c >= 0) {
      const angle = Math.acos(Math.min(1, Math.max(-1, f)));
      return random.uniform() < 0.5 ? -angle : angle;
    }
  }
}
