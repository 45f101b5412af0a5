/**
 * Makes WGSL from an assembled kernel when its sizes are known: puts `const NAME = value` lines in front and expands
 * `#for i in a .. b` … `#end`, either unrolled (i replaced by its value: straight-line code whose array indices are
 * constants, so arrays stay in registers) or as an ordinary loop.
 *
 * Bounds are expressions of numbers, the constants, outer loop variables, + − × / and parentheses.
 */

/** Specialised WGSL, and for each line the line of the assembled text it came from (−1: a constant in front). */
export interface Specialised {
  readonly code: string;
  readonly origin: readonly number[];
}

export type Constants = Readonly<Record<string, number>>;

/** @throws Error if a bound is not an expression, or #for and #end do not match. */
export function specialise(code: string, constants: Constants, unroll: boolean): Specialised {
  const out: string[] = [];
  const origin: number[] = [];
  for (const [name, value] of Object.entries(constants)) {
    if (new RegExp(`\\b${name}\\b`).test(code)) {
      out.push(`const ${name}: u32 = ${value}u;`);
      origin.push(-1);
    }
  }
  const text = code.split("\n");
  /** The constants given, and those the text derives from them (`const N2: u32 = STATE_DIM * STATE_DIM;`). */
  const derived = new Map(Object.entries(constants));
  for (const line of text) {
    const derivation = /^\s*const (\w+): u32 = ([-\w+*/() ]+);/.exec(line);
    const value = derivation && unroll && derive(derivation[2]!, derived);
    if (typeof value === "number") derived.set(derivation![1]!, value);
  }

  /** Emits lines [from, to) with the loop variables replaced. */
  const emit = (from: number, to: number, variables: ReadonlyMap<string, number>): void => {
    for (let at = from; at < to; at++) {
      const line = text[at]!;
      const loop = /^\s*#for (\w+) in (.+?) \.\. (.+?)\s*$/.exec(line);
      if (!loop) {
        out.push(
          variables.size === 0 ? line : line.replace(/\b[a-z]\w*\b/g, word => replace(word, variables)),
        );
        origin.push(at);
        continue;
      }
      const end = matchingEnd(text, at);
      const [, name, first, last] = loop as unknown as [string, string, string, string];
      if (unroll) {
        const lookup = (word: string) => variables.get(word) ?? derived.get(word);
        const stop = evaluate(last, lookup);
        for (let value = evaluate(first, lookup); value < stop; value++) {
          emit(at + 1, end, new Map(variables).set(name, value));
        }
      } else {
        out.push(
          `for (var ${name} = ${first.replace(/\b\d+\b/g, "$&u")}; ${name} < ${last.replace(/\b\d+\b/g, "$&u")}; ${name}++) {`,
        );
        origin.push(at);
        emit(at + 1, end, variables);
        out.push("}");
        origin.push(end);
      }
      at = end;
    }
  };
  emit(0, text.length, new Map());
  return { code: out.join("\n"), origin };
}

/** Value of an expression of known constants; undefined for any other, which no bound can use. */
function derive(expression: string, known: ReadonlyMap<string, number>): number | undefined {
  try {
    return evaluate(expression, word => known.get(word));
  } catch {
    return undefined;
  }
}

const replace = (word: string, variables: ReadonlyMap<string, number>): string => {
  const value = variables.get(word);
  return value === undefined ? word : `${value}u`;
};

function matchingEnd(text: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (/^\s*#for /.test(text[at]!)) depth++;
    else if (/^\s*#end\s*$/.test(text[at]!) && --depth === 0) return at;
  }
  throw new Error(`specialise: #for expected a matching #end, got the end of the file (line ${start + 1}).`);
}

/** Value of an expression of + − × / and parentheses: a recursive-descent parser, nothing is evaluated as code. */
export function evaluate(expression: string, lookup: (name: string) => number | undefined): number {
  const tokens = expression.replace(/\b(\d+)u\b/g, "$1").match(/\d+|\w+|[-+*/()]/g) ?? [];
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++];
    if (token === "(") {
      const value = sum();
      at++;
      return value;
    }
    if (token !== undefined && /^\d+$/.test(token)) return Number(token);
    const value = token === undefined ? undefined : lookup(token);
    if (value === undefined)
      throw new Error(`specialise: expected a number or a constant, got ${token} in "${expression}".`);
    return value;
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === "*" || tokens[at] === "/") {
      value = tokens[at++] === "*" ? value * factor() : Math.trunc(value / factor());
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-") value += tokens[at++] === "+" ? product() : -product();
    return value;
  };
  return sum();
}
