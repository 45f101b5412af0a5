/** Random WGSL functions f(x [3], u [1], t, p [2]) → [3]: statements and values in each other as no one would write them. */

type Kind = "f32" | "vec2f" | "vec3f" | "S" | "A" | "i32";
interface Named {
  readonly name: string;
  readonly kind: Kind;
  readonly isVar: boolean;
}
interface Helper {
  readonly name: string;
  readonly params: readonly Kind[];
  readonly result: Kind;
  /** The first argument is a pointer. */
  readonly byPointer: boolean;
}

const HEAD = `struct S { a: f32, v: vec2f, k: i32, g: array<f32, 2> }
alias A = array<f32, 3>;
const W = array<f32, 3>(0.3, -0.2, 0.7);
`;

/** Values by kind; $1 a number, $2, $3 vectors, $S and $A structs and arrays, $i an index of two. */
const VALUES: Readonly<Record<Exclude<Kind, "i32">, readonly string[]>> = {
  f32: [
    ..."($1 + $1)|($1 * $1)|($1 - $1)|($1 / (1.5 + abs($1)))|sin($1)|cos($1)|tanh($1)|atan($1)|exp(-abs($1))|log(1.1 + abs($1))".split(
      "|",
    ),
    ..."atan2($1, 2.5 + abs($1))|pow(1.2 + abs($1), tanh($1))|max($1, $1)|min($1, $1)|clamp($1, -0.7, 0.9)|mix($1, $1, $1)".split(
      "|",
    ),
    ..."fma($1, $1, $1)|smoothstep(-1.0, 2.0, $1)|select($1, $1, $1 > $1)|(- $1)|$2.x|$2.y|$3.z|$S.a|$S.g[$i]|$A[2]|W[$i]".split(
      "|",
    ),
    ..."dot($3, $3)|length($2 + vec2f(2.0))|determinant(mat2x2f($2, $2))|($1 % 1.7)|fract($1)|(floor($1) * $1)|(f32($S.k) * $1)".split(
      "|",
    ),
  ],
  vec2f: [
    ..."($2 + $2)|($2 * $1)|($1 * $2)|($2 * $2)|($1 - $2)|vec2f($1, $1)|$2.yx|$3.zx|sin($2)|tanh($2)|$S.v|vec2f($1)".split(
      "|",
    ),
    ..."(mat2x2f($2, $2) * $2)|($2 * mat2x2f($2, $2))|(mat3x2f($2, $2, $2) * $3)|select($2, $2, $2 > vec2f($1))|mix($2, $2, $1)".split(
      "|",
    ),
    ..."reflect($2, $2)|normalize($2 + vec2f(3.0, 0.1))|mat2x2f($2, $2)[$i]|($2 / (2.0 + abs($1)))|max($2, $2)".split(
      "|",
    ),
  ],
  vec3f: [
    ..."vec3f($2, $1)|cross($3, $3)|($3 + $1)|($3 * $3)|$2.xyx|($2 * mat3x2f($2, $2, $2))|cos($3)".split("|"),
    ..."faceForward($3, $3, vec3f(1.0))|(transpose(mat3x3f($3, $3, vec3f(1, 0, 2))) * $3)".split("|"),
  ],
  S: ["S($1, $2, 2, array<f32, 2>($1, $1))"],
  A: ["A($1, $1, $1)"],
};
const KINDS = ["f32", "f32", "vec2f", "vec3f", "S", "A"] as const;
/** Parts of variables that can be assigned to, with the kind of the part. */
const PARTS: Readonly<Record<Exclude<Kind, "i32">, readonly (readonly [string, Kind])[]>> = {
  f32: [["", "f32"]],
  vec2f: [
    ["", "vec2f"],
    [".y", "f32"],
    ["[$i]", "f32"],
  ],
  vec3f: [
    ["", "vec3f"],
    [".z", "f32"],
    ["[$i]", "f32"],
  ],
  S: [
    ["", "S"],
    [".a", "f32"],
    [".v", "vec2f"],
    [".v.x", "f32"],
    [".g[$i]", "f32"],
  ],
  A: [
    ["", "A"],
    ["[$i]", "f32"],
    ["[2]", "f32"],
  ],
};

class Writer {
  private state: number;
  private names = 0;
  private readonly helpers: Helper[] = [];
  /** Numbers that every function of the text can read. */
  private given: readonly string[] = ["0.5", "1.3", "-0.4", "2.0"];

  constructor(seed: number) {
    this.state = seed * 7919;
  }

