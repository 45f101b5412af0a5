/** What is known of the entries of sums and products of square matrices, from what is known of theirs. */
import type { EntryKind } from "../../language/vector_function.ts";

/** [n, n] of 0 zero, 1 constant, 2 varying */
export type Kinds = Uint8Array;

const NAMES: readonly EntryKind[] = ["zero", "constant", "varying"];

export const kindsOf = (entries: readonly EntryKind[]): Kinds =>
  Uint8Array.from(entries, entry => NAMES.indexOf(entry));

export const entriesOf = (kinds: Kinds): EntryKind[] => Array.from(kinds, kind => NAMES[kind]);

export const identityKinds = (n: number): Kinds =>
  Uint8Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));

export const sumKinds = (a: Kinds, b: Kinds): Kinds => a.map((kind, at) => Math.max(kind, b[at]));

export function productKinds(a: Kinds, b: Kinds, n: number): Kinds {
  const out = new Uint8Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const left = a[i * n + k];
      if (left === 0) continue;
      for (let j = 0; j < n; j++) {
        const right = b[k * n + j];
        if (right > 0) out[i * n + j] = Math.max(out[i * n + j], left, right);
      }
    }
  return out;
}

/** Of (I − h J)⁻¹ = I + h J + h² J² + …: what J reaches in any number of steps. */
export function inverseKinds(kinds: Kinds, n: number): Kinds {
  let out = sumKinds(identityKinds(n), kinds);
  for (let reach = 1; reach < n; reach *= 2) out = productKinds(out, out, n);
  return out;
}
