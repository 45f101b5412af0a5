/** The float64 calls of a function and its derivatives, compiled when first needed. */
import type { Float64Function, FunctionSizes, Sensitivities } from "../vector_function.ts";
import type { Derivatives } from "./derivatives.ts";
import { compile, type Runnable } from "./run.ts";

type Numbers = ArrayLike<number>;

export function float64Function(
  trees: Derivatives,
  sizes: FunctionSizes,
): Float64Function & Pick<Sensitivities, "pullback" | "pushforward"> {
  const { stateDim: n, inputDim: d, numParameters: P, outputDim: m } = sizes;
  /** @param lengths of up to three directions */
  const call = (which: keyof Derivatives, count: number, ...lengths: number[]) => {
    const [first = 0, second = 0, third = 0] = lengths;
    let code: Runnable | undefined;
    return (
      out: Float64Array,
      x: Numbers,
      u: Numbers,
      t: number,
      p: Numbers,
      a: Numbers = x,
      b: Numbers = x,
      c: Numbers = x,
    ): void => {
      code ??= compile(trees[which]);
      const { memory, params, result } = code;
      put(memory, params[0]!, x, n);
      put(memory, params[1]!, u, d);
      memory[params[2]!] = t;
      put(memory, params[3]!, p, P);
      if (first > 0) put(memory, params[4]!, a, first);
      if (second > 0) put(memory, params[5]!, b, second);
      if (third > 0) put(memory, params[6]!, c, third);
      code.run();
      for (let i = 0; i < count; i++) out[i] = memory[result + i]!;
    };
  };
  const jacobian = call("jacobian", m * n);
  const pushforward = call("push", m, n, d, P);
  return {
    value: call("value", m),
    jacobian,
    jvp: call("jvp", m, n),
    second: call("second", m, n, n),
    pushforward,
    pullback: pullbackBySeeds(sizes, jacobian, pushforward),
  };
}

/** ∂(w·f)/∂x from the Jacobian, with respect to u and p from one product for each entry. */
function pullbackBySeeds(
  { stateDim: n, inputDim: d, numParameters: P, outputDim: m }: FunctionSizes,
  jacobian: Float64Function["jacobian"],
  pushforward: Sensitivities["pushforward"],
): Sensitivities["pullback"] {
  const J = new Float64Array(m * n);
  const y = new Float64Array(m);
  const [dx, du, dp] = [n, d, P].map(length => new Float64Array(length)) as Float64Array[];
  return (out, x, u, t, p, weights) => {
    jacobian(J, x, u, t, p);
    out.fill(0, 0, n);
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j]! += weights[i]! * J[i * n + j]!;
    const along = (seeds: Float64Array, from: number): void => {
      for (let k = 0; k < seeds.length; k++) {
        seeds[k] = 1;
        pushforward(y, x, u, t, p, dx!, du!, dp!);
        seeds[k] = 0;
        let sum = 0;
        for (let i = 0; i < m; i++) sum += weights[i]! * y[i]!;
        out[from + k] = sum;
      }
    };
    along(du!, n);
    along(dp!, n + d);
  };
}

function put(memory: Float64Array, to: number, from: Numbers, count: number): void {
  for (let i = 0; i < count; i++) memory[to + i] = from[i]!;
}
