import { expect, suite, test } from "vitest";
import { CounterRandom } from "./counter_random.ts";
import { philox } from "./philox.ts";
import { stepNormals } from "./step_normals.ts";

const block = (c: number[], k: number[]): number[] => {
  const out = new Uint32Array(4);
  philox(c[0], c[1], c[2], c[3], k[0], k[1], out);
  return [...out];
};

suite("philox()", () => {
  // Known answers of the Random123 distribution (kat_vectors, philox 4 32 10).
  test("gives the published answers", () => {
    expect(block([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    expect(block([ones, ones, ones, ones], [ones, ones])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });
});

suite("CounterRandom", () => {
  test("normal draws have the moments of a normal", () => {
    const random = new CounterRandom(1);
    const N = 200_000;
    const sums = [0, 0, 0, 0];
    for (let i = 0; i < N; i++) {
      const x = random.normal();
      for (let p = 0; p < 4; p++) sums[p] += x ** (p + 1) / N;
    }
    // Standard errors of the first four moments: √(1, 2, 15, 96) / √N; five of them.
    [0, 1, 0, 3].forEach((moment, p) => {
      expect(Math.abs(sums[p] - moment)).toBeLessThan((5 * Math.sqrt([1, 2, 15, 96][p])) / Math.sqrt(N));
    });
  });

  test("seeds and streams give different numbers", () => {
    const draws = [
      [1, 0],
      [2, 0],
      [1, 1],
      [1, 0, 1],
      [2 ** 32 + 1, 0],
    ].map(([seed, stream, substream]) => new CounterRandom(seed, stream, substream).uniform());
    expect(new Set(draws).size).toBe(5);
  });
});

/** ε [n] of one step. */
function normals(seed: number, series: number, draw: number, step: number, n: number): number[] {
  const out = new Float64Array(n);
  stepNormals(seed, series, draw, step, n, out);
  return [...out];
}

/** Φ by the series of Marsaglia 2004, doi:10.18637/jss.v011.i04. */
function normalCdf(x: number): number {
  let [sum, term, before] = [x, x, 0];
  for (let i = 3; sum !== before; i += 2) {
    before = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.9189385332046728);
}

/** Largest distance of an empirical distribution from Φ. */
function distance(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.reduce((worst, x, i) => {
    const p = normalCdf(x);
    return Math.max(worst, p - i / sorted.length, (i + 1) / sorted.length - p);
  }, 0);
}

suite("stepNormals()", () => {
  const N = 40_000;
  const draws = Array.from({ length: N }, (_, step) => normals(7, 3, 2, step, 5));
  const column = (i: number) => draws.map(row => row[i]);

  test("is Box and Muller's transform of the words of Philox", () => {
    const words = new Uint32Array(4);
    for (const [seed, series, draw, step] of [
      [0, 0, 0, 0],
      [2 ** 40 + 5, 9, 4, 1000],
      [1, 2, 3, 77],
    ]) {
      const got = normals(seed, series, draw, step, 8);
      for (let k = 0; k < 2; k++) {
        philox(step * 2 + k, draw, series, 0x53414d50, seed % 2 ** 32, Math.floor(seed / 2 ** 32), words);
        for (let pair = 0; pair < 2; pair++) {
          const [a, b] = words.subarray(2 * pair, 2 * pair + 2);
          const radius = Math.sqrt(-2 * Math.log((a + 0.5) / 2 ** 32));
          const angle = (2 * Math.PI * (b + 0.5)) / 2 ** 32;
          // The polynomials are good to 2e-8, the radius is at most 7.
          expect(got[4 * k + 2 * pair]).toBeCloseTo(radius * Math.cos(angle), 6);
          expect(got[4 * k + 2 * pair + 1]).toBeCloseTo(radius * Math.sin(angle), 6);
        }
      }
    }
  });

  test("keeps relative accuracy near the axes and in both tails of the uniform", () => {
    let worst = 0;
    for (let step = 0; step < 20_000; step++) {
      const words = new Uint32Array(4);
      philox(step, 0, 0, 0x53414d50, 5, 0, words);
      const [x, y] = normals(5, 0, 0, step, 2);
      const radius = Math.sqrt(-2 * Math.log1p(-(2 ** 32 - words[0] - 0.5) / 2 ** 32));
      const angle = (2 * Math.PI * (words[1] + 0.5)) / 2 ** 32;
      worst = Math.max(
        worst,
        Math.abs(x / (radius * Math.cos(angle)) - 1),
        Math.abs(y / (radius * Math.sin(angle)) - 1),
      );
    }
    expect(worst).toBeLessThan(2e-8);
  });

  test("every entry has the moments of a standard normal", () => {
    for (let i = 0; i < 5; i++) {
      [0, 1, 0, 3].forEach((moment, p) => {
        const mean = column(i).reduce((sum, x) => sum + x ** (p + 1), 0) / N;
        // Five standard errors of the p-th moment.
        expect(Math.abs(mean - moment)).toBeLessThan((5 * Math.sqrt([1, 2, 15, 96][p])) / Math.sqrt(N));
      });
    }
  });

  test("every entry passes the test of Kolmogorov and Smirnov", () => {
    // √N D exceeds 1.95 with probability 0.001.
    for (let i = 0; i < 5; i++) expect(Math.sqrt(N) * distance(column(i))).toBeLessThan(1.95);
    // The test sees a shift of five standard errors.
    expect(Math.sqrt(N) * distance(column(0).map(x => x + 5 / Math.sqrt(N)))).toBeGreaterThan(1.95);
  });

  test("entries, neighbouring steps, draws, series and seeds are uncorrelated, and so are their squares", () => {
    const first = column(0);
    const others: [string, number[]][] = [
      ...[1, 2, 3, 4].map((i): [string, number[]] => [`entry ${i}`, column(i)]),
      ["next step", Array.from({ length: N }, (_, t) => normals(7, 3, 2, t + 1, 5)[0])],
      ["next draw", Array.from({ length: N }, (_, t) => normals(7, 3, 3, t, 5)[0])],
      ["next series", Array.from({ length: N }, (_, t) => normals(7, 4, 2, t, 5)[0])],
      ["next seed", Array.from({ length: N }, (_, t) => normals(8, 3, 2, t, 5)[0])],
      ["draw and series swapped", Array.from({ length: N }, (_, t) => normals(7, 2, 3, t, 5)[0])],
      ["high word of the seed", Array.from({ length: N }, (_, t) => normals(7 + 2 ** 32, 3, 2, t, 5)[0])],
    ];
    for (const [name, other] of others) {
      const product = first.reduce((sum, x, t) => sum + x * other[t], 0) / Math.sqrt(N);
      const squares = first.reduce((sum, x, t) => sum + (x * x - 1) * (other[t] ** 2 - 1), 0) / Math.sqrt(N);
      expect(Math.abs(product), name).toBeLessThan(5);
      expect(Math.abs(squares), name).toBeLessThan(5 * 2);
    }
  });

  test("n = 1, 2 and 3 are the first entries of n = 4, and blocks of neighbouring steps do not overlap", () => {
    const four = normals(1, 0, 0, 6, 4);
    for (const n of [1, 2, 3]) expect(normals(1, 0, 0, 6, n)).toEqual(four.slice(0, n));
    const all = [0, 1, 2, 3].flatMap(step => normals(1, 0, 0, step, 9));
    expect(new Set(all).size).toBe(all.length);
  });
});
