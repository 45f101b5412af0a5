/** Data and models of the page. */

import { type HiddenMarkovModel, hiddenMarkovModel, simulate } from "../../src/api/index.ts";
import quakes from "../earthquakes/earthquakes.csv?raw";

export interface Data {
  readonly name: string;
  /** Years, or numbers of rolls. */
  readonly x: Float64Array;
  readonly xLabel: string;
  /** Faces from 0, or counts. */
  readonly values: Float64Array;
  /** Where the regime is known. */
  readonly truth: Int32Array | undefined;
}

/** What the form says. */
export interface Parameters {
  readonly data: "casino" | "quakes";
  /** K */
  readonly states: number;
  /** [K] */
  readonly stay: readonly number[];
  readonly six: number;
  /** [K] */
  readonly rates: readonly number[];
}

export const NAMES: Readonly<Record<Parameters["data"], readonly (readonly string[])[]>> = {
  casino: [["fair", "loaded"]],
  quakes: [
    ["quiet", "active"],
    ["quiet", "middling", "very active"],
  ],
};
export const namesOf = ({ data, states }: Pick<Parameters, "data" | "states">): readonly string[] =>
  NAMES[data].find(names => names.length === states)!;

/** Sliders of each set of data to begin with, and of the three regimes of earthquakes. */
export const STARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  casino: { states: "2", stay0: "0.95", stay1: "0.9", six: "0.5" },
  quakes2: { states: "2", stay0: "0.934", stay1: "0.872", rate0: "15.5", rate1: "26.1" },
  quakes3: {
    states: "3",
    stay0: "0.956",
    stay1: "0.906",
    stay2: "0.842",
    rate0: "13.1",
    rate1: "19.7",
    rate2: "29.7",
  },
};

export function modelOf({ data, states, stay, six, rates }: Parameters): HiddenMarkovModel {
  const transitionMatrix = stay.map((p, i) => stay.map((_, j) => (i === j ? p : (1 - p) / (states - 1))));
  const even = Array<number>(6).fill(1 / 6);
  return data === "casino"
    ? hiddenMarkovModel({
        initialProbs: [0.5, 0.5],
        transitionMatrix,
        emissions: { family: "categorical", probs: [even, [...Array<number>(5).fill((1 - six) / 5), six]] },
      })
    : hiddenMarkovModel({
        initialProbs: "stationary",
        transitionMatrix,
        emissions: { family: "poisson", rates: [...rates] },
      });
}

/** Rolls from the casino as it is: the sliders change what is assumed, never what happened. */
export function casino(seed: number): Data {
  const model = modelOf({ data: "casino", states: 2, stay: [0.95, 0.9], six: 0.5, rates: [] });
  const { states, observations } = simulate(model, { numSteps: 300, seed });
  return {
    name: "The dishonest casino",
    x: Float64Array.from(states.data, (_, t) => t),
    xLabel: "roll",
    values: Float64Array.from(observations.data),
    truth: Int32Array.from(states.data),
  };
}

export function earthquakes(): Data {
  const rows = quakes.trim().split(/\r?\n/).slice(1);
  const cells = rows.map(row => row.split(",").map(Number));
  return {
    name: "Earthquakes",
    x: Float64Array.from(cells, ([year]) => year!),
    xLabel: "year",
    values: Float64Array.from(cells, row => row.at(-1)!),
    truth: undefined,
  };
}

/** Settings of the form, as readForm() gives them. */
export function parametersOf(values: Readonly<Record<string, string>>): Parameters {
  const data = values.data as Parameters["data"];
  const states = data === "casino" ? 2 : Number(values.states);
  const list = (name: string) => Array.from({ length: states }, (_, k) => Number(values[`${name}${k}`]));
  return { data, states, stay: list("stay"), six: Number(values.six), rates: list("rate") };
}
