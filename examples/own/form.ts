/** The form of a model: what it says, what a link says of it. */

import type { BackendChoice } from "../site/report.ts";
import { parseSettings, readForm, settingsHash, writeForm } from "../site/settings.ts";
import type { Asked } from "./compute.ts";
import type { ModelText } from "./document.ts";
import { EXAMPLES, isExample } from "./examples.ts";

const VERSION = 1;
/** Characters of a link; browsers and programs that pass links on take at least these. */
export const LONGEST_LINK = 16_000;

export const TEXTS = [
  "states",
  "parameters",
  "dynamics",
  "emission",
  "variance",
  "wgsl",
  "mean",
  "start",
  "process",
  "noise",
  "constants",
] as const;
export type TextName = (typeof TEXTS)[number];

/** Which fields a model of this kind has. */
export function isShown(name: TextName, { language, family }: Readonly<Record<string, string>>): boolean {
  const inWgsl = language === "wgsl";
  if (name === "wgsl") return inWgsl;
  if (name === "dynamics" || name === "emission") return !inWgsl;
  if (name === "variance") return !inWgsl && family === "variance";
  if (name === "noise") return family === "gaussian";
  if (name === "constants") return ["binomial", "negative-binomial", "gamma", "student-t"].includes(family!);
  return true;
}

export function askedOf(values: Readonly<Record<string, string>>): Asked {
  return {
    text: values as unknown as ModelText,
    numSteps: Number(values.steps),
    seed: Number(values.seed),
    linearization: values.rule as Asked["linearization"],
    iterations: Number(values.iterations),
    backend: values.backend as BackendChoice,
  };
}

/** What an empty editor begins with when the language changes: states that stay, the first of them seen. */
export function beginnings(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = values.states!.split(",").map(name => name.trim());
  if (values.language === "expressions")
    return {
      ...(values.dynamics!.trim() === "" ? { dynamics: names.join("\n") } : {}),
      ...(values.emission!.trim() === "" ? { emission: names[0]! } : {}),
    };
  if (values.wgsl!.trim() !== "") return {};
  const state = `array<f32, ${names.length}>`;
  return {
    wgsl: `fn dynamics(x: ${state}) -> ${state} {\n  return x;\n}\n\nfn emission(x: ${state}) -> f32 {\n  return x[0];\n}`,
  };
}

/** The link of a form, or undefined where it would be too long. */
export function linkOf(form: HTMLFormElement): string | undefined {
  const values = readForm(form);
  const { example } = values;
  // The example is always in it: what a link leaves out is the example's.
  const usual = { ...EXAMPLES[isExample(example!) ? example : "pendulum"], example: "", backend: "cpu" };
  const hash = settingsHash(VERSION, values, usual);
  return hash.length > LONGEST_LINK ? undefined : hash;
}

/** Puts a link into the form. @returns what is to be said of it, if anything */
export function takeLink(form: HTMLFormElement, hash: string): string | undefined {
  if (hash.length <= 1) return undefined;
  if (hash.length > LONGEST_LINK)
    return `The link is longer than ${LONGEST_LINK} characters, so it was not read. Here is the pendulum.`;
  const { version, values } = parseSettings(hash);
  if (version !== VERSION)
    return "The link is not one of this page, or of another version of it, so it was not read. Here is the pendulum.";
  const { example = "pendulum", ...own } = values;
  if (!isExample(example))
    return "The link begins with a model that this page does not have, so it was not read. Here is the pendulum.";
  writeForm(form, { example, ...EXAMPLES[example] });
  const refused = writeForm(form, own);
  return refused.length > 0
    ? `This page has no such setting, or not with that value: ${refused.map(name => name.slice(0, 40)).join(", ")}. The others are as the link says.`
    : undefined;
}
