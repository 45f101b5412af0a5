/** The two series of the page. */

// The package exports no paths, so the file is named by its place.
import weather from "../../node_modules/vega-datasets/data/seattle-weather.csv?raw";
import nile from "./nile.csv?raw";

export interface Series {
  readonly name: string;
  readonly unit: string;
  /** Years, or seconds since 1970. */
  readonly x: Float64Array;
  readonly dates: boolean;
  readonly values: Float64Array;
  /** Steps of a year; 0: no season. */
  readonly period: number;
  /** Logarithms to base 10 of the variances to begin with, and steps hidden and ahead, in the units of the sliders. */
  readonly start: Readonly<Record<string, string>>;
}

const cells = (text: string): string[][] =>
  text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map(row => row.split(","));

const DAY = 86_400;
const flows = cells(nile);
const days = cells(weather);

export const SERIES: Readonly<Record<"nile" | "weather", Series>> = {
  nile: {
    name: "Nile at Aswan",
    unit: "10⁸ m³ a year",
    x: Float64Array.from(flows, (_, t) => 1871 + t),
    dates: false,
    values: Float64Array.from(flows, row => Number(row.at(-1))),
    period: 0,
    start: {
      levelVariance: "3.2",
      noiseVariance: "4.2",
      slopeVariance: "0",
      hideFrom: "20",
      hideLength: "20",
      horizon: "20",
    },
  },
  weather: {
    name: "Seattle, daily maximum",
    unit: "°C",
    x: Float64Array.from(days, row => Date.parse(`${row[0]}T00:00:00Z`) / 1000),
    dates: true,
    values: Float64Array.from(days, row => Number(row[2])),
    period: 365.25,
    start: {
      levelVariance: "-1",
      noiseVariance: "1",
      slopeVariance: "-8",
      seasonVariance: "-5",
      hideFrom: "45",
      hideLength: "10",
      horizon: "60",
    },
  },
};

/** x of the step `ahead` of the last. */
export const xAhead = ({ x, dates }: Series, ahead: number): number => x.at(-1)! + ahead * (dates ? DAY : 1);
