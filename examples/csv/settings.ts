/** What the form on the page says of the model, and what each model is called in plain words. */

import type { BackendChoice } from "../site/report.ts";

export type ModelKind = "level" | "trend" | "smooth" | "seasonal" | "regimes" | "counts";

export interface ModelSettings {
  readonly model: ModelKind;
  /** K */
  readonly regimes: number;
  /** Steps of a season. */
  readonly period: number;
  readonly harmonics: number;
  /** Powers of ten on the starting values of the variances. */
  readonly level: number;
  readonly slope: number;
  readonly seasonal: number;
  readonly noise: number;
  /** Chance of staying in a regime for one more step. */
  readonly stay: number;
  /** Probability that a band holds. */
  readonly confidence: number;
  readonly horizon: number;
  readonly backend: BackendChoice;
}

export const DEFAULTS: ModelSettings = {
  model: "level",
  regimes: 2,
  period: 12,
  harmonics: 2,
  level: 0,
  slope: 0,
  seasonal: 0,
  noise: 0,
  stay: 0.9,
  confidence: 0.9,
  horizon: 0,
  backend: "auto",
};

/** Sliders and fields that mean something for a model. */
export const CONTROLS: Readonly<Record<ModelKind, readonly (keyof ModelSettings)[]>> = {
  level: ["level", "noise"],
  trend: ["level", "slope", "noise"],
  smooth: ["slope", "noise"],
  seasonal: ["period", "harmonics", "level", "seasonal", "noise"],
  regimes: ["regimes", "stay", "noise"],
  counts: ["regimes", "stay"],
};

export const WORDS: Readonly<Record<ModelKind, string>> = {
  level: "A level that wanders, seen through noise. The place to start.",
  trend: "A level with a slope; both wander. For growth and decline that change.",
  smooth: "Only the slope wanders: the smoothest curve of all, for slow change.",
  seasonal: "A level that wanders and a pattern that comes back every season.",
  regimes: "The series jumps between a few regimes, each with its own mean and spread.",
  counts: "Whole numbers from 0 on; each regime has its own rate.",
};
