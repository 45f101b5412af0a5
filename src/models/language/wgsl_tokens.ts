/**
 * Tokens of WGSL for the parser of wgsl_reflect, with exact places. Its own scanner reads `x[0]-2.0` as two literals; here a
 * number never begins with a sign, and > closes a template wherever one is open.
 */
import type { Token, TokenType } from "wgsl_reflect";
import type { SourceText } from "./autodiff/refuse.ts";

/** The parts of wgsl_reflect that reading needs. */
export type ReflectModule = typeof import("./wgsl_reflect_parts.ts");

const KEYWORDS = new Set(
  `alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let
  loop override requires return struct switch true var while`.split(/\s+/),
);

/** Names that a < opens a template after. */
export const TEMPLATED: ReadonlySet<string> = new Set(
  `array atomic bitcast ptr vec2 vec3 vec4 mat2x2 mat2x3 mat2x4 mat3x2 mat3x3 mat3x4 mat4x2 mat4x3 mat4x4 texture_1d
  texture_2d texture_2d_array texture_3d texture_cube texture_cube_array texture_multisampled_2d texture_storage_1d
  texture_storage_2d texture_storage_2d_array texture_storage_3d`.split(/\s+/),
);

const NUMBER =
  /0[xX](?:[0-9a-fA-F]*\.[0-9a-fA-F]+|[0-9a-fA-F]+\.?)[pP][+-]?\d+[fh]?|0[xX][0-9a-fA-F]+[iu]?|(?:\d*\.\d+|\d+\.)(?:[eE][+-]?\d+)?[fh]?|\d+[eE][+-]?\d+[fh]?|\d+[fhiu]?/y;
const WORD = /[\p{XID_Start}_][\p{XID_Continue}]*/uy;
const OPERATOR =
  /<<=|>>=|->|\+\+|--|&&|\|\||==|!=|<=|>=|<<|>>|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|[@{}:,();&/![\]=<>%\-.+|*~^]/y;

function match(rule: RegExp, code: string, at: number): string | undefined {
  rule.lastIndex = at;
  return rule.exec(code)?.[0];
}

/** Where a comment that begins at `at` ends; block comments nest. */
function commentEnd(text: SourceText, at: number): number {
  const { code } = text;
  if (code[at + 1] === "/") {
    const end = code.slice(at).search(/[\r\n]/);
    return end < 0 ? code.length : at + end;
  }
  let depth = 0;
  for (let i = at; i < code.length; i++) {
    const two = code.slice(i, i + 2);
    if (two === "/*") depth++;
    else if (two === "*/") depth--;
    else continue;
    i++;
    if (depth === 0) return i + 1;
  }
  throw text.refuse(at, at + 2, "a comment that is closed", "no */", "Close it.");
}

/** @throws SourceError at a character that begins no token of WGSL. */
export function tokensOf(text: SourceText, reflect: ReflectModule): Token[] {
  const { code } = text;
  const { TokenTypes } = reflect;
  const keywords = TokenTypes.keywords as unknown as Record<string, TokenType>;
  const operators = { ...TokenTypes.literalTokens, ...TokenTypes.simpleTokens } as unknown as Record<
    string,
    TokenType
  >;
  const tokens: Token[] = [];
  /** Depth of parentheses at every open template. */
  const templates: number[] = [];
  let depth = 0;
  let line = 1;
  let position = 0;
  const push = (type: TokenType, lexeme: string) => {
    tokens.push(new reflect.Token(type, lexeme, line, position, position + lexeme.length));
    position += lexeme.length;
  };
  while (position < code.length) {
    const character = code[position]!;
    if (/\s/.test(character)) {
      if (character === "\n") line++;
      position++;
      continue;
    }
    if (character === "/" && /[/*]/.test(code[position + 1] ?? "")) {
      const end = commentEnd(text, position);
      line += code.slice(position, end).split("\n").length - 1;
      position = end;
      continue;
    }
    const number = match(NUMBER, code, position);
    if (number) {
      const real = /[.pfh]|^\d+[eE]/i.test(number) && !/^0x[0-9a-f]+[iu]?$/i.test(number);
      push(real ? TokenTypes.tokens.decimal_float_literal : TokenTypes.tokens.int_literal, number);
      continue;
    }
    const word = match(WORD, code, position);
    if (word) {
      if (word === "_") push(TokenTypes.tokens.underscore, word);
      else push(KEYWORDS.has(word) ? keywords[word]! : TokenTypes.tokens.ident, word);
      continue;
    }
    let operator = match(OPERATOR, code, position);
    if (!operator)
      throw text.refuse(position, position + 1, "WGSL", `the character ${character}`, "Remove it.");
    if (operator[0] === ">" && templates.at(-1) === depth) {
      operator = ">";
      templates.pop();
    } else if (operator === "<" && TEMPLATED.has(tokens.at(-1)?.lexeme ?? "")) templates.push(depth);
    if (operator === "(" || operator === "[") depth++;
    if (operator === ")" || operator === "]") depth--;
    push(operators[operator]!, operator);
  }
  tokens.push(new reflect.Token(TokenTypes.eof, "", line, position, position));
  return tokens;
}
