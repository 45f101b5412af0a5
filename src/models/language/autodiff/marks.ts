/**
 * What is known of a scalar without running: how it depends on every x_j, whether it depends on x in any way (also by steps,
 * comparisons and branches), and its value where that is an integer or bool that nothing unknown enters. Sound: a dependence
 * is never left out.
 */

/** 0: the derivative is zero; 1: it does not depend on x; 2: anything */
export type Degrees = Uint8Array | null;

export interface Mark {
  /** [n]; null: all 0 */
  readonly degrees: Degrees;
  readonly onX: boolean;
  readonly known?: number;
}

/**
 * Of a value that does not depend on x. Every value has a mark object of its own, as join() takes the same object for the
 * same value: select(1.0, 2.0, x > 0.0) depends on x though neither number does.
 */
export const free = (): Mark => ({ degrees: null, onX: false });
/** The mark of another value that depends on x alike: −a of a. */
export const alike = ({ degrees, onX }: Mark): Mark => ({ degrees, onX });
export const knownMark = (known: number): Mark => ({ degrees: null, onX: false, known });
/** x_j itself */
export const stateMark = (j: number, n: number): Mark => {
  const degrees = new Uint8Array(n);
  degrees[j] = 1;
  return { degrees, onX: true };
};

/** The larger of two, of each after a floor for what is not zero. */
function combine(a: Degrees, b: Degrees, floorA: number, floorB: number): Degrees {
  if (!a && !b) return null;
  const out = new Uint8Array((a ?? b)!.length);
  for (let j = 0; j < out.length; j++) {
    const da = a?.[j] ? Math.max(a[j]!, floorA) : 0;
    const db = b?.[j] ? Math.max(b[j]!, floorB) : 0;
    out[j] = Math.max(da, db);
  }
  return out;
}

/** a + b */
export const sum = (a: Mark, b: Mark): Mark => ({
  degrees: combine(a.degrees, b.degrees, 1, 1),
  onX: a.onX || b.onX,
});

/** a b */
export const product = (a: Mark, b: Mark): Mark => ({
  degrees: combine(a.degrees, b.degrees, b.onX ? 2 : 1, a.onX ? 2 : 1),
  onX: a.onX || b.onX,
});

/** a / b */
export const quotient = (a: Mark, b: Mark): Mark => ({
  degrees: combine(a.degrees, b.degrees, b.onX ? 2 : 1, 2),
  onX: a.onX || b.onX,
});

/** Any smooth function of its arguments. */
export const anything = (marks: readonly Mark[]): Mark => ({
  degrees: marks.reduce<Degrees>((all, mark) => combine(all, mark.degrees, 2, 2), null),
  onX: marks.some(mark => mark.onX),
});

/** A function whose derivative is 0: steps, comparisons, integers. */
export const flat = (marks: readonly Mark[], known?: number): Mark => {
  const onX = marks.some(mark => mark.onX);
  return known === undefined || onX ? { degrees: null, onX } : { degrees: null, onX, known };
};

/** One or the other. @param byX which one depends on x */
export function join(a: Mark, b: Mark, byX: boolean): Mark {
  if (a === b) return a;
  if (a.known !== undefined && a.known === b.known && a.onX === b.onX) return a;
  const floor = byX ? 2 : 1;
  return { degrees: combine(a.degrees, b.degrees, floor, floor), onX: a.onX || b.onX || byX };
}

export function sameMark(a: Mark, b: Mark): boolean {
  if (a === b) return true;
  if (a.onX !== b.onX || a.known !== b.known) return false;
  const count = (a.degrees ?? b.degrees)?.length ?? 0;
  for (let j = 0; j < count; j++) if ((a.degrees?.[j] ?? 0) !== (b.degrees?.[j] ?? 0)) return false;
  return true;
}
