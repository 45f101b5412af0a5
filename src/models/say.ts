/** The one form of every error text: *call: argument, expected, got. Fix.* */
export const say = (call: string, argument: string, expected: string, got: string, fix: string): string =>
  `${call}: ${argument} expected ${expected}, got ${got}. ${fix}`;

/** [2, 3] */
export const shapeText = (shape: readonly (number | string)[]): string => `[${shape.join(", ")}]`;

/** A value as a reader would type it, cut to a readable length. */
export function valueText(value: unknown): string {
  if (typeof value === "string")
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${(value as Float64Array).length}`;
  if (value !== null && typeof value === "object") {
    if ("regimeOf" in value) return "a hidden Markov model";
    if ("factors" in value && "stateDim" in value) return "a linear Gaussian model";
    return `an object with ${Object.keys(value).slice(0, 5).join(", ") || "no keys"}`;
  }
  return String(value);
}
