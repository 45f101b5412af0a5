/** Log-probabilities as the max-plus kernels hold them: whole + part 2^−32 nats (shaders/hmm/score.wgsl). */
import type { MatrixPacking } from "./hmm_blocks.ts";

/** The whole of log 0. */
const NEVER = -(2 ** 30);

/** log of p in [0, 1] as whole and part. */
export function scoreOf(p: number): readonly [whole: number, part: number] {
  if (!(p > 0)) return [NEVER, 0];
  const value = Math.log(p);
  const whole = Math.floor(value);
  const part = Math.round((value - whole) * 2 ** 32);
  return part === 2 ** 32 ? [whole + 1, 0] : [whole, part];
}

/** The wholes of all entries, then their parts. */
export const scorePacking: MatrixPacking = {
  words: 2,
  pack: (data, from, count, { u32 }, at) => {
    for (let i = 0; i < count; i++) {
      const [whole, part] = scoreOf(data[from + i]!);
      u32[at + i] = whole;
      u32[at + count + i] = part;
    }
  },
};
