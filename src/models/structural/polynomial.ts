/** Lag polynomials, as arrays of coefficients of 1, B, B², … */

import { ParameterError } from "../../engine/index.ts";
import { say } from "../say.ts";

/** Product of two polynomials. */
export function multiply(a: readonly number[], b: readonly number[]): number[] {
  const product = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      product[i + j] += x * y;
    });
  });
  return product;
}

/** 1 + sign (c₁ Bˢ + c₂ B²ˢ + …) */
export function lagPolynomial(coefficients: readonly number[], sign: 1 | -1, lag = 1): number[] {
  const polynomial = new Array<number>(coefficients.length * lag + 1).fill(0);
  polynomial[0] = 1;
  coefficients.forEach((c, i) => {
    polynomial[(i + 1) * lag] = sign * c;
  });
  return polynomial;
}

/**
 * true when all roots of 1 − φ₁z − … − φ_p z^p lie outside the unit circle: every partial autocorrelation, found by the
 * step-down recursion, is inside (−1, 1).
 * Source: Barndorff-Nielsen & Schou 1973, doi:10.1016/0047-259X(73)90030-4.
 */
export function isStationary(coefficients: readonly number[]): boolean {
  let phi = [...coefficients];
  while (phi.length > 0) {
    const last = phi.length - 1;
    const partial = phi[last];
    if (!(Math.abs(partial) < 1)) return false;
    const scale = (1 - partial) * (1 + partial);
    phi = phi.slice(0, last).map((value, i) => (value + partial * phi[last - 1 - i]) / scale);
  }
  return true;
}

/**
 * @throws ParameterError naming the root of 1 − φ₁z − … − φ_p z^p nearest to 0, unless all lie outside the unit circle
 */
export function checkStationary(
  call: string,
  argument: string,
  coefficients: readonly number[],
  fix: string,
): void {
  if (isStationary(coefficients)) return;
  const roots = polynomialRoots(lagPolynomial(coefficients, -1));
  const modulus = ([re, im]: [number, number]): number => Math.hypot(re, im);
  const [re, im] = roots.reduce((a, b) => (modulus(b) < modulus(a) ? b : a));
  const root = `${round(re)}${Math.abs(im) < 1e-9 ? "" : ` ${im < 0 ? "−" : "+"} ${round(Math.abs(im))}i`}`;
  throw new ParameterError(
    say(
      call,
      argument,
      "a stationary autoregression, all roots of 1 − φ₁z − φ₂z² − … outside the unit circle",
      `a root at ${root}, of modulus ${round(Math.hypot(re, im))}`,
      fix,
    ),
  );
}

const round = (x: number): string => `${Math.round(x * 1e6) / 1e6 + 0}`;

/**
 * Roots [re, im] of c₀ + c₁z + … by simultaneous iteration; for messages, to about six digits.
 * Source: Durand 1960, Kerner 1966, doi:10.1007/BF02162564.
 */
export function polynomialRoots(coefficients: readonly number[]): [number, number][] {
  let degree = coefficients.length - 1;
  while (degree > 0 && coefficients[degree] === 0) degree--;
  const lead = coefficients[degree];
  const radius = Math.abs(coefficients[0] / lead) ** (1 / Math.max(1, degree));
  const roots = Array.from({ length: degree }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / degree + 0.4;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  for (let round = 0; round < 500; round++) {
    let moved = 0;
    for (let i = 0; i < degree; i++) {
      const [x, y] = roots[i];
      let [re, im] = [0, 0];
      for (let k = degree; k >= 0; k--)
        [re, im] = [re * x - im * y + coefficients[k] / lead, re * y + im * x];
      for (let j = 0; j < degree; j++) {
        if (j === i) continue;
        const [dx, dy] = [x - roots[j][0], y - roots[j][1]];
        const size = dx * dx + dy * dy;
        if (size > 0) [re, im] = [(re * dx + im * dy) / size, (im * dx - re * dy) / size];
      }
      roots[i] = [x - re, y - im];
      moved = Math.max(moved, Math.hypot(re, im) / Math.max(Number.MIN_VALUE, Math.hypot(x, y)));
    }
    if (moved < 1e-13) break;
  }
  return roots;
}
