/** Documents of models of components and of tracking models. */

import { nearestKey, ParameterError } from "../engine/index.ts";
import {
  add,
  COMPONENT_KINDS,
  type Component,
  checkKeys,
  constantAcceleration,
  constantVelocity,
  type StructuralModel,
  say,
  type TrackingModel,
  type TrackingOptions,
  valueText,
} from "../models/index.ts";

/** A model of components: each with its kind, the name of its function, and the arguments of that function. */
export interface StructuralDocument {
  format: "statescan/model@1";
  type: "structural";
  components: ({ kind: string } & Record<string, unknown>)[];
}

/** A tracking model: the arguments of constantVelocity() or constantAcceleration(). */
export interface TrackingDocument extends TrackingOptions {
  format: "statescan/model@1";
  type: "tracking";
  motion: "constantVelocity" | "constantAcceleration";
}

const MOTIONS: Readonly<Record<string, (options: TrackingOptions) => TrackingModel>> = {
  constantVelocity,
  constantAcceleration,
};

/** @param document with known format and type "structural" */
export function parseStructural(call: string, document: Record<string, unknown>): StructuralModel {
  checkKeys(call, "", document, ["format", "type", "components"], ["components"]);
  const { components } = document;
  if (!Array.isArray(components) || components.length === 0) {
    const got = Array.isArray(components) ? "none" : valueText(components);
    throw new ParameterError(
      say(call, "components", "an array of components", got, 'Write [{"kind": "level", "variance": 1}].'),
    );
  }
  return add(
    ...components.map((entry, i) => {
      const { kind, ...options } = asObject(call, `components[${i}]`, entry);
      const make = oneOf(call, `components[${i}].kind`, kind, COMPONENT_KINDS);
      return located(call, `components[${i}]`, () => make(options as never));
    }),
  );
}

/** @param document with known format and type "tracking" */
export function parseTracking(call: string, document: Record<string, unknown>): TrackingModel {
  const { format: _format, type: _type, motion, ...options } = document;
  const make = oneOf(call, "motion", motion, MOTIONS);
  return located(call, "tracking", () => make(options as unknown as TrackingOptions));
}

export function structuralDocument(model: StructuralModel): StructuralDocument {
  return {
    format: "statescan/model@1",
    type: "structural",
    components: model.components.map(({ kind, parameters }) => ({ kind, ...structuredClone(parameters) })),
  };
}

export function trackingDocument(model: TrackingModel): TrackingDocument {
  return { format: "statescan/model@1", type: "tracking", ...structuredClone(model.tracking) };
}

function asObject(call: string, path: string, value: unknown): Record<string, unknown> {
  if (value !== null && typeof value === "object" && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new ParameterError(
    say(call, path, "an object with kind", valueText(value), 'Write {"kind": "level", "variance": 1}.'),
  );
}

/** The entry of a table named by a document. */
function oneOf<T>(call: string, path: string, value: unknown, table: Readonly<Record<string, T>>): T {
  const names = Object.keys(table);
  if (typeof value === "string" && Object.hasOwn(table, value)) return table[value];
  const nearest = typeof value === "string" ? nearestKey(value, names) : undefined;
  throw new ParameterError(
    say(
      call,
      path,
      `one of ${names.map(name => `"${name}"`).join(", ")}`,
      value === undefined ? "nothing" : valueText(value),
      nearest ? `Did you mean "${nearest}"?` : "Write one of these.",
    ),
  );
}

/** Puts the place in the document before the text of an error. */
function located<T extends Component | TrackingModel>(call: string, path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error) error.message = `${call}: ${path}: ${error.message}`;
    throw error;
  }
}
