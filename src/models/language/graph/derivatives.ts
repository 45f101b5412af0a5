/**
 * Symbolic derivatives on the graph. Where one is infinite or not defined it is 0 in that factor: sqrt, cbrt, log, x^a (a < 1), asin,
 * acos and acosh at the ends of their domains, abs and hypot at 0, atan2 at (0, 0). Steps (floor, sign, …) have derivative 0; of two
 * equal arguments of min and max the first counts; a condition is that of the value.
 */
import type { Graph, Id } from "./graph.ts";
import type { OperationName } from "./operations.ts";
import { power } from "./simplify.ts";

/** A node and its arguments, and their derivatives. */
interface At {
  readonly g: Graph;
  readonly f: Id;
  readonly a: Id;
  readonly b: Id;
  readonly c: Id;
  readonly da: Id;
  readonly db: Id;
  readonly dc: Id;
}

type Rule = (at: At) => Id;

/** f(a): the factor of da. */
const chain =
  (factor: (g: Graph, a: Id, f: Id) => Id): Rule =>
  ({ g, a, f, da }) =>
    g.valueOf(da) === 0 ? da : g.apply("mul", factor(g, a, f), da);

const zero: Rule = ({ g }) => g.constant(0);
const inverse = (g: Graph, a: Id): Id => g.apply("recip0", a);
const times = (g: Graph, factor: number, a: Id): Id => g.apply("mul", g.constant(factor), a);
const isZero = (g: Graph, a: Id): boolean => g.valueOf(a) === 0;
const oneMinusSquare = (g: Graph, a: Id): Id => g.apply("oneMinusSquare", a);
/** factor e^{−scale a²} */
const bell = (g: Graph, factor: number, scale: number, a: Id): Id =>
  times(g, factor, g.apply("exp", times(g, -scale, power(g, a, 2))));

const powerRule: Rule = ({ g, f, a, b, da, db }) => {
  const lower = g.apply("pow0", a, g.apply("sub", b, g.constant(1)));
  const base = isZero(g, da) ? da : g.apply("mul", g.apply("mul", b, lower), da);
  if (isZero(g, db)) return base;
  const positive = g.apply("lt", g.constant(0), a);
  const log = g.apply("select", positive, g.apply("log", a), g.constant(0));
  return g.apply("add", base, g.apply("mul", g.apply("mul", f, log), db));
};

const RULES: Readonly<Record<OperationName, Rule>> = {
  add: ({ g, da, db }) => g.apply("add", da, db),
  sub: ({ g, da, db }) => g.apply("sub", da, db),
  mul: ({ g, a, b, da, db }) => g.apply("add", g.apply("mul", da, b), g.apply("mul", a, db)),
  div: ({ g, f, b, da, db }) => g.apply("div", g.apply("sub", da, g.apply("mul", f, db)), b),
  neg: ({ g, da }) => g.apply("neg", da),
  select: ({ g, a, db, dc }) => g.apply("select", a, db, dc),
  powi: ({ g, a, b, da }) => g.apply("mul", times(g, g.valueOf(b)!, power(g, a, g.valueOf(b)! - 1)), da),
  pow: powerRule,
  pow0: powerRule,
  lt: zero,
  le: zero,
  eq: zero,
  ne: zero,
  and: zero,
  or: zero,
  not: zero,
  min: ({ g, a, b, da, db }) => g.apply("select", g.apply("le", a, b), da, db),
  max: ({ g, a, b, da, db }) => g.apply("select", g.apply("le", b, a), da, db),
  mod({ g, f, a, b, da, db }) {
    if (isZero(g, db)) return da;
    // ⌊a/b⌋, of the quotient that the value is made of; 0 for b = 0, where the value is a.
    const whole = g.apply("round", g.apply("mul", g.apply("sub", a, f), inverse(g, b)));
    return g.apply("sub", da, g.apply("mul", whole, db));
  },
  atan2({ g, a, b, da, db }) {
    const r = inverse(g, g.apply("hypot", a, b));
    const up = g.apply("mul", g.apply("mul", b, r), da);
    const along = g.apply("mul", g.apply("mul", a, r), db);
    return g.apply("mul", g.apply("sub", up, along), r);
  },
  hypot({ g, f, a, b, da, db }) {
    const r = inverse(g, f);
    return g.apply("add", g.apply("mul", g.apply("mul", a, r), da), g.apply("mul", g.apply("mul", b, r), db));
  },
  abs: chain((g, a) => g.apply("sign", a)),
  sign: zero,
  floor: zero,
  ceil: zero,
  round: zero,
  fix: zero,
  sqrt: chain((g, _a, f) => times(g, 0.5, inverse(g, f))),
  cbrt: chain((g, _a, f) => g.apply("div", power(g, inverse(g, f), 2), g.constant(3))),
  exp: chain((_g, _a, f) => f),
  expm1: chain((g, a) => g.apply("exp", a)),
  log: chain(inverse),
  log1p: chain((g, a) => inverse(g, g.apply("add", g.constant(1), a))),
  log2: chain((g, a) => times(g, Math.LOG2E, inverse(g, a))),
  log10: chain((g, a) => times(g, Math.LOG10E, inverse(g, a))),
  sin: chain((g, a) => g.apply("cos", a)),
  cos: chain((g, a) => g.apply("neg", g.apply("sin", a))),
  tan: chain((g, _a, f) => g.apply("add", g.constant(1), power(g, f, 2))),
  asin: chain((g, a) => inverse(g, g.apply("sqrt", oneMinusSquare(g, a)))),
  acos: chain((g, a) => g.apply("neg", inverse(g, g.apply("sqrt", oneMinusSquare(g, a))))),
  atan: chain((g, a) => power(g, inverse(g, g.apply("hypot", g.constant(1), a)), 2)),
  sinh: chain((g, a) => g.apply("cosh", a)),
  cosh: chain((g, a) => g.apply("sinh", a)),
  tanh: chain((g, a) => power(g, g.apply("sech", a), 2)),
  sech: chain((g, a, f) => g.apply("neg", g.apply("mul", f, g.apply("tanh", a)))),
  asinh: chain((g, a) => inverse(g, g.apply("hypot", g.constant(1), a))),
  acosh: chain((g, a) => inverse(g, g.apply("sqrt", g.apply("neg", oneMinusSquare(g, a))))),
  atanh: chain((g, a) => inverse(g, oneMinusSquare(g, a))),
  sigmoid: chain((g, a, f) => g.apply("mul", f, g.apply("sigmoid", g.apply("neg", a)))),
  softplus: chain((g, a) => g.apply("sigmoid", a)),
  erf: chain((g, a) => bell(g, 2 / Math.sqrt(Math.PI), 1, a)),
  erfc: chain((g, a) => bell(g, -2 / Math.sqrt(Math.PI), 1, a)),
  normcdf: chain((g, a) => bell(g, 1 / Math.sqrt(2 * Math.PI), 0.5, a)),
  lgamma: chain((g, a) => g.apply("digamma", a)),
  digamma: chain((g, a) => g.apply("trigamma", a)),
  trigamma() {
    throw new Error("No second derivative needs that of trigamma.");
  },
  oneMinusSquare: chain((g, a) => times(g, -2, a)),
  recip0: chain((g, _a, f) => g.apply("neg", power(g, f, 2))),
  mul0: ({ g, a, b, da, db }) =>
    g.apply("add", g.apply("mul", da, g.apply("finite0", b)), g.apply("mul", a, db)),
  finite0: ({ da }) => da,
};

