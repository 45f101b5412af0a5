/** Small files to begin with, and what to do with each. */

import seattle from "../../node_modules/vega-datasets/data/seattle-weather.csv?url";
import earthquakes from "../earthquakes/earthquakes.csv?url";
import nile from "../nile/nile.csv?url";
import type { ModelSettings } from "./settings.ts";

export interface Sample {
  readonly name: string;
  readonly url: string;
  readonly values: readonly string[];
  readonly settings: Partial<ModelSettings>;
}

export const SAMPLES = {
  nile: {
    name: "nile.csv, yearly flow of the Nile at Aswan, 10⁸ m³",
    url: nile,
    values: ["flow"],
    settings: { model: "level", horizon: 10 },
  },
  weather: {
    name: "seattle-weather.csv, daily maximum temperature, °C",
    url: seattle,
    values: ["temp_max"],
    settings: { model: "seasonal", horizon: 60 },
  },
  earthquakes: {
    name: "earthquakes.csv, yearly count of earthquakes of magnitude 7 and more",
    url: earthquakes,
    values: ["count"],
    settings: { model: "counts", horizon: 0 },
  },
} as const satisfies Record<string, Sample>;

export type SampleName = keyof typeof SAMPLES;

export const isSample = (name: string): name is SampleName => Object.hasOwn(SAMPLES, name);

/** @throws Error when the site does not answer */
export async function fetchSample(name: SampleName): Promise<Blob> {
  const response = await fetch(SAMPLES[name].url);
  if (!response.ok)
    throw new Error(`The sample ${name} cannot be loaded: the site answered ${response.status}.`);
  return response.blob();
}
