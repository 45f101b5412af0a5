/** Särkkä's car, Bayesian Filtering and Smoothing (2013), example 3.6, with data drawn from it over any number of steps. */
import { NAMED, namedModel, type RawCase } from "./oracle_models.ts";

/**
 * T observations of the car. With a shift, that is added to the first column of y and to the first prior mean: the
 * likelihood of the data does not change, but what a parallel likelihood leaves out of its first term shows.
 */
export function carCase(T: number, shift = 0): RawCase {
  const { observations } = namedModel("cv4", T);
  const model = NAMED.cv4();
  const [x, ...rest] = model.initial.mean;
  return {
    model: { ...model, initial: { ...model.initial, mean: [x + shift, ...rest] } },
    observations: observations.map(([first, ...others]) => [(first as number) + shift, ...others]),
  };
}