  private below(n: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 4294967296) * n);
  }
  private pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
  private often(percent: number): boolean {
    return this.below(100) < percent;
  }
  private name(letter: string): string {
    return `${letter}${this.names++}`;
  }

  private index(scope: readonly Named[]): string {
    return this.pick(["0", "1", ...scope.filter(n => n.kind === "i32").map(n => n.name)]);
  }

  private value(kind: Exclude<Kind, "i32">, scope: readonly Named[], depth: number): string {
    const known = scope.filter(n => n.kind === kind);
    const leaf = depth <= 0 || this.often(12);
    if (leaf && known.length > 0 && this.often(85)) return this.pick(known).name;
    if (leaf && kind === "f32") return this.pick(this.given);
    const helpers = this.helpers.filter(h => h.result === kind && !h.byPointer);
    if (!leaf && helpers.length > 0 && this.often(25)) {
      const { name, params } = this.pick(helpers);
      return `${name}(${params.map(p => this.value(p as "f32", scope, depth - 1)).join(", ")})`;
    }
    const form = leaf
      ? { vec2f: "vec2f($1)", vec3f: "vec3f($1)", S: VALUES.S[0]!, A: VALUES.A[0]!, f32: "" }[kind]
      : this.pick(VALUES[kind]);
    const kinds = { 1: "f32", 2: "vec2f", 3: "vec3f", S: "S", A: "A" } as const;
    return form.replace(/\$(\w)/g, (_, letter: string) =>
      letter === "i" ? this.index(scope) : this.value(kinds[letter as "1"], scope, depth - 1),
    );
  }

  private block(
    outer: readonly Named[],
    depth: number,
    inLoop: boolean,
    result: Exclude<Kind, "i32">,
  ): string {
    const scope = [...outer];
    const number = (d = 1) => this.value("f32", scope, d);
    const inner = (more: readonly Named[] = [], loop = inLoop) =>
      `{\n${this.block([...scope, ...more], depth - 1, loop, result)}}`;
    let out = "";
    for (let left = 1 + this.below(3); left > 0; left--) {
      const kind = this.pick(KINDS);
      const form = this.below(depth > 0 ? 11 : 7);
      const target = this.pick([...scope.filter(n => n.isVar), undefined]);
      if (form < 3) {
        const [name, isVar] = [this.name("v"), this.often(70)];
        out +=
          form === 0
            ? `var ${name}: ${kind};\n`
            : `${isVar ? "var" : "let"} ${name}: ${kind} = ${this.value(kind, scope, 2)};\n`;
        scope.push({ name, kind, isVar: isVar || form === 0 });
      } else if (form < 5 && target) {
        const [part, of] = this.pick(PARTS[target.kind as "f32"]);
        const place = target.name + part.replace("$i", this.index(scope));
        const operator = of === "S" || of === "A" ? "=" : this.pick(["=", "=", "+=", "*=", "-="]);
        const value = this.value(of as "f32", scope, 2);
        out += `${place} ${operator} ${operator === "=" ? value : `0.5 * ${value}`};\n`;
      } else if (form === 5 && target) {
        const helper = this.helpers.find(h => h.byPointer && h.params[0] === target.kind);
        if (!helper || target.name.startsWith("(*")) continue;
        const rest = helper.params.slice(1).map(p => `, ${this.value(p as "f32", scope, 1)}`);
        const name = this.name("v");
        out += `let ${name} = ${helper.name}(&${target.name}${rest.join("")});\n`;
        scope.push({ name, kind: helper.result, isVar: false });
      } else if (form === 6) out += `if ${number()} > 1.1 { return ${this.value(result, scope, 1)}; }\n`;
      else if (form === 7)
        out += `if ${number()} > ${number()} ${inner()}${this.often(60) ? ` else ${inner()}` : ""}\n`;
      else if (form === 8) {
        const name = this.name("i");
        out += `for (var ${name} = 0; ${name} < 2; ${name}++) ${inner([{ name, kind: "i32", isVar: false }], true)}\n`;
      } else if (form === 9) {
        const [i, q] = [this.name("i"), this.name("q")];
        const names: Named[] = [
          { name: i, kind: "i32", isVar: false },
          { name: q, kind: "f32", isVar: true },
        ];
        out += `var ${i} = 0; var ${q}: f32 = ${number()};\nloop {\n${this.block([...scope, ...names], depth - 1, false, result)}`;
        out += `continuing { ${i}++; ${q} = 0.7 * ${q} + ${number()}; break if ${i} >= 2; }\n}\n`;
      } else if (form === 10)
        out += `switch i32(${number()}) { case 0: ${inner([], false)} case 1, 2: ${inner([], false)} default: {} }\n`;
      if (inLoop && this.often(8)) out += `if ${number()} > 0.8 { ${this.pick(["break", "continue"])}; }\n`;
    }
    return out;
  }

  private helper(): string {
    const result = this.pick(["f32", "f32", "vec2f", "S", "A"] as const);
    const byPointer = this.often(40);
    const params = Array.from({ length: 1 + this.below(3) }, (_, i) =>
      byPointer && i === 0 ? this.pick(["f32", "S"] as const) : this.pick(KINDS),
    );
    const name = this.name(this.pick(["g", "value", "jvp", "Dual", "d_x"]));
    const scope = params.map((kind, i): Named => {
      const pointer = byPointer && i === 0;
      return { name: pointer ? "(*a0)" : `a${i}`, kind, isVar: pointer };
    });
    const list = params.map((kind, i) => `a${i}: ${byPointer && i === 0 ? `ptr<function, ${kind}>` : kind}`);
    const body = `${this.block(scope, 2, false, result)}return ${this.value(result, scope, 2)};\n`;
    this.helpers.push({ name, params, result, byPointer });
    return `fn ${name}(${list.join(", ")}) -> ${result} {\n${body}}\n`;
  }

  text(): string {
    const helpers = Array.from({ length: this.below(4) }, () => this.helper()).join("");
    this.given = [...this.given, "t", "p[1]", "u[0]"];
    const states = ["x[0]", "x[1]", "x[2]"].map((name): Named => ({ name, kind: "f32", isVar: false }));
    const scope: Named[] = [
      ...states,
      { name: "x", kind: "A", isVar: false },
      { name: "y", kind: "A", isVar: true },
    ];
    const body = this.block(scope, 3, false, "A") + this.block(scope, 2, false, "A");
    const number = () => this.value("f32", scope, 2);
    return `${HEAD}${helpers}fn f(x: A, u: array<f32, 1>, t: f32, p: array<f32, 2>) -> A {
var y: A;
${body}return A(y[0] + ${number()}, ${number()}, y[2] + ${number()});
}
`;
  }
}

export const randomFunction = (seed: number): string => new Writer(seed).text();
