/**
 * Networks with one matrix: mean-field s' = W tanh(s) + u or tanh(W s + u), and vanilla h' = tanh(W h + B u + b).
 * @see doi:10.1103/PhysRevLett.61.259; Elman 1990, doi:10.1207/s15516709cog1402_1
 */
import type { CellParts } from "./cell.ts";
import type { Weights } from "./weights.ts";

/** W tanh(s) + u, inputs of the size of the state. @param weights W [D, D] */
export function saturatedBefore(D: number, { parameters }: Weights): CellParts {
  return {
    stateDim: D,
    inputDim: D,
    parameters,
    coefficients: 1,
    helpers: ["tanh_f32"],
    row: ({ x, u, p, f }) => `    value = ${u("i")};
    for (var k = 0u; k < ${D}u; k++) { value += ${p(`i * ${D}u + k`)} * ${f("tanh_f32")}(${x("k")}); }`,
    slope: ({ x, p, f }) => `      let s = ${f("tanh_f32")}(${x("j")});
      slope = ${p(`i * ${D}u + j`)} * (1.0 - s) * (1.0 + s);`,
    kind: (i, j) => (parameters[i * D + j] === 0 ? "zero" : "varying"),
    twin() {
      const s = new Float64Array(D);
      const turn = new Float64Array(D);
      let u: ArrayLike<number> = s;
      let W: ArrayLike<number> = s;
      return {
        begin(x, inputs, p) {
          for (let j = 0; j < D; j++) {
            s[j] = Math.tanh(x[j]);
            turn[j] = (1 - s[j]) * (1 + s[j]);
          }
          u = inputs;
          W = p;
        },
        value(i) {
          let sum = u[i];
          for (let j = 0; j < D; j++) sum += W[i * D + j] * s[j];
          return sum;
        },
        slope: (i, j) => W[i * D + j] * turn[j],
        slopes(i, out) {
          for (let j = 0; j < D; j++) out[j] = W[i * D + j] * turn[j];
        },
        drivers(i, take) {
          take(i, 1);
          for (let j = 0; j < D; j++) take(D + i * D + j, s[j]);
        },
      };
    },
  };
}

/**
 * tanh(W h + B u + b)
 * @param weights W [D, D], B [D, d] where B is not the identity, b [D] where there is one
 */
export function saturatedAfter(D: number, d: number, { parameters, at }: Weights): CellParts {
  const { W: _, B, b } = at;
  const plain = B === undefined;
  return {
    stateDim: D,
    inputDim: d,
    parameters,
    coefficients: 1,
    helpers: ["tanh_f32"],
    row: ({ x, u, p, f }) => `    var sum = ${b === undefined ? "0.0" : p(`${b}u + i`)};
    for (var k = 0u; k < ${D}u; k++) { sum += ${p(`i * ${D}u + k`)} * ${x("k")}; }
${plain ? `    sum += ${u("i")};` : `    for (var k = 0u; k < ${d}u; k++) { sum += ${p(`${B}u + i * ${d}u + k`)} * ${u("k")}; }`}
    value = ${f("tanh_f32")}(sum);
    c[0] = (1.0 - value) * (1.0 + value);`,
    slope: ({ p }) => `      slope = c[0] * ${p(`i * ${D}u + j`)};`,
    kind: (i, j) => (parameters[i * D + j] === 0 ? "zero" : "varying"),
    twin() {
      let x: ArrayLike<number> = [];
      let u: ArrayLike<number> = [];
      let p: ArrayLike<number> = [];
      let c = 0;
      return {
        begin(...all) {
          [x, u, p] = all;
        },
        value(i) {
          let sum = b === undefined ? 0 : p[b + i];
          for (let j = 0; j < D; j++) sum += p[i * D + j] * x[j];
          if (plain) sum += u[i];
          else for (let k = 0; k < d; k++) sum += p[B + i * d + k] * u[k];
          const value = Math.tanh(sum);
          c = (1 - value) * (1 + value);
          return value;
        },
        slope: (i, j) => c * p[i * D + j],
        slopes(i, out) {
          for (let j = 0; j < D; j++) out[j] = c * p[i * D + j];
        },
        drivers(i, take) {
          if (plain) take(i, c);
          else
            for (let k = 0; k < d; k++) {
              take(k, c * p[B + i * d + k]);
              take(d + B + i * d + k, c * u[k]);
            }
          for (let j = 0; j < D; j++) take(d + i * D + j, c * x[j]);
          if (b !== undefined) take(d + b + i, c);
        },
      };
    },
  };
}
