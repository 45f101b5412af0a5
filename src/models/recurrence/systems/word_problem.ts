/**
 * The word problem of the symmetric group S₅: the state is moved about by the permutation whose number, 0 … 119 in lexicographic
 * order, is the input: s'_i = s_{π(i)}. Linear in the state, and as hard as any regular language.
 * @see Barrington 1989, doi:10.1016/0022-0000(89)90037-8
 */

import { jacobianStructure } from "../../language/jacobian_structure.ts";
import type { RecurrenceFunction } from "../recurrence.ts";
import { floats, signature } from "./wgsl_text.ts";

const N = 5;
export const PERMUTATIONS = 120;

/** π(0) … π(4) of every number. */
export const permutations: readonly (readonly number[])[] = (function all(
  left: readonly number[],
): number[][] {
  return left.length === 0
    ? [[]]
    : left.flatMap(first => all(left.filter(i => i !== first)).map(rest => [first, ...rest]));
})([0, 1, 2, 3, 4]);

const SIZES = { stateDim: N, inputDim: 1, numParameters: 0, outputDim: N };

export function wordFunction(): RecurrenceFunction {
  const move = (out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>): void => {
    const permutation = permutations[u[0]];
    // No number: there is no such permutation.
    for (let i = 0; i < N; i++) out[i] = permutation === undefined ? Number.NaN : x[permutation[i]];
  };
  return {
    ...SIZES,
    structure: jacobianStructure(new Array(N * N).fill("constant"), N, N),
    float64: {
      value: (out, x, u) => move(out, x, u),
      jvp: (out, _x, u, _t, _p, dx) => move(out, dx, u),
      jacobian(out, _x, u) {
        out.fill(0);
        const permutation = permutations[u[0]];
        if (permutation === undefined) out.fill(Number.NaN);
        else for (let i = 0; i < N; i++) out[i * N + permutation[i]] = 1;
      },
    },
    sensitivities: {
      // The value changes with the input by jumps alone: nothing of it is left in derivatives.
      pushforward: (out, _x, u, _t, _p, dx) => move(out, dx, u),
      pullback(out, _x, u, _t, _p, y) {
        const permutation = permutations[u[0]];
        out.fill(permutation === undefined ? Number.NaN : 0, 0, N);
        out[N] = 0;
        permutation?.forEach((from, i) => {
          out[from] += y[i];
        });
      },
      wgsl: (name, which) => ({
        name,
        code: `${text(name)}${which === "push" ? pushText(name) : pullText(name)}`,
      }),
    },
    wgsl: name => ({ name, code: text(name) }),
  };
}

const { args, vector, matrix } = signature(SIZES);

const text = (
  name: string,
): string => `// π of a number: its digits to the bases 5!, 4!, … say which of what is left comes next. Of no number, every entry is 5.
fn ${name}_permutation(number: f32) -> array<u32, 5> {
  var out = array<u32, 5>(5u, 5u, 5u, 5u, 5u);
  if (number < 0.0 || number > 119.0 || number != floor(number)) { return out; }
  var left = array<u32, 5>(0u, 1u, 2u, 3u, 4u);
  var rest = u32(number);
  var size = 24u;
  for (var i = 0u; i < 5u; i++) {
    let digit = rest / size;
    rest %= size;
    out[i] = left[digit];
    for (var k = digit; k < 4u; k++) { left[k] = left[k + 1u]; }
    if (i < 4u) { size /= 4u - i; }
  }
  return out;
}
fn ${name}_move(x: ${vector}, number: f32) -> ${vector} {
  let permutation = ${name}_permutation(number);
  var out: ${vector};
  for (var i = 0u; i < 5u; i++) {
    let place = permutation[i];
    // Not finite where there is no such permutation.
    out[i] = bitcast<f32>(select(bitcast<u32>(x[min(place, 4u)]), 0x7f800000u, place > 4u));
  }
  return out;
}
fn ${name}(${args}) -> ${vector} { return ${name}_move(x, u[0]); }
fn ${name}_jvp(${args}, dx: ${vector}) -> ${vector} { return ${name}_move(dx, u[0]); }
fn ${name}_jacobian(${args}) -> ${matrix} {
  let permutation = ${name}_permutation(u[0]);
  var out: ${matrix};
  for (var i = 0u; i < 5u; i++) { out[i * 5u + min(permutation[i], 4u)] = 1.0; }
  return out;
}
`;

const pushText = (name: string): string => `
fn ${name}_push(${args}, dx: ${vector}, du: ${floats(1)}, dp: ${floats(0)}) -> ${vector} {
  return ${name}_move(dx, u[0]);
}
`;

const pullText = (name: string): string => `
fn ${name}_pull(${args}, dy: ${vector}) -> ${vector} {
  let permutation = ${name}_permutation(u[0]);
  var out: ${vector};
  for (var i = 0u; i < 5u; i++) {
    let place = permutation[i];
    out[min(place, 4u)] += bitcast<f32>(select(bitcast<u32>(dy[i]), 0x7f800000u, place > 4u));
  }
  return out;
}
`;
