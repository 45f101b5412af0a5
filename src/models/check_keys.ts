import { nearestKey, ParameterError } from "../engine/index.ts";
import { say, valueText } from "./say.ts";

/**
 * An object with known keys only.
 * @param path what stands before a key in messages, e.g. "dynamics."
 * @throws ParameterError naming the unknown key and the nearest known one, or the missing required key
 */
export function checkKeys(
  call: string,
  path: string,
  value: unknown,
  known: readonly string[],
  required: readonly string[] = [],
): Record<string, unknown> {
  const where = path === "" ? "argument" : path.replace(/\.$/, "");
  if (value === null || typeof value !== "object" || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw new ParameterError(
      say(call, where, `an object with ${known.join(", ")}`, valueText(value), "Pass an object."),
    );
  }
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    if (known.includes(key)) continue;
    const nearest = nearestKey(key, known);
    throw new ParameterError(
      say(
        call,
        `${path}${key}`,
        `one of the keys ${known.join(", ")}`,
        `the unknown key "${key}"`,
        nearest ? `Did you mean "${nearest}"?` : "Remove it.",
      ),
    );
  }
  for (const key of required) {
    if (record[key] === undefined || record[key] === null) {
      throw new ParameterError(say(call, `${path}${key}`, "a value", "nothing", `Add "${key}".`));
    }
  }
  return record;
}
