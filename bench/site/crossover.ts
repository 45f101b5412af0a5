/** From which T on one method is faster than another, between the lengths that were measured. */

import { short, sizeText } from "../table.ts";

export interface Timed {
  readonly T: number;
  /** Quartiles in ms. */
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
}

export type Crossover =
  | { readonly kind: "unmeasured" }
  /** Faster at every T; so many times at the longest. */
  | { readonly kind: "always"; readonly first: number; readonly last: number; readonly gain: number }
  /** Not faster at the longest T: so many times slower there. */
  | { readonly kind: "never"; readonly first: number; readonly last: number; readonly loss: number }
  /** Faster from T on; `clear`: the quartiles do not overlap at the first faster length. */
  | {
      readonly kind: "at";
      readonly T: number;
      readonly clear: boolean;
      readonly gain: number;
      readonly last: number;
    };

/** Where `ours` gets below `theirs` for good: interpolated on logarithms of T and time. */
export function crossover(ours: readonly Timed[], theirs: readonly Timed[]): Crossover {
  const pairs = ours
    .flatMap(own => {
      const other = theirs.find(({ T }) => T === own.T);
      return other ? [{ T: own.T, own, other, ratio: ratioOf(own, other) }] : [];
    })
    .sort((a, b) => a.T - b.T);
  const longest = pairs.at(-1);
  if (!longest) return { kind: "unmeasured" };
  if (longest.ratio >= 1) return { kind: "never", first: pairs[0].T, last: longest.T, loss: longest.ratio };
  const gain = 1 / longest.ratio;
  const before = pairs.findLastIndex(({ ratio }) => ratio >= 1);
  if (before < 0) return { kind: "always", first: pairs[0].T, last: longest.T, gain };
  const [a, b] = [pairs[before], pairs[before + 1]];
  const part = Math.log(a.ratio) / (Math.log(a.ratio) - Math.log(b.ratio));
  const T = Math.exp(Math.log(a.T) + part * (Math.log(b.T) - Math.log(a.T)));
  return { kind: "at", T, clear: b.own.q3 < b.other.q1, gain, last: longest.T };
}

/** A clock that is too coarse may say 0. */
const LEAST = 1e-6;
const ratioOf = (own: Timed, other: Timed): number =>
  Math.max(own.median, LEAST) / Math.max(other.median, LEAST);

/** The fastest of several methods at every T. */
export function fastest(methods: readonly (readonly Timed[])[]): Timed[] {
  const best = new Map<number, Timed>();
  for (const timed of methods.flat())
    if (!(best.get(timed.T)! && best.get(timed.T)!.median <= timed.median)) best.set(timed.T, timed);
  return [...best.values()].sort((a, b) => a.T - b.T);
}

/** One sentence, also when there is no crossover. */
export function crossoverText(other: string, found: Crossover, ours = "GPU parallel"): string | undefined {
  switch (found.kind) {
    case "unmeasured":
      return undefined;
    case "always":
      return found.first === found.last
        ? `${ours} was ${short(found.gain)} times as fast as ${other} at T = ${sizeText(found.last)}, the only length measured.`
        : `${ours} was faster than ${other} at every T measured, ${short(found.gain)} times at T = ${sizeText(found.last)}: the crossover, if there is one, lies below T = ${sizeText(found.first)}.`;
    case "never":
      if (found.first === found.last)
        return `${ours} took ${short(found.loss)} times as long as ${other} at T = ${sizeText(found.last)}, the only length measured.`;
      return `No crossover with ${other}: at T = ${sizeText(found.last)}, the longest measured, ${ours} took ${short(found.loss)} times as long.`;
    case "at":
      return `${ours} was faster than ${other} from T ≈ ${sizeText(Number(found.T.toPrecision(2)))} on${found.clear ? "" : ", within the spread there"}, ${short(found.gain)} times at T = ${sizeText(found.last)}.`;
  }
}
