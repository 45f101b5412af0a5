/**
 * The tree of wgsl_reflect, read by its parser with repairs. Left alone, that parser drops statements of a case after the
 * second, turns (a.b).c into a.c, ends silently at what it does not know, keeps float32 instead of the spelling of a number,
 * and gives expressions no place. Here types are names with parameters, resolved later, and nothing is evaluated.
 */
import type * as AST from "wgsl_reflect";
import type { SourceText } from "./autodiff/refuse.ts";
import { type ReflectModule, TEMPLATED, tokensOf } from "./wgsl_tokens.ts";

/** What the repairs add to nodes. */
export interface Repairs {
  /** Of a type: what stands between < and >. */
  parameters?: AST.Expression[];
  /** Of a literal: as written. */
  spelling?: string;
  /** Of a block: its statements. */
  block?: AST.Statement[];
}

/** Brackets, calls and blocks in each other; compilers of WGSL take 127 and more. */
const MOST_NESTED = 100;

/** The declarations of a text. @throws SourceError where it is not WGSL that the parser reads. */
export function parseWgsl(text: SourceText, reflect: ReflectModule): AST.Statement[] {
  const { TokenTypes } = reflect;
  const { tokens: T, keywords: K } = TokenTypes;
  let depth = 0;

  class Parser extends reflect.WgslParser {
    constructor() {
      super();
      // The parser evaluates constants and reflects as it goes; nothing here needs it, and it would lose spellings.
      (this as unknown as { _exec: unknown })._exec = { reflection: { updateAST() {} } };
    }

    spanned<N extends AST.Node>(node: N, first: number): N {
      return this._setSpan(node, first) as N;
    }

    override _error(token: AST.Token, message: string | null): Error {
      const expected = (message ?? "something else").replace(/^Exp?ected /, "").replace(/\.$/, "");
      const end = token.lexeme === "";
      const got = end ? "the end of the text" : token.lexeme;
      return text.refuse(token.start, token.end, expected, got, "Correct the syntax.");
    }

    everything(): AST.Statement[] {
      const statements = this.parse(tokensOf(text, reflect));
      if (!this._isAtEnd()) throw this._error(this._peek(), "a declaration: fn, const, struct or alias");
      return statements;
    }

    override _type_decl(): AST.Type {
      const first = this._current;
      const type: AST.Type & Repairs = new reflect.Type(this._consume(T.ident, "a type").lexeme);
      if (TEMPLATED.has(type.name) && this._match(T.less_than)) {
        type.parameters = [];
        while (!this._check(T.greater_than)) {
          type.parameters.push(this._shift_expression());
          if (!this._match(T.comma)) break;
        }
        this._consume(T.greater_than, "> after the parameters of a type");
      }
      return this.spanned(type, first);
    }

    override _primary_expression(): AST.Expression {
      const first = this._current;
      const node = this.primary();
      return this.spanned(node, first);
    }

    private primary(): AST.Expression {
      const token = this._peek();
      if (this._check(T.ident)) {
        if (TEMPLATED.has(token.lexeme)) {
          const type = this._type_decl();
          const args = this._check(T.paren_left) ? this._argument_expression_list() : null;
          if (token.lexeme === "bitcast") {
            if (args?.length !== 1) throw this._error(this._peek(), "one argument of bitcast");
            return new reflect.BitcastExpr(type, args[0]!);
          }
          return new reflect.CreateExpr(type, args);
        }
        this._advance();
        if (this._check(T.paren_left))
          return new reflect.CallExpr(token.lexeme, this._argument_expression_list());
        return new reflect.VariableExpr(token.lexeme);
      }
      if (this._match([T.int_literal, T.decimal_float_literal, K.true, K.false])) {
        const node: AST.LiteralExpr & Repairs = new reflect.LiteralExpr(null!, null!);
        node.spelling = token.lexeme;
        return node;
      }
      if (this._match(T.paren_left)) {
        const inner = this._short_circuit_or_expression();
        this._consume(T.paren_right, ") that closes the parenthesis");
        return new reflect.UnaryOperator("()", inner);
      }
      throw this._error(token, "an expression");
    }

    override _singular_expression(): AST.Expression {
      const expression = this._primary_expression();
      expression.postfix = this._postfix_expression();
      return expression;
    }

    override _postfix_expression(): AST.Expression | null {
      const first = this._current;
      const node = super._postfix_expression();
      return node && this.spanned(node, first);
    }

    override _unary_expression(): AST.Expression {
      const first = this._current;
      return this.nested(() => this.spanned(super._unary_expression(), first));
    }

    private nested<R>(read: () => R): R {
      if (++depth > MOST_NESTED)
        throw this._error(this._peek(), `at most ${MOST_NESTED} parts in each other`);
      const result = read();
      depth--;
      return result;
    }

    override _optional_paren_expression(): AST.Expression {
      return this._short_circuit_or_expression();
    }

    override _statementImpl(): AST.Statement | AST.Statement[] | null {
      return this.nested(() => this.statement());
    }

    private statement(): AST.Statement | AST.Statement[] | null {
      while (this._match(T.semicolon));
      if (this._check(T.brace_right)) return null;
      if (this._isAtEnd()) throw this._error(this._peek(), "} that closes the block");
      if (this._check(T.attr))
        throw this._error(this._peek(), "statements without attributes, which have no meaning here");
      if (this._match(K.const_assert)) {
        const assertion = new reflect.StaticAssert(this._short_circuit_or_expression());
        this._consume(T.semicolon, "; after the assertion");
        return assertion;
      }
      if (this._match(K.continue)) {
        const node = new reflect.Continue();
        this._consume(T.semicolon, "; after continue");
        return node;
      }
      if (this._check(T.brace_left)) {
        const block: AST.Statement & Repairs = new reflect.Statement();
        block.block = this._compound_statement();
        return block;
      }
      return super._statementImpl();
    }

    override _increment_decrement_statement(): AST.Statement | null {
      return this._check(T.underscore) ? null : super._increment_decrement_statement();
    }

    override _case_body(): AST.Statement[] {
      const body: AST.Statement[] = [];
      for (let s = this._statement(); s !== null; s = this._statement()) body.push(s as AST.Statement);
      return body;
    }

    override _return_statement(): AST.Return | null {
      if (!this._match(K.return)) return null;
      return new reflect.Return(
        this._check(T.semicolon) ? (null as unknown as AST.Expression) : this._short_circuit_or_expression(),
      );
    }

    override _variable_decl(): AST.Var | null {
      if (this._tokens[this._current + 1]?.type === T.less_than)
        throw this._error(
          this._tokens[this._current + 2] ?? this._peek(),
          "var without an address space (variables of a function only)",
        );
      return super._variable_decl();
    }

    override _global_const_decl(): AST.Const | null {
      if (!this._match(K.const)) return null;
      const called = this._consume(T.ident, "the name of a constant").lexeme;
      const type = this._match(T.colon) ? this._type_decl() : null;
      this._consume(T.equal, "= and the value of the constant");
      return new reflect.Const(called, type, "", "", this._short_circuit_or_expression());
    }

    override _type_alias(): AST.Alias {
      const called = this._consume(T.ident, "the name of an alias").lexeme;
      this._consume(T.equal, "= and a type");
      return new reflect.Alias(called, this._type_decl());
    }
  }

  return new Parser().everything();
}
