/** Options of systems, checked. */
import { nearestKey, ParameterError } from "../../../engine/index.ts";
import { say, valueText } from "../../say.ts";

/** @throws ParameterError naming the nearest of the words */
export function checkWord(
  call: string,
  argument: string,
  value: unknown,
  words: readonly string[],
): asserts value is string {
  if (typeof value === "string" && words.includes(value)) return;
  const near = typeof value === "string" ? nearestKey(value, words) : undefined;
  const expected = `one of ${words.map(word => `"${word}"`).join(", ")}`;
  const got = value === undefined ? "nothing" : valueText(value);
  throw new ParameterError(
    say(call, argument, expected, got, near ? `Did you mean "${near}"?` : "Write one of these."),
  );
}

/** A whole number with a default. */
export function readWhole(
  call: string,
  argument: string,
  value: unknown,
  least: number,
  standard?: number,
): number {
  const number = value === undefined ? standard : value;
  if (Number.isSafeInteger(number) && (number as number) >= least) return number as number;
  const got = number === undefined ? "nothing" : valueText(number);
  throw new ParameterError(say(call, argument, `a whole number ≥ ${least}`, got, "Correct it."));
}

/** A finite number with a default. */
export function readNumber(
  call: string,
  argument: string,
  value: unknown,
  standard: number,
  above = Number.NEGATIVE_INFINITY,
): number {
  const number = value === undefined ? standard : value;
  if (typeof number === "number" && Number.isFinite(number) && number > above) return number;
  const expected = above === Number.NEGATIVE_INFINITY ? "a finite number" : `a finite number above ${above}`;
  throw new ParameterError(say(call, argument, expected, valueText(number), "Correct it."));
}

/** Numbers by name, some of them given anew. */
export function readParameters(
  call: string,
  standard: Readonly<Record<string, number>>,
  given: unknown,
): Record<string, number> {
  const out = { ...standard };
  if (given === undefined) return out;
  if (given === null || typeof given !== "object" || Array.isArray(given))
    throw new ParameterError(
      say(call, "parameters", "an object of numbers", valueText(given), "Write {name: number}."),
    );
  for (const [name, value] of Object.entries(given)) {
    const known = Object.keys(standard);
    if (known.length === 0) {
      const fix = "Leave it out.";
      throw new ParameterError(
        say(call, `parameters.${name}`, "nothing: there are none", valueText(value), fix),
      );
    }
    if (!known.includes(name)) checkWord(call, "parameters", name, known);
    out[name] = readNumber(call, `parameters.${name}`, value, 0);
  }
  return out;
}
