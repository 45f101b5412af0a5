/**
 * Rewrites of single operations that are exact, or at least as accurate as what was written: neutral elements, signs pulled out,
 * log(1 + x) → log1p(x), exp(x) − 1 → expm1(x), 1 − cos(x) → 2 sin²(x/2), a/(1 + eˣ) → a sigmoid(−x), log(1 + eˣ) → softplus(x).
 * 0·x is 0 whatever x is.
 */
import type { Graph, Id } from "./graph.ts";
import type { OperationName } from "./operations.ts";

type Rewrite = (g: Graph, a: Id, b: Id, c: Id) => Id | undefined;

/** f(−x) = −f(x) */
const ODD: ReadonlySet<string> = new Set(
  "sin tan asin atan sinh tanh asinh atanh cbrt erf sign round fix recip0".split(" "),
);
/** f(−x) = f(x) */
const EVEN: ReadonlySet<string> = new Set(["cos", "cosh", "sech", "abs", "oneMinusSquare"]);
const LOGARITHMS: readonly OperationName[] = ["log", "log1p", "log2", "log10"];

const neg = (g: Graph, a: Id): Id => g.apply("neg", a);
const negated = (g: Graph, id: Id): Id | undefined => g.argumentsOf(id, "neg")?.[0];
const isLogarithm = (g: Graph, id: Id): boolean => LOGARITHMS.some(op => g.nodes[id].op === op);

/** 2 sin²(x/2) */
const oneMinusCos = (g: Graph, x: Id): Id =>
  g.apply("mul", g.constant(2), power(g, g.apply("sin", g.apply("mul", g.constant(0.5), x)), 2));

export const power = (g: Graph, x: Id, n: number): Id => g.apply("powi", x, g.constant(n));

const product: Rewrite = (g, a, b) => {
  const [va, vb] = [g.valueOf(a), g.valueOf(b)];
  if (va === 0 || vb === 0) return g.constant(0);
  if (va === 1) return b;
  if (vb === 1) return a;
  if (va === -1) return neg(g, b);
  if (vb === -1) return neg(g, a);
  const [na, nb] = [negated(g, a), negated(g, b)];
  if (na !== undefined)
    return vb === undefined ? neg(g, g.apply("mul", na, b)) : g.apply("mul", na, neg(g, b));
  if (nb !== undefined)
    return va === undefined ? neg(g, g.apply("mul", a, nb)) : g.apply("mul", neg(g, a), nb);
  if (a === b) return power(g, a, 2);
  if (va !== undefined) return scaled(g, va, b);
  if (vb !== undefined) return scaled(g, vb, a);
  if (isLogarithm(g, b)) return g.apply("mul0", a, b);
  return isLogarithm(g, a) ? g.apply("mul0", b, a) : undefined;
};

/** c₁ (c₂ a) = (c₁ c₂) a */
function scaled(g: Graph, factor: number, b: Id): Id | undefined {
  const inner = g.argumentsOf(b, "mul");
  const at = inner?.findIndex(id => g.valueOf(id) !== undefined) ?? -1;
  if (inner === undefined || at < 0) return undefined;
  const both = factor * g.valueOf(inner[at])!;
  return Math.abs(both) > 1e-30 && Math.abs(both) < 1e30
    ? g.apply("mul", g.constant(both), inner[1 - at])
    : undefined;
}

/** z of 1 + eᶻ */
function onePlusExp(g: Graph, id: Id): Id | undefined {
  const sum = g.argumentsOf(id, "add");
  const at = sum?.findIndex(term => g.valueOf(term) === 1) ?? -1;
  return sum && at >= 0 ? g.argumentsOf(sum[1 - at], "exp")?.[0] : undefined;
}

/** log(1 + a) and log(1 − a) */
const logOfSum: Rewrite = (g, a) => {
  const sum = g.argumentsOf(a, "add");
  const at = sum?.findIndex(id => g.valueOf(id) === 1) ?? -1;
  if (sum !== undefined && at >= 0) return g.apply("log1p", sum[1 - at]);
  const difference = g.argumentsOf(a, "sub");
  return difference && g.valueOf(difference[0]) === 1 ? g.apply("log1p", neg(g, difference[1])) : undefined;
};

