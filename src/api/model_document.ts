/** Model documents: JSON that describes a model, `"format": "statescan/model@1"`. */

import { type NestedNumbers, nearestKey, ParameterError } from "../engine/index.ts";
import {
  checkKeys,
  type HiddenMarkovModel,
  isStructural,
  isTracking,
  type LinearGaussianParameters,
  type LinearGaussianSSM,
  linearGaussianSSM,
  type ModelEquation,
  type NonlinearSSM,
  type Parameter,
  type Recurrence,
  type StructuralModel,
  say,
  type TrackingModel,
  valueText,
} from "../models/index.ts";
import { checkModel } from "./check_model.ts";
import { isNonlinear } from "./check_nonlinear.ts";
import {
  parseStructural,
  parseTracking,
  type StructuralDocument,
  structuralDocument,
  type TrackingDocument,
  trackingDocument,
} from "./component_document.ts";
import { type HmmDocument, hmmDocument, parseHmm } from "./hmm_document.ts";
import type { NonlinearDocument } from "./nonlinear_document.ts";
import { nonlinearDocuments, recurrenceDocuments } from "./parts.ts";
import type { RecurrenceDocument } from "./recurrence_document.ts";

/** Value of the key `format` of every model document. */
export const MODEL_FORMAT = "statescan/model@1";
const NONLINEAR = ["nonlinear-gaussian", "generalized-gaussian"];
const RECURRENCE = "recurrence";
const TYPES = ["linear-gaussian", "hmm", "structural", "tracking", ...NONLINEAR, RECURRENCE];
const EQUATION_KEYS = ["weights", "bias", "inputWeights", "covariance"];
const CALL = "parseModelDocument";

interface EquationDocument {
  weights: NestedNumbers;
  bias?: NestedNumbers;
  inputWeights?: NestedNumbers;
  covariance: NestedNumbers;
}

/** A linear Gaussian model as JSON; arrays are nested and may have the leading axes of the parameters. */
export interface LinearGaussianDocument {
  format: typeof MODEL_FORMAT;
  type: "linear-gaussian";
  initial: "stationary" | "diffuse" | { mean: NestedNumbers; covariance: NestedNumbers; diffuse?: boolean[] };
  dynamics: EquationDocument;
  emissions: EquationDocument;
}

/** The document of any model. */
export type ModelDocument =
  | LinearGaussianDocument
  | HmmDocument
  | StructuralDocument
  | TrackingDocument
  | NonlinearDocument
  | RecurrenceDocument;

/** Models of documents without functions. */
type ParsedModel = LinearGaussianSSM | HiddenMarkovModel;

/** Any model that a document may hold; `type` tells them apart. */
export type Model = ParsedModel | NonlinearSSM | Recurrence;

/**
 * A model from its document, given as text or as the parsed object. `type` of the model tells what the document held; M is
 * what the caller takes it to be.
 * @param json text, or what JSON.parse gave; arrays nested, with the shapes of linearGaussianSSM()'s parameters
 * @throws ParameterError for text that is no JSON, a wrong format or type, unknown keys, and for nonlinear models, whose functions take
 *   loadModelDocument(); and as linearGaussianSSM()
 */
export function parseModelDocument<M extends ParsedModel = LinearGaussianSSM>(json: string | object): M;
export function parseModelDocument(json: string | object): ParsedModel {
  const document = readDocument(CALL, json);
  if (NONLINEAR.includes(document.type) || document.type === RECURRENCE) {
    const fix = "Use await loadModelDocument(), which compiles their functions.";
    throw new ParameterError(
      say(CALL, "type", "no nonlinear model or recurrence", `"${document.type}"`, fix),
    );
  }
  return parseChecked(CALL, document);
}

/**
 * A model of any kind from its document; compilers of expressions are loaded when there are some.
 * @param json text, or what JSON.parse gave
 * @throws as parseModelDocument(); faults of expressions with their place
 */
export async function loadModelDocument<M extends Model = Model>(json: string | object): Promise<M>;
export async function loadModelDocument(json: string | object): Promise<Model> {
  const call = "loadModelDocument";
  const document = readDocument(call, json);
  if (document.type === RECURRENCE) return (await recurrenceDocuments(call)).loadRecurrence(call, document);
  if (!NONLINEAR.includes(document.type)) return parseChecked(call, document);
  return (await nonlinearDocuments(call)).loadNonlinear(call, document);
}

type TypedDocument = Record<string, unknown> & { readonly type: string };

/** The object, with known format and type. */
function readDocument(call: string, json: string | object): TypedDocument {
  const value = typeof json === "string" ? parse(call, json) : json;
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new ParameterError(
      say(call, "document", "a JSON object", valueText(value), `Begin with {"format": "${MODEL_FORMAT}".`),
    );
  }
  const document = value as Record<string, unknown>;
  if (document.format !== MODEL_FORMAT) {
    const got = document.format === undefined ? "nothing" : valueText(document.format);
    throw new ParameterError(
      say(call, "format", `"${MODEL_FORMAT}"`, got, `Add "format": "${MODEL_FORMAT}".`),
    );
  }
  if (typeof document.type !== "string" || !TYPES.includes(document.type)) {
    const got = document.type === undefined ? "nothing" : valueText(document.type);
    const nearest = typeof document.type === "string" ? nearestKey(document.type, TYPES) : TYPES[0];
    throw new ParameterError(
      say(
        call,
        "type",
        `one of ${TYPES.map(t => `"${t}"`).join(", ")}`,
        got,
        nearest ? `Did you mean "${nearest}"?` : "Write one of these.",
      ),
    );
  }
  return document as TypedDocument;
}

