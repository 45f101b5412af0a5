import { expect, suite, test } from "vitest";
import { collect, quantile, summarise, summarisePhases } from "./statistics.ts";

suite("summarise()", () => {
  test("gives minimum, median and quartiles, whatever the order", () => {
    expect(summarise([5, 1, 4, 2, 3])).toEqual({ count: 5, min: 1, median: 3, q1: 2, q3: 4 });
  });

  test("interpolates between neighbours", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
  });

  test("of one sample is that sample, of none an error", () => {
    expect(summarise([7])).toEqual({ count: 1, min: 7, median: 7, q1: 7, q3: 7 });
    expect(() => summarise([])).toThrow("at least one sample");
  });

  test("does not sort its input, nor as text", () => {
    const samples = [10, 9, 100];
    expect(summarise(samples).median).toBe(10);
    expect(samples).toEqual([10, 9, 100]);
  });
});

suite("summarisePhases()", () => {
  test("summarises every phase by name", () => {
    const phases = summarisePhases([
      { upload: 1, compute: 10 },
      { upload: 3, compute: 30 },
    ]);
    expect(phases.upload.median).toBe(2);
    expect(phases.compute.min).toBe(10);
  });
});

suite("collect()", () => {
  /** A clock on which every run takes so many milliseconds. */
  const fake = (each: number) => {
    let time = 0;
    const work = async () => {
      time += each;
      return { total: each };
    };
    return { work, now: () => time };
  };

  test("stops at the number of repetitions", async () => {
    const { work, now } = fake(1);
    const { samples, msEach } = await collect(work, { repeat: 7, budget: 1000, now });
    expect(samples).toHaveLength(7);
    expect(msEach).toBe(1);
  });

  test("stops before the repetition that would end beyond the budget", async () => {
    const { work, now } = fake(40);
    expect((await collect(work, { repeat: 7, budget: 100, now })).samples).toHaveLength(2);
  });

  test("takes one sample however long it is", async () => {
    const { work, now } = fake(5000);
    expect((await collect(work, { repeat: 7, budget: 100, now })).samples).toHaveLength(1);
  });
});
