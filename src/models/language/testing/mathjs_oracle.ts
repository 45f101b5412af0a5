/** The same expressions in 90 decimal digits, by the evaluator of mathjs itself; derivatives by differences that are exact to 1e-20. */
import { all, type BigNumber, create, type MathType } from "mathjs";
import type { FunctionCase, Sample } from "./function_cases.ts";

const math = create(all, { number: "BigNumber", precision: 90, relTol: 1e-60, absTol: 1e-60 });
const big = (value: number): BigNumber => math.bignumber(value);
const evaluate = (text: string, scope: Record<string, unknown>): BigNumber => math.evaluate(text, scope);

/** erf by its series without cancellation: 2/√π e^{−x²} Σ 2ⁿ x^{2n+1}/(2n+1)!! */
function erf(x: BigNumber): BigNumber {
  let term = x;
  let sum = x;
  for (let n = 1; term.abs().gt("1e-100"); n++) {
    term = term
      .mul(x)
      .mul(x)
      .mul(2)
      .div(2 * n + 1);
    sum = sum.plus(term);
  }
  return sum.mul(2).mul(x.mul(x).neg().exp()).div(evaluate("sqrt(pi)", {}));
}

/** log Γ by Stirling's series at x + 60: to 1e-50 */
function lgamma(x: BigNumber): BigNumber {
  const bernoulli =
    "1/6 -1/30 1/42 -1/30 5/66 -691/2730 7/6 -3617/510 43867/798 -174611/330 854513/138".split(" ");
  let y = x;
  let product = big(1);
  for (let i = 0; i < 200; i++) {
    product = product.mul(y);
    y = y.plus(1);
  }
  let value = evaluate("(y - 0.5)*log(y) - y + log(2*pi)/2", { y });
  bernoulli.forEach((b, i) => {
    const k = 2 * (i + 1);
    value = value.plus(
      evaluate(b, {})
        .div(k * (k - 1))
        .div(y.pow(k - 1)),
    );
  });
  return value.minus(product.ln());
}

const formula = (text: string) => (x: BigNumber) => evaluate(text, { x, erf });
const round = (x: BigNumber): BigNumber =>
  x
    .abs()
    .plus(0.5)
    .floor()
    .mul(x.isNeg() ? -1 : 1) as BigNumber;

const OWN: Record<string, (x: BigNumber) => BigNumber> = {
  erf,
  lgamma,
  round,
  erfc: formula("1 - erf(x)"),
  normcdf: formula("(1 + erf(x/sqrt(2)))/2"),
  gelu: formula("x*(1 + erf(x/sqrt(2)))/2"),
  silu: formula("x/(1 + exp(-x))"),
  sigmoid: formula("1/(1 + exp(-x))"),
  softplus: formula("log(1 + exp(x))"),
  relu: formula("max(0, x)"),
  tanh: formula("tanh(x)"),
};

const concat = (...parts: BigNumber[]): unknown => math.matrix(parts);

/** Functions entry by entry, as this language has them. */
const FUNCTIONS = Object.fromEntries(
  Object.entries(OWN).map(([name, apply]) => [
    name,
    (value: MathType) => (math.isMatrix(value) ? math.map(value, apply as never) : apply(value as BigNumber)),
  ]),
);

/** y at x + h dx + k dy. */
function valueAt(item: FunctionCase, sample: Sample, h: BigNumber, k: BigNumber): BigNumber[] {
  const scope: Record<string, unknown> = { ...FUNCTIONS, concat, t: big(sample.t) };
  const array = (value: unknown): unknown => (Array.isArray(value) ? value.map(array) : big(value as number));
  const entries = (letter: string, names: readonly string[] | undefined, values: BigNumber[]): void => {
    scope[letter] = math.matrix(values);
    values.forEach((value, i) => {
      scope[`${letter}${i}`] = value;
    });
    names?.forEach((name, i) => {
      scope[name] = values[i];
    });
  };
  const { x, u, dx, dy } = sample;
  entries(
    "x",
    item.stateNames,
    x.map((value, i) => big(value).plus(h.mul(dx[i])).plus(k.mul(dy[i]))),
  );
  entries("u", item.inputNames, u.map(big));
  for (const [name, value] of Object.entries(item.parameters ?? {}))
    scope[name] = Array.isArray(value) ? math.matrix(array(value) as BigNumber[]) : big(value as number);
  for (const [name, text] of Object.entries(item.where ?? {})) scope[name] = math.evaluate(text, scope);
  const texts = typeof item.expressions === "string" ? [item.expressions] : item.expressions;
  return texts.flatMap(text => {
    const result = math.evaluate(text, { ...scope });
    const last = math.isResultSet(result) ? result.entries.at(-1) : result;
    return math.isMatrix(last) ? (last.toArray() as unknown as BigNumber[]) : [last];
  });
}

export interface Truth {
  readonly value: number[];
  /** J dx */
  readonly jvp: number[];
  /** the second derivative along dx and dy */
  readonly second: number[];
}

export function truthOf(item: FunctionCase, sample: Sample): Truth {
  const at = (h: number, k: number): BigNumber[] => valueAt(item, sample, big(h), big(k));
  const numbers = (values: readonly BigNumber[]): number[] => values.map(value => value.toNumber());
  const none = sample.dy.map(() => 0);
  const alone = (h: number): BigNumber[] => valueAt(item, { ...sample, dy: none }, big(h), big(0));
  const [up, down] = [alone(1e-20), alone(-1e-20)];
  const [pp, pm, mp, mm] = [at(1e-16, 1e-16), at(1e-16, -1e-16), at(-1e-16, 1e-16), at(-1e-16, -1e-16)];
  return {
    value: numbers(at(0, 0)),
    jvp: numbers(up.map((value, i) => value.minus(down[i]).div(big(2e-20)))),
    second: numbers(pp.map((value, i) => value.minus(pm[i]).minus(mp[i]).plus(mm[i]).div(big(4e-32)))),
  };
}
