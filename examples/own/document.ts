/** The form as a model document, and the way back from a fault in the document to its place in the form. */

import { ParameterError, ShapeError, type SourcePlace } from "../../src/api/index.ts";
import { FieldError, type FieldPlace, type Piece, placeIn, placeOf, whole, wordsOf } from "./faults.ts";
import { readExpressions, readNamed, readRows } from "./fields.ts";
import { covarianceOf, numbersOf, parametersOf } from "./numbers.ts";

/** The texts of a model as they stand in the form. */
export interface ModelText {
  readonly language: "expressions" | "wgsl";
  /** Names with commas between. */
  readonly states: string;
  readonly parameters: string;
  readonly dynamics: string;
  readonly emission: string;
  readonly variance: string;
  readonly wgsl: string;
  readonly mean: string;
  readonly start: string;
  readonly process: string;
  readonly family: string;
  readonly noise: string;
  readonly constants: string;
}

/** States and columns that the page draws. */
export const MOST = 12;

/** Where a text of the document begins in the form; length: of all that is meant. */
type Origin = Pick<Piece, "field" | "line" | "column"> & { readonly length?: number };

export interface Made {
  readonly document: object;
  readonly stateNames: readonly string[];
  /** Where the texts of the document stand in the form, by what the library calls them. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** @throws FieldError for what is no document; the library finds what is no model */
export async function documentOf(text: ModelText): Promise<Made> {
  const origins = new Map<string, Origin>();
  const states = statesOf(text);
  const stateNames = states.map(piece => piece.text);
  const n = stateNames.length;
  const named = readNamed("parameters", text.parameters);
  for (const path of ["", "dynamics.", "emissions."]) {
    for (const { field, line, name } of named)
      origins.set(`${path}parameters.${name}`, { field, line, column: 1 });
    states.forEach((piece, i) => {
      origins.set(`${path}stateNames[${i}]`, { ...piece, length: piece.text.length });
    });
  }
  const parameters = await parametersOf(named).catch(error => {
    throw inForm(error, text, { origins });
  });
  const [means, ...more] = readRows("mean", text.mean);
  const mean = await numbersOf(means ?? [], parameters);
  if (more.length > 0 || mean.length !== n)
    throw new FieldError(`${n} numbers on one line expected, one for every state.`, whole("mean"));
  const initial = {
    mean,
    covariance: await covarianceOf("start", readRows("start", text.start), parameters, n),
  };
  const Q = await covarianceOf("process", readRows("process", text.process), parameters, n);
  const inWgsl = text.language === "wgsl";

  const group = (field: "dynamics" | "emission" | "variance", path: string, key: string, count?: number) => {
    if (inWgsl) return {};
    const { entries, where } = readExpressions(field, text[field]);
    if (entries.length === 0)
      throw new FieldError("At least one expression expected, got none.", whole(field));
    if (count !== undefined && entries.length !== 1 && entries.length !== count) {
      const got = `${entries.length} of them`;
      throw new FieldError(
        `One expression for each of the ${count} states expected, got ${got}.`,
        whole(field),
      );
    }
    entries.forEach((piece, i) => {
      origins.set(`${path}.${key}[${i}]`, piece);
    });
    for (const piece of where) origins.set(`${path}.where.${piece.name}`, piece);
    return {
      [key]: entries.map(piece => piece.text),
      ...(where.length > 0
        ? { where: Object.fromEntries(where.map(piece => [piece.name, piece.text])) }
        : {}),
    };
  };
  const dynamics = { ...group("dynamics", "dynamics", "expressions", n), covariance: Q };
  const emissions = await emissionsOf(text, parameters, group, origins);
  if (inWgsl) origins.set("wgsl", { field: "wgsl", line: 1, column: 1 });
  if (inWgsl && text.wgsl.trim() === "")
    throw new FieldError("Functions dynamics and emission expected, got none.", whole("wgsl"));
  const document = {
    format: "statescan/model@1",
    type: text.family === "gaussian" ? "nonlinear-gaussian" : "generalized-gaussian",
    ...(inWgsl ? { wgsl: text.wgsl } : { stateNames }),
    ...(named.length > 0 ? { parameters } : {}),
    initial,
    dynamics,
    emissions,
  };
  return { document, stateNames, origins };
}

function statesOf({ states }: ModelText): Piece[] {
  const [row = [], ...more] = readRows("states", states);
  if (row.length === 0 || more.length > 0)
    throw new FieldError("Names of states on one line expected, with commas between.", whole("states"));
  if (row.length > MOST)
    throw new FieldError(`At most ${MOST} states expected on this page, got ${row.length}.`, whole("states"));
  const odd = row.find(({ text }) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(text));
  if (odd) throw new FieldError(`A name of letters, digits and _ expected, got "${odd.text}".`, placeOf(odd));
  return row;
}

type Group = (field: "emission" | "variance", path: string, key: string) => Record<string, unknown>;

async function emissionsOf(
  text: ModelText,
  parameters: Awaited<ReturnType<typeof parametersOf>>,
  group: Group,
  origins: Map<string, Origin>,
): Promise<object> {
  if (text.family === "gaussian") {
    const covariance = await covarianceOf("noise", readRows("noise", text.noise), parameters);
    return { ...group("emission", "emissions", "expressions"), covariance };
  }
  if (text.family !== "variance") {
    const constants = readNamed("constants", text.constants);
    for (const piece of constants) origins.set(`emissions.${piece.name}`, { ...piece, column: 1 });
    return {
      family: text.family,
      ...group("emission", "emissions", "expressions"),
      ...Object.fromEntries(
        await Promise.all(constants.map(async p => [p.name, (await numbersOf([p], parameters))[0]] as const)),
      ),
    };
  }
  if (text.language === "wgsl") return {};
  const means = group("emission", "emissions", "mean") as { mean: string[]; where?: object };
  const variances = group("variance", "emissions", "covariance") as { covariance: string[]; where?: object };
  const m = means.mean.length;
  if (variances.covariance.length !== m)
    throw new FieldError(
      `${m} variance${m === 1 ? "" : "s"} expected, one for every column of the mean, got ${variances.covariance.length}.`,
      whole("variance"),
    );
  // On the diagonal of m · m texts.
  const places = variances.covariance.map((_, i) => origins.get(`emissions.covariance[${i}]`)!);
  places.forEach((place, i) => {
    origins.set(`emissions.covariance[${i * (m + 1)}]`, place);
  });
  const covariance = Array.from({ length: m * m }, (_, at) =>
    at % (m + 1) === 0 ? variances.covariance[at / (m + 1)]! : "0",
  );
  const where = { ...means.where, ...variances.where };
  return { mean: means.mean, covariance, ...(Object.keys(where).length > 0 ? { where } : {}) };
}

/** Which field an argument of the library comes from, where it names no place. */
const FIELDS: readonly (readonly [pattern: RegExp, field: (text: ModelText) => string])[] = [
  [/^initial\.mean/, () => "mean"],
  [/^initial\.covariance/, () => "start"],
  [/^dynamics\.covariance/, () => "process"],
  [/^emissions\.covariance/, ({ family }) => (family === "variance" ? "variance" : "noise")],
  [/^emissions\.(trials|size|concentration|dof|scale)/, () => "constants"],
  [/^(parameters|dynamics\.parameters|emissions\.parameters)/, () => "parameters"],
  [/^stateNames/, () => "states"],
  [/^dynamics/, ({ language }) => (language === "wgsl" ? "wgsl" : "dynamics")],
  [/^emissions/, ({ language }) => (language === "wgsl" ? "wgsl" : "emission")],
  [/^(entry|wgsl|stateDim)/, ({ language }) => (language === "wgsl" ? "wgsl" : "states")],
];

/** An error of the library as one of the form; others as they are. */
export function inForm(error: unknown, text: ModelText, { origins }: Pick<Made, "origins">): unknown {
  if (!(error instanceof ParameterError || error instanceof ShapeError)) return error;
  const { place } = error as { place?: SourcePlace };
  const origin = place && origins.get(place.source);
  const words = wordsOf(error.message);
  if (place && origin) return new FieldError(words, placeIn(origin, place));
  const argument = /^\w+: (\S+)/.exec(error.message)?.[1] ?? "";
  const named = origins.get(argument);
  if (named) return new FieldError(words, lineOf(named));
  const field = FIELDS.find(([pattern]) => pattern.test(argument))?.[1](text);
  return field === undefined ? error : new FieldError(words, whole(field));
}

/** What is meant of it, or the whole line. */
const lineOf = ({ field, line, column, length = Number.MAX_SAFE_INTEGER }: Origin): FieldPlace => ({
  field,
  line,
  column,
  length,
});
