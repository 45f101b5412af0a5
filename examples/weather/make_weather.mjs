/** Daily maximum temperature in Seattle, 2012 to 2015, from the npm package vega-datasets, as date,temp_max. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const SOURCE = new URL("../../node_modules/vega-datasets/data/seattle-weather.csv", import.meta.url);

/**
 * @param {string} path file to write
 * @returns {{ dates: string[], temperatures: number[] }}
 */
export function makeWeather(path) {
  const [header, ...rows] = readFileSync(SOURCE, "utf8").trim().split(/\r?\n/);
  const names = header.split(",");
  const [date, temperature] = [names.indexOf("date"), names.indexOf("temp_max")];
  if (date < 0 || temperature < 0)
    throw new Error(`seattle-weather.csv has the columns ${header}, not date and temp_max`);
  const cells = rows.map(row => row.split(","));
  const dates = cells.map(row => row[date]);
  const temperatures = cells.map(row => Number(row[temperature]));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `date,temp_max\n${dates.map((day, i) => `${day},${temperatures[i]}\n`).join("")}`);
  return { dates, temperatures };
}
