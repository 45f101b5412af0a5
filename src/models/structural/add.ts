/** Components -> one linear Gaussian model: states side by side, contributions to y added. */

import { ParameterError } from "../../engine/index.ts";
import { type LinearGaussianSSM, linearGaussianSSM } from "../linear_gaussian.ts";
import { say, valueText } from "../say.ts";
import type { Component, ComponentSystem } from "./component.ts";

/** A component with its place in a model. */
export interface PlacedComponent extends Component {
  /** Its states are from … to − 1 of the model's. */
  readonly states: readonly [from: number, to: number];
  /** Its inputs are from … to − 1 of the model's. */
  readonly inputs: readonly [from: number, to: number];
}

/** A univariate model put together from components; every call takes it as the linear Gaussian model it is. */
export interface StructuralModel extends LinearGaussianSSM {
  /** [n] `component` or `component.state` */
  readonly stateNames: readonly string[];
  readonly components: readonly PlacedComponent[];
}

const CALL = "add";

/**
 * A structural time series model: y_t is the sum of its components.
 * @param parts components (level(), dummySeasonal(), arma() …) or models made by add(), in the order of their states
 * @returns a linear Gaussian model with m = 1, `stateNames` and `components`
 * @throws ParameterError for names that are there twice, components made for different numbers of steps, no states at all
 */
export function add(...parts: readonly (Component | StructuralModel)[]): StructuralModel {
  const components = parts.flatMap(checkPart);
  checkNames(components);
  const numSteps = commonSteps(components);
  const n = components.reduce((sum, { stateNames }) => sum + stateNames.length, 0);
  if (n === 0) {
    throw new ParameterError(
      say(
        CALL,
        "components",
        "at least one with states",
        `${components.length} without`,
        "Add level({ variance: 0 }).",
      ),
    );
  }
  let state = 0;
  let input = 0;
  const placed = components.map((part): PlacedComponent => {
    const { kind, name, stateNames, parameters, system } = part;
    const states = [state, state + stateNames.length] as const;
    const inputs = [input, input + (system.inputWeights?.length ?? 0)] as const;
    state = states[1];
    input = inputs[1];
    return Object.freeze({ kind, name, stateNames, parameters, system, states, inputs });
  });

  const initialCovariance = block(placed, n, system => system.initial.covariance);
  const diffuse = placed.flatMap(({ system }) => system.initial.diffuse);
  const offset = placed.reduce((sum, { system }) => sum + (system.offset ?? 0), 0);
  const inputWeights = placed.flatMap(({ system }) => system.inputWeights ?? []);
  const biases = placed.some(({ system }) => system.bias?.some(b => b !== 0));
  const measurement = placed.reduce((sum, { system }) => sum + (system.measurementVariance ?? 0), 0);
  const model = linearGaussianSSM({
    initial: {
      mean: row(placed, n, system => system.initial.mean),
      covariance: initialCovariance,
      ...(diffuse.includes(true) && { diffuse }),
    },
    dynamics: {
      weights: block(placed, n, system => system.transition),
      ...(biases && { bias: row(placed, n, system => system.bias) }),
      covariance: block(placed, n, system => system.covariance),
    },
    emissions: {
      weights: emissionWeights(placed, n),
      ...(offset !== 0 && { bias: [offset] }),
      ...(inputWeights.length > 0 && { inputWeights: [inputWeights] }),
      covariance: [[measurement]],
    },
  });
  const stateNames = Object.freeze(placed.flatMap(part => part.stateNames));
  // A model made for one step has no time axis, but is for one step all the same.
  return { ...model, numSteps, stateNames, components: Object.freeze(placed) };
}

function checkPart(part: Component | StructuralModel, i: number): readonly Component[] {
  if (part !== null && typeof part === "object") {
    if ("components" in part && Array.isArray(part.components)) return part.components;
    if ("system" in part && "kind" in part) return [part];
  }
  throw new ParameterError(
    say(
      CALL,
      `argument ${i}`,
      "a component, as of level()",
      valueText(part),
      "Call the component's function first.",
    ),
  );
}

function checkNames(components: readonly Component[]): void {
  const noisy = components.filter(({ kind }) => kind === "irregular");
  if (noisy.length > 1) {
    const names = noisy.map(({ name }) => `"${name}"`).join(" and ");
    throw new ParameterError(
      say(
        CALL,
        "components",
        "at most one irregular()",
        names,
        "Add their variances: no data tells them apart.",
      ),
    );
  }
  const seen = new Map<string, Component>();
  for (const part of components) {
    const other = seen.get(part.name);
    if (other) {
      throw new ParameterError(
        say(
          CALL,
          "components",
          "different names",
          `"${part.name}" for both ${other.kind}() and ${part.kind}()`,
          `Give one of them another: ${part.kind}({ name: "${part.name}2", … }).`,
        ),
      );
    }
    seen.set(part.name, part);
  }
}

/** T of the components that are made for given steps. */
function commonSteps(components: readonly Component[]): number | undefined {
  let first: Component | undefined;
  for (const part of components) {
    if (part.system.numSteps === undefined) continue;
    first ??= part;
    if (part.system.numSteps !== first.system.numSteps) {
      throw new ParameterError(
        say(
          CALL,
          `"${part.name}"`,
          `${first.system.numSteps} steps as in "${first.name}"`,
          `${part.system.numSteps}`,
          "Give all of them the same times.",
        ),
      );
    }
  }
  return first?.system.numSteps;
}

/** [n] of the components' vectors, one after the other. */
function row(
  placed: readonly PlacedComponent[],
  n: number,
  pick: (system: ComponentSystem) => Float64Array | undefined,
): Float64Array {
  const data = new Float64Array(n);
  for (const { system, states } of placed) {
    const part = pick(system);
    if (part) data.set(part, states[0]);
  }
  return data;
}

/** Block diagonal matrix [n, n], or [T, n, n] when a block varies in time. */
function block(
  placed: readonly PlacedComponent[],
  n: number,
  pick: (system: ComponentSystem) => Float64Array,
): { data: Float64Array; shape: number[] } {
  const steps = longest(placed, pick, 2);
  const data = new Float64Array(steps * n * n);
  for (const { system, states } of placed) {
    const part = pick(system);
    const k = states[1] - states[0];
    const stride = part.length === k * k ? 0 : k * k;
    for (let t = 0; t < steps; t++) {
      for (let i = 0; i < k; i++) {
        const from = t * stride + i * k;
        data.set(part.subarray(from, from + k), (t * n + states[0] + i) * n + states[0]);
      }
    }
  }
  return { data, shape: steps > 1 ? [steps, n, n] : [n, n] };
}

/** H [1, n] or [T, 1, n]. */
function emissionWeights(
  placed: readonly PlacedComponent[],
  n: number,
): { data: Float64Array; shape: number[] } {
  const steps = longest(placed, system => system.weights, 1);
  const data = new Float64Array(steps * n);
  for (const { system, states } of placed) {
    const k = states[1] - states[0];
    const stride = system.weights.length === k ? 0 : k;
    for (let t = 0; t < steps; t++) {
      data.set(system.weights.subarray(t * stride, t * stride + k), t * n + states[0]);
    }
  }
  return { data, shape: steps > 1 ? [steps, 1, n] : [1, n] };
}

/** Steps of the longest time axis. */
function longest(
  placed: readonly PlacedComponent[],
  pick: (system: ComponentSystem) => Float64Array,
  axes: 1 | 2,
): number {
  return placed.reduce((most, { system, states }) => {
    const size = (states[1] - states[0]) ** axes;
    return size === 0 ? most : Math.max(most, pick(system).length / size);
  }, 1);
}
