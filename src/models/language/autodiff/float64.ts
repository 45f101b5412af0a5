/** The float64 calls of a function and its derivatives, compiled when first needed. */
import type { Float64Function, FunctionSizes } from "../vector_function.ts";
import type { Derivatives } from "./derivatives.ts";
import { compile, type Runnable } from "./run.ts";

type Numbers = ArrayLike<number>;

export function float64Function(
  { value, jvp, jacobian, second }: Derivatives,
  sizes: FunctionSizes,
): Float64Function {
  const { stateDim: n, inputDim: d, numParameters: P, outputDim: m } = sizes;
  const call = (fn: Parameters<typeof compile>[0], count: number) => {
    let code: Runnable | undefined;
    return (
      out: Float64Array,
      x: Numbers,
      u: Numbers,
      t: number,
      p: Numbers,
      dx?: Numbers,
      dy?: Numbers,
    ): void => {
      code ??= compile(fn);
      const { memory, params, result } = code;
      put(memory, params[0]!, x, n);
      put(memory, params[1]!, u, d);
      memory[params[2]!] = t;
      put(memory, params[3]!, p, P);
      if (dx) put(memory, params[4]!, dx, n);
      if (dy) put(memory, params[5]!, dy, n);
      code.run();
      for (let i = 0; i < count; i++) out[i] = memory[result + i]!;
    };
  };
  return {
    value: call(value, m),
    jacobian: call(jacobian, m * n),
    jvp: call(jvp, m),
    second: call(second, m),
  };
}

function put(memory: Float64Array, to: number, from: Numbers, count: number): void {
  for (let i = 0; i < count; i++) memory[to + i] = from[i]!;
}
