/** Documents of nonlinear models: functions as expressions or in WGSL. Loaded with the first of them. */
import { type NestedNumbers, ParameterError } from "../engine/index.ts";
import {
  checkKeys,
  expressionFunction,
  familyConstants,
  type GeneralizedGaussianParameters,
  generalizedGaussianSSM,
  isFamilyName,
  type NonlinearGaussianParameters,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  say,
  type VectorFunction,
  valueText,
  wgslFunction,
} from "../models/index.ts";

/** A function of the state in a document: expressions, and names for their parts; without them it is a function of `wgsl`. */
interface FunctionDocument {
  expressions?: string | readonly string[];
  where?: Readonly<Record<string, string>>;
}

/** What both kinds share. */
interface NonlinearDocumentBase {
  format: "statescan/model@1";
  /** n; may be left out, it is the length of initial.mean */
  stateDim?: number;
  /** m, to be checked */
  emissionDim?: number;
  /** d; default 0 */
  inputDim?: number;
  stateNames?: readonly string[];
  inputNames?: readonly string[];
  /** WGSL with the functions dynamics, emission and emission_covariance, as far as there are no expressions for them. */
  wgsl?: string;
  /** Numbers, vectors and matrices that all functions may use; those in WGSL take them as p, one behind the other. */
  parameters?: Readonly<Record<string, NestedNumbers>>;
  initial: { mean: NestedNumbers; covariance: NestedNumbers };
  dynamics: FunctionDocument & { covariance: NestedNumbers };
}

/** A model of nonlinearGaussianSSM() as JSON. */
export interface NonlinearGaussianDocument extends NonlinearDocumentBase {
  type: "nonlinear-gaussian";
  emissions: FunctionDocument & { covariance: NestedNumbers };
}

/** A model of generalizedGaussianSSM() as JSON: a family, or expressions for mean and covariance (m · m texts, or rows of them). */
export interface GeneralizedGaussianDocument extends NonlinearDocumentBase {
  type: "generalized-gaussian";
  emissions:
    | (FunctionDocument & { family: string } & Record<string, unknown>)
    | {
        mean?: string | readonly string[];
        covariance?: string | readonly string[] | readonly (readonly string[])[];
        where?: Readonly<Record<string, string>>;
      }
    | {
        /** log p(y | z) of y0 … as many as emissionDim, default 1 */
        logDensity: string;
        where?: Readonly<Record<string, string>>;
      };
}

export type NonlinearDocument = NonlinearGaussianDocument | GeneralizedGaussianDocument;

const NAMES = ["stateDim", "emissionDim", "inputDim", "stateNames", "inputNames", "parameters", "wgsl"];
const GROUPS = ["initial", "dynamics", "emissions"];

type Given = Readonly<Record<string, unknown>>;

/**
 * @param document with known format and type
 * @throws ParameterError, ShapeError; faults of expressions with their place
 */
export async function loadNonlinear(call: string, document: Given): Promise<NonlinearSSM> {
  checkKeys(call, "", document, ["format", "type", ...NAMES, ...GROUPS], GROUPS);
  const dynamics = checkKeys(
    call,
    "dynamics.",
    document.dynamics,
    ["expressions", "where", "covariance"],
    ["covariance"],
  );
  const initial = checkKeys(
    call,
    "initial.",
    document.initial,
    ["mean", "covariance"],
    ["mean", "covariance"],
  );
  const read = reader(call, document, stateDimOf(call, document, initial));
  const f = await read("dynamics", "dynamics.expressions", dynamics.expressions, dynamics.where);
  const parts = { initial, dynamics: { function: f, covariance: dynamics.covariance } };
  const model =
    document.type === "nonlinear-gaussian"
      ? await gaussian(call, document, parts, read)
      : await generalized(call, document, parts, read);
  const { emissionDim } = document;
  if (emissionDim !== undefined && emissionDim !== model.emissionDim) {
    const fix = "Correct it or leave it out.";
    throw new ParameterError(
      say(call, "emissionDim", `${model.emissionDim} as in emissions`, valueText(emissionDim), fix),
    );
  }
  return { ...model, document: structuredClone(document) };
}

/** A function from its expressions or, where there are none, from the function `entry` of the document's WGSL. */
type Read = (
  entry: string,
  source: string,
  expressions: unknown,
  where: unknown,
  /** Of all inputs, where they are more than those of the model. */
  names?: readonly string[],
) => Promise<VectorFunction & { readonly parameters: Float64Array }>;
type Parts = { readonly initial: unknown; readonly dynamics: unknown };

