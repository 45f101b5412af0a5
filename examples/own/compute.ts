/** A model as typed, simulated and smoothed; its Jacobians as texts. */

import {
  type ExpressionFunction,
  type ExpressionTexts,
  loadModelDocument,
  type NonlinearSSM,
  type RunInfo,
  simulate,
  smooth,
  type VectorFunction,
} from "../../src/api/index.ts";
import type { BackendChoice } from "../site/report.ts";
import { documentOf, inForm, type Made, MOST, type ModelText } from "./document.ts";
import { FieldError, whole } from "./faults.ts";

export interface Asked {
  readonly text: ModelText;
  /** T */
  readonly numSteps: number;
  readonly seed: number;
  readonly linearization: "taylor" | "unscented" | "cubature";
  /** 0: one pass */
  readonly iterations: number;
  readonly backend: BackendChoice;
}

/** A function's derivatives, to look at. */
export interface JacobianText {
  /** m, n */
  readonly rows: number;
  readonly columns: number;
  readonly kind: VectorFunction["structure"]["kind"];
  /** Of expressions. */
  readonly texts: ExpressionTexts | undefined;
  /** NAME_jacobian in WGSL; made by forward mode, it calls products J dx, which have the derivatives. */
  readonly wgsl: string;
  /** Lines of all WGSL that is made of the function. */
  readonly lines: number;
}

export interface Answer {
  readonly stateNames: readonly string[];
  /** [T, n] */
  readonly states: Float64Array;
  /** [T, m] */
  readonly observations: Float64Array;
  readonly emissionDim: number;
  /** [T, n] */
  readonly means: Float64Array;
  /** [T, n] standard deviations */
  readonly deviations: Float64Array;
  /** [T, m] values of the emissions' function at the smoothed means */
  readonly expected: Float64Array;
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly jacobians: { readonly dynamics: JacobianText; readonly emission: JacobianText };
  /** The model as JSON, for the command and for loadModelDocument(). */
  readonly json: string;
  readonly run: Pick<RunInfo, "backend" | "adapter" | "software" | "method" | "seconds">;
}

/** A fault is a FieldError where its place is known. */
export async function compute(asked: Asked, signal?: AbortSignal): Promise<Answer> {
  const made = await documentOf(asked.text);
  try {
    return await answer(asked, made, signal);
  } catch (error) {
    throw inForm(error, asked.text, made);
  }
}

async function answer(
  { numSteps, seed, linearization, iterations, backend }: Asked,
  { document, stateNames }: Made,
  signal?: AbortSignal,
): Promise<Answer> {
  const model = await loadModelDocument<NonlinearSSM>(document);
  const { stateDim: n, emissionDim: m } = model;
  if (m > MOST)
    throw new FieldError(`At most ${MOST} columns expected on this page, got ${m}.`, whole("emission"));
  const { states, observations } = simulate(model, { numSteps, seed });
  const found = await smooth(model, observations, {
    linearization,
    iterations,
    backend,
    outputs: [],
    ...(signal ? { signal } : {}),
  });
  const means = Float64Array.from(found.smoothedMeans.data);
  const { data } = found.smoothedCovariances;
  const { dynamics, emissions } = model;
  const expected = new Float64Array(numSteps * emissions.function.outputDim);
  const own = new Float64Array(emissions.function.outputDim);
  for (let t = 0; t < numSteps; t++) {
    emissions.function.float64.value(own, means.subarray(t * n, (t + 1) * n), [], t, emissions.parameters);
    expected.set(own, t * own.length);
  }
  const { backend: place, adapter, software, method, seconds } = found.run;
  return {
    stateNames,
    states: Float64Array.from(states.data),
    observations: Float64Array.from(observations.data),
    emissionDim: m,
    means,
    deviations: means.map((_, at) => Math.sqrt(data[at * n + (at % n)]!)),
    expected,
    logLikelihood: Number(found.marginalLogLikelihood),
    iterations: found.iterations[0]!,
    converged: found.converged[0]!,
    jacobians: {
      dynamics: jacobianText(dynamics.function, "dynamics"),
      emission: jacobianText(emissions.function, "emission"),
    },
    json: JSON.stringify(document, undefined, 1),
    run: { backend: place, adapter, software, method, seconds },
  };
}

function jacobianText(fn: VectorFunction, name: string): JacobianText {
  const { code } = fn.wgsl(name);
  const texts = (fn as Partial<ExpressionFunction>).jacobianExpressions?.();
  return {
    rows: fn.outputDim,
    columns: fn.stateDim,
    kind: fn.structure.kind,
    texts,
    wgsl: jacobianCode(code, name),
    lines: code.trimEnd().split("\n").length,
  };
}

/** NAME_jacobian and the products J dx that it calls, in their order. */
function jacobianCode(code: string, name: string): string {
  const functions = new Map(
    [...code.matchAll(/^fn (\w+)\((?:[^\n]*\}$|[\s\S]*?^\})/gm)].map(([text, own]) => [own!, text] as const),
  );
  const wanted = new Set<string>();
  const want = (own: string): void => {
    const text = functions.get(own);
    if (text === undefined || wanted.has(own)) return;
    wanted.add(own);
    for (const [, called] of text.matchAll(/(\w+_jvp)\(/g)) want(called!);
  };
  want(`${name}_jacobian`);
  return [...functions].flatMap(([own, text]) => (wanted.has(own) ? [text] : [])).join("\n\n");
}
