/** Places of words in an expression: mathjs keeps none, but its tree has them in the order of the text. */
import type { Span } from "./tree.ts";

/** Operators that are words. */
export const WORD_OPERATORS: ReadonlySet<string> = new Set(["mod", "to", "in", "and", "xor", "or", "not"]);

/** A comment, a number, a text in quotes, a word, anything else. */
const TOKEN =
  /(#.*)|((?:0[xbo][\da-f]+|(?:\d+(?:\.(?![*/^'])\d*)?|\.\d+)(?:e[+-]?\d+)?))|("(?:[^"\\]|\\.)*")|([\p{L}_$][\p{L}\p{N}_$]*)|(\S)/giu;

/** Hands out the spans of words in order. */
export class SourceTokens {
  readonly #words: { readonly text: string; readonly span: Span }[] = [];
  #at = 0;

  constructor(text: string) {
    for (const match of text.matchAll(TOKEN)) {
      const [whole, comment, , , , other] = match;
      if (comment !== undefined || other !== undefined) continue;
      this.#words.push({ text: whole, span: { start: match.index, end: match.index + whole.length } });
    }
  }

  /** The span of the next word, name or number that is this one; unchanged where there is none. */
  take(wanted: string | number): Span | undefined {
    const same = (text: string): boolean =>
      typeof wanted === "string" ? text === wanted : Number(text) === wanted;
    for (let at = this.#at; at < this.#words.length; at++) {
      if (!same(this.#words[at].text)) continue;
      this.#at = at + 1;
      return this.#words[at].span;
    }
    return undefined;
  }

  /** The span of the next word, whatever it is. */
  peek(): Span | undefined {
    return this.#words.find(({ text }, i) => i >= this.#at && !WORD_OPERATORS.has(text))?.span;
  }
}