function parseChecked(call: string, document: TypedDocument): ParsedModel {
  if (document.type === "hmm") return parseHmm(call, document);
  if (document.type === "structural") return parseStructural(call, document);
  if (document.type === "tracking") return parseTracking(call, document);
  checkKeys(
    call,
    "",
    document,
    ["format", "type", "initial", "dynamics", "emissions"],
    ["initial", "dynamics", "emissions"],
  );
  const initialKeys = ["mean", "covariance", "diffuse"];
  if (typeof document.initial !== "string")
    checkKeys(call, "initial.", document.initial, initialKeys, ["mean", "covariance"]);
  for (const part of ["dynamics", "emissions"]) {
    const equation = checkKeys(call, `${part}.`, document[part], EQUATION_KEYS, ["weights", "covariance"]);
    // null would read as a missing number.
    for (const key of ["bias", "inputWeights"]) {
      if (equation[key] === null) {
        throw new ParameterError(say(call, `${part}.${key}`, "numbers", "null", "Leave the key out."));
      }
    }
  }
  const { initial, dynamics, emissions } = document as unknown as LinearGaussianParameters;
  return linearGaussianSSM({ initial, dynamics, emissions });
}

function parse(call: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ParameterError(
      say(call, "document", "JSON", `text that is not (${(error as Error).message})`, "Correct the syntax."),
      { cause: error },
    );
  }
}

/**
 * The document of a model: parseModelDocument(modelDocument(model)) is the same model.
 * Index 0 of time-varying dynamics parameters, which is never used, is written as zeros. Models of components and tracking
 * models keep their arguments.
 * @throws ParameterError if it is no model of linearGaussianSSM(); for a nonlinear model or a recurrence that came neither from a
 *   document nor from the library of systems
 */
export function modelDocument(model: StructuralModel): StructuralDocument;
export function modelDocument(model: TrackingModel): TrackingDocument;
export function modelDocument(model: HiddenMarkovModel): HmmDocument;
export function modelDocument(model: NonlinearSSM): NonlinearDocument;
export function modelDocument(model: Recurrence): RecurrenceDocument;
export function modelDocument(model: Model): ModelDocument;
export function modelDocument(model: Model): ModelDocument {
  if (model?.type === "hmm") return hmmDocument(model);
  if (model?.type === RECURRENCE) return recurrenceDocument(model as Recurrence);
  if (isNonlinear(model)) return nonlinearDocument(model);
  checkModel("modelDocument", model);
  if (isStructural(model)) return structuralDocument(model);
  if (isTracking(model)) return trackingDocument(model);
  const { dynamics, emissions } = model.parameters;
  return {
    format: MODEL_FORMAT,
    type: model.type,
    initial: initialDocument(model),
    dynamics: equation(dynamics),
    emissions: equation(emissions),
  };
}

const nonlinearDocument = ({ document }: NonlinearSSM): NonlinearDocument =>
  (document ? structuredClone(document) : refuseText()) as NonlinearDocument;

const recurrenceDocument = ({ type, document }: Recurrence): RecurrenceDocument =>
  (document
    ? { format: MODEL_FORMAT, type, ...structuredClone(document) }
    : refuseText()) as RecurrenceDocument;

function refuseText(): never {
  const fix = "Write the document, and load it by loadModelDocument().";
  const got = "functions whose text is not known";
  throw new ParameterError(say("modelDocument", "model", "one that came from a document", got, fix));
}

function initialDocument({
  stateDim,
  diffuse,
  initialForm,
  parameters,
}: LinearGaussianSSM): LinearGaussianDocument["initial"] {
  if (initialForm === "stationary") return "stationary";
  if (diffuse.length === stateDim) return "diffuse";
  const { mean, covariance } = parameters.initial;
  return {
    mean: nested(mean),
    covariance: nested(covariance),
    ...(diffuse.length > 0 && {
      diffuse: Array.from({ length: stateDim }, (_, i) => diffuse.includes(i)),
    }),
  };
}

function equation({ weights, bias, inputWeights, covariance }: ModelEquation): EquationDocument {
  return {
    weights: nested(weights),
    ...(bias && { bias: nested(bias) }),
    ...(inputWeights && { inputWeights: nested(inputWeights) }),
    covariance: nested(covariance),
  };
}

function nested({ data, shape }: Parameter): NestedNumbers {
  const build = (axis: number, at: number, size: number): NestedNumbers => {
    if (axis === shape.length) return data[at];
    const step = size / shape[axis];
    return Array.from({ length: shape[axis] }, (_, i) => build(axis + 1, at + i * step, step));
  };
  return build(0, 0, data.length);
}
