/** The families of emission distributions by name. */
import { nearestKey, ParameterError } from "../../../engine/index.ts";
import { checkKeys } from "../../check_keys.ts";
import { say, valueText } from "../../say.ts";
import { bernoulli } from "./bernoulli.ts";
import { categorical } from "./categorical.ts";
import { categoricalRegression } from "./categorical_regression.ts";
import { custom } from "./custom.ts";
import { diagonalGaussian, sphericalGaussian } from "./diagonal_gaussian.ts";
import { exponential } from "./exponential.ts";
import { expression } from "./expression.ts";
import type { EmissionFamily, FamilyContext, FamilyDefinition } from "./family.ts";
import { gamma } from "./gamma.ts";
import { gaussian, lowRankGaussian, sharedGaussian } from "./gaussian.ts";
import { diagonalGaussianMixture, gaussianMixture } from "./gaussian_mixture.ts";
import { logisticRegression } from "./logistic_regression.ts";
import { multinomial } from "./multinomial.ts";
import { negativeBinomial } from "./negative_binomial.ts";
import { poisson } from "./poisson.ts";
import { precomputed } from "./precomputed.ts";
import { makeProduct } from "./product.ts";
import { nested } from "./read_table.ts";
import { autoregressive, linearRegression } from "./regression.ts";
import { studentT } from "./student_t.ts";
import { vonMises } from "./von_mises.ts";

const product: FamilyDefinition = {
  required: ["blocks"],
  make: (context, given) => makeProduct(context, given, readFamily, familyDocument),
};

export const FAMILIES: Readonly<Record<string, FamilyDefinition>> = {
  categorical,
  bernoulli,
  multinomial,
  poisson,
  gamma,
  exponential,
  "negative-binomial": negativeBinomial,
  "von-mises": vonMises,
  "student-t": studentT,
  gaussian,
  "diagonal-gaussian": diagonalGaussian,
  "spherical-gaussian": sphericalGaussian,
  "shared-gaussian": sharedGaussian,
  "low-rank-gaussian": lowRankGaussian,
  "gaussian-mixture": gaussianMixture,
  "diagonal-gaussian-mixture": diagonalGaussianMixture,
  "linear-regression": linearRegression,
  "logistic-regression": logisticRegression,
  "categorical-regression": categoricalRegression,
  autoregressive,
  product,
  precomputed,
  expression,
  custom,
};

/**
 * Reads {family, …parameters}.
 * @throws ParameterError for an unknown family or key, with the nearest known one; and as the family does
 */
export function readFamily(context: FamilyContext, given: unknown): EmissionFamily {
  const { call, path } = context;
  const names = Object.keys(FAMILIES);
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    const argument = path.replace(/\.$/, "");
    const fix = 'Write {family: "gaussian", means, covariances}, or another family.';
    throw new ParameterError(
      say(call, argument, "an object with a family and its parameters", valueText(given), fix),
    );
  }
  const { family, ...parameters } = given as Record<string, unknown>;
  if (typeof family !== "string" || !Object.hasOwn(FAMILIES, family)) {
    const nearest = typeof family === "string" ? nearestKey(family, names) : undefined;
    const fix = nearest ? `Did you mean "${nearest}"?` : "Write one of these.";
    const got = family === undefined ? "nothing" : valueText(family);
    const expected = `one of ${names.map(name => `"${name}"`).join(", ")}`;
    throw new ParameterError(say(call, `${path}family`, expected, got, fix));
  }
  const { required, optional = [], make } = FAMILIES[family];
  const known = ["family", ...required, ...optional];
  checkKeys(call, path, given, known, required);
  for (const key of optional) if (parameters[key] === null) delete parameters[key];
  return make(context, parameters);
}

/** The JSON of `emissions`: its own, or family and parameters. */
export function familyDocument(family: EmissionFamily): Record<string, unknown> | undefined {
  if (family.document) return family.document();
  if (family.family === "custom" || family.family === "product") return undefined;
  const parameters = Object.entries(family.parameters).map(([key, value]) => [key, nested(value)]);
  return { family: family.family, ...Object.fromEntries(parameters) };
}