/** Derivatives of the roots when the variables change at the rates given by seed: 0 where there is none. */
export function directional(g: Graph, roots: readonly Id[], seed: ReadonlyMap<Id, Id>): Id[] {
  const none = g.constant(0);
  const rates = new Map<Id, Id>();
  const rate = (id: Id | undefined): Id => (id === undefined ? none : (rates.get(id) ?? none));
  for (const id of g.needed(roots)) {
    const { op, args } = g.nodes[id];
    if (op === "variable") rates.set(id, seed.get(id) ?? none);
    if (op === "variable" || op === "constant") continue;
    const [a, b, c] = args;
    const [da, db, dc] = [rate(a), rate(b), rate(c)];
    // What does not depend on the variables is not looked at.
    if (da === none && db === none && dc === none) continue;
    rates.set(id, RULES[op]({ g, f: id, a, b, c, da, db, dc }));
  }
  return roots.map(rate);
}

/**
 * ∂(Σ weights_i roots_i)/∂variables, by one way back from the roots: each rule is linear in the rates of its arguments, so that a rate of
 * one for an argument alone gives its factor.
 */
export function reverse(
  g: Graph,
  roots: readonly Id[],
  weights: readonly Id[],
  variables: readonly Id[],
): Id[] {
  const [none, one] = [g.constant(0), g.constant(1)];
  const sums = new Map<Id, Id>();
  const add = (id: Id, value: Id): void => {
    const before = sums.get(id);
    sums.set(id, before === undefined ? value : g.apply("add", before, value));
  };
  const needed = [...g.needed(roots)];
  roots.forEach((root, i) => {
    add(root, weights[i]);
  });
  for (const id of needed.reverse()) {
    const { op, args } = g.nodes[id];
    const sum = sums.get(id);
    if (sum === undefined || op === "variable" || op === "constant") continue;
    const [a, b, c] = args;
    args.forEach((arg, k) => {
      const [da, db, dc] = [0, 1, 2].map(i => (i === k ? one : none));
      const factor = RULES[op]({ g, f: id, a, b, c, da, db, dc });
      if (factor !== none) add(arg, g.apply("mul", sum, factor));
    });
  }
  return variables.map(variable => sums.get(variable) ?? none);
}

/** ∂roots/∂variables, row-major. */
export function jacobian(g: Graph, roots: readonly Id[], variables: readonly Id[]): Id[] {
  const columns = variables.map(variable => directional(g, roots, new Map([[variable, g.constant(1)]])));
  return roots.flatMap((_, i) => columns.map(column => column[i]));
}