const REWRITES: { readonly [op in OperationName]?: Rewrite } = {
  add(g, a, b) {
    const [va, vb] = [g.valueOf(a), g.valueOf(b)];
    if (va === 0) return b;
    if (vb === 0) return a;
    if (va !== undefined && va < 0) return g.apply("sub", b, g.constant(-va));
    if (vb !== undefined && vb < 0) return g.apply("sub", a, g.constant(-vb));
    if (a === b) return g.apply("mul", g.constant(2), a);
    const nb = negated(g, b);
    if (nb !== undefined) return g.apply("sub", a, nb);
    const na = negated(g, a);
    return na === undefined ? undefined : g.apply("sub", b, na);
  },
  sub(g, a, b) {
    if (a === b) return g.constant(0);
    const [va, vb] = [g.valueOf(a), g.valueOf(b)];
    if (vb === 0) return a;
    if (va === 0) return neg(g, b);
    if (vb !== undefined && vb < 0) return g.apply("add", a, g.constant(-vb));
    const nb = negated(g, b);
    if (nb !== undefined) return g.apply("add", a, nb);
    const na = negated(g, a);
    if (na !== undefined) return neg(g, g.apply("add", na, b));
    const one = (id: Id, op: OperationName) => g.argumentsOf(id, op)?.[0];
    if (va === 1) {
      const [power, angle] = [one(b, "exp"), one(b, "cos")];
      if (power !== undefined) return neg(g, g.apply("expm1", power));
      return angle === undefined ? undefined : oneMinusCos(g, angle);
    }
    if (vb !== 1) return undefined;
    const [power, angle] = [one(a, "exp"), one(a, "cos")];
    if (power !== undefined) return g.apply("expm1", power);
    return angle === undefined ? undefined : neg(g, oneMinusCos(g, angle));
  },
  mul: product,
  mul0(g, a, b) {
    const va = g.valueOf(a);
    if (va !== undefined || g.valueOf(b) !== undefined) return g.apply("mul", a, b);
    const na = negated(g, a);
    return na === undefined ? undefined : neg(g, g.apply("mul0", na, b));
  },
  div(g, a, b) {
    if (g.valueOf(a) === 0) return a;
    const logistic = onePlusExp(g, b);
    if (logistic !== undefined)
      return g.argumentsOf(a, "exp")?.[0] === logistic
        ? g.apply("sigmoid", logistic)
        : g.apply("mul", a, g.apply("sigmoid", neg(g, logistic)));
    if (g.valueOf(b) === 1) return a;
    if (g.valueOf(b) === -1) return neg(g, a);
    const na = negated(g, a);
    if (na !== undefined) return neg(g, g.apply("div", na, b));
    const nb = negated(g, b);
    return nb === undefined ? undefined : neg(g, g.apply("div", a, nb));
  },
  neg(g, a) {
    const inner = negated(g, a);
    if (inner !== undefined) return inner;
    const difference = g.argumentsOf(a, "sub");
    return difference && g.apply("sub", difference[1], difference[0]);
  },
  powi(g, a, n) {
    const exponent = g.valueOf(n)!;
    if (exponent === 0) return g.constant(1);
    if (exponent === 1) return a;
    const even = exponent % 2 === 0;
    const inner = negated(g, a) ?? (even ? g.argumentsOf(a, "abs")?.[0] : undefined);
    if (inner === undefined) return undefined;
    return even ? power(g, inner, exponent) : neg(g, power(g, inner, exponent));
  },
  pow(g, a, b) {
    const [va, vb] = [g.valueOf(a), g.valueOf(b)];
    if (vb !== undefined && Number.isInteger(vb) && Math.abs(vb) <= 64) return power(g, a, vb);
    if (vb === 0.5) return g.apply("sqrt", a);
    if (vb === -0.5) return g.apply("div", g.constant(1), g.apply("sqrt", a));
    if (va === 1) return a;
    return va === Math.E ? g.apply("exp", b) : undefined;
  },
  pow0(g, a, b) {
    const vb = g.valueOf(b);
    if (vb === 0.5) return g.apply("sqrt", a);
    if (vb === -0.5) return g.apply("recip0", g.apply("sqrt", a));
    return vb === 0 ? g.constant(1) : undefined;
  },
  log: logOfSum,
  log1p(g, a) {
    const power = g.argumentsOf(a, "exp")?.[0];
    return power === undefined ? undefined : g.apply("softplus", power);
  },
  sqrt(g, a) {
    const square = g.argumentsOf(a, "powi");
    return square && g.valueOf(square[1]) === 2 ? g.apply("abs", square[0]) : undefined;
  },
  select(g, c, a, b) {
    const truth = g.valueOf(c);
    if (truth !== undefined) return truth !== 0 ? a : b;
    if (a === b) return a;
    const opposite = g.argumentsOf(c, "not")?.[0];
    return opposite === undefined ? undefined : g.apply("select", opposite, b, a);
  },
  and(g, a, b) {
    const [va, vb] = [g.valueOf(a), g.valueOf(b)];
    if (va === 0 || vb === 1) return a;
    return vb === 0 || va === 1 || a === b ? b : undefined;
  },
  or(g, a, b) {
    const [va, vb] = [g.valueOf(a), g.valueOf(b)];
    if (va === 1 || vb === 0) return a;
    return vb === 1 || va === 0 || a === b ? b : undefined;
  },
  not: (g, a) => g.argumentsOf(a, "not")?.[0],
  min: (_g, a, b) => (a === b ? a : undefined),
  max: (_g, a, b) => (a === b ? a : undefined),
  hypot(g, a, b) {
    if (g.valueOf(a) === 0) return g.apply("abs", b);
    return g.valueOf(b) === 0 ? g.apply("abs", a) : undefined;
  },
};

/** A simpler node that means the same, or nothing. */
export function simplify(g: Graph, op: OperationName, args: readonly Id[]): Id | undefined {
  const [a, b, c] = args;
  if (ODD.has(op) || EVEN.has(op)) {
    const inner = negated(g, a);
    if (inner !== undefined) return EVEN.has(op) ? g.apply(op, inner) : neg(g, g.apply(op, inner));
  }
  return REWRITES[op]?.(g, a, b, c);
}