async function gaussian(call: string, document: Given, parts: Parts, read: Read): Promise<NonlinearSSM> {
  const { expressions, where, covariance } = checkKeys(
    call,
    "emissions.",
    document.emissions,
    ["expressions", "where", "covariance"],
    ["covariance"],
  );
  const h = await read("emission", "emissions.expressions", expressions, where);
  return nonlinearGaussianSSM({
    ...parts,
    emissions: { function: h, covariance },
  } as NonlinearGaussianParameters);
}

async function generalized(call: string, document: Given, parts: Parts, read: Read): Promise<NonlinearSSM> {
  const given = document.emissions as Given;
  const has = (key: string): boolean => typeof given === "object" && given !== null && key in given;
  if (has("logDensity")) return byDensity(call, document, parts, read);
  if (!has("family")) {
    const keys = ["mean", "covariance"];
    const { mean, covariance, where } = checkKeys(
      call,
      "emissions.",
      given,
      ["family", ...keys, "where"],
      keys,
    );
    const entries = Array.isArray(covariance) ? covariance.flat() : covariance;
    const emissions = {
      function: await read("emission", "emissions.mean", mean, where),
      covarianceFunction: await read("emission_covariance", "emissions.covariance", entries, where),
    };
    return generalizedGaussianSSM({ ...parts, emissions } as GeneralizedGaussianParameters);
  }
  const own = isFamilyName(given.family) ? familyConstants(given.family) : [];
  const { expressions, where, ...rest } = checkKeys(call, "emissions.", given, [
    "family",
    "expressions",
    "where",
    ...own,
  ]);
  const g = await read("emission", "emissions.expressions", expressions, where);
  return generalizedGaussianSSM({
    ...parts,
    emissions: { ...rest, function: g },
  } as unknown as GeneralizedGaussianParameters);
}

/** y0 … stand behind the inputs. */
async function byDensity(call: string, document: Given, parts: Parts, read: Read): Promise<NonlinearSSM> {
  const keys = ["logDensity", "where"];
  const { logDensity, where } = checkKeys(call, "emissions.", document.emissions, keys, ["logDensity"]);
  const { emissionDim = 1, inputDim = 0, inputNames } = document;
  const [m, d] = [emissionDim, inputDim] as [number, number];
  const list = (letter: string, count: number): string[] =>
    Array.from({ length: Number.isSafeInteger(count) && count > 0 ? count : 0 }, (_, i) => letter + i);
  const names = [...((inputNames as string[] | undefined) ?? list("u", d)), ...list("y", m)];
  const density = await read("log_density", "emissions.logDensity", logDensity, where, names);
  return generalizedGaussianSSM({
    ...parts,
    emissions: { logDensity: density, emissionDim: m },
  } as GeneralizedGaussianParameters);
}

function stateDimOf(call: string, { stateDim }: Given, { mean }: Given): number {
  // A leading series axis: [N, n].
  const rows = Array.isArray(mean) ? mean : [mean];
  const n = Array.isArray(rows[0]) ? rows[0].length : rows.length;
  if (stateDim === undefined || stateDim === n) return n;
  const fix = "Correct it or leave it out.";
  throw new ParameterError(say(call, "stateDim", `${n} as in initial.mean`, valueText(stateDim), fix));
}

const reader =
  (call: string, document: Given, stateDim: number): Read =>
  async (entry, source, expressions, where, names) => {
    const { stateNames, parameters, wgsl } = document;
    const { inputDim, inputNames } = names ? { inputDim: names.length, inputNames: names } : document;
    if (expressions === undefined && wgsl !== undefined) {
      const code = wgsl as string;
      const numbers = Object.values(parameters ?? {}).flat(2) as number[];
      const f = await wgslFunction({ call, source: "wgsl", code, entry, stateDim });
      // Not every function takes p; how many numbers one takes, the model checks.
      return { ...f, parameters: Float64Array.from(f.numParameters === 0 ? [] : numbers) };
    }
    if (expressions === undefined)
      throw new ParameterError(
        say(call, source, "a value", "nothing", `Add "${source}", or wgsl with a function ${entry}.`),
      );
    return expressionFunction({
      call,
      source,
      expressions,
      stateDim,
      ...(inputDim !== undefined && { inputDim }),
      ...(stateNames !== undefined && { stateNames }),
      ...(inputNames !== undefined && { inputNames }),
      ...(parameters !== undefined && { parameters }),
      ...(where !== undefined && { where }),
    } as Parameters<typeof expressionFunction>[0]);
  };
