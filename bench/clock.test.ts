import { expect, suite, test } from "vitest";
import { clockStep, runsForClock } from "./clock.ts";

suite("clockStep()", () => {
  test("is above nothing and below a millisecond in Node", () => {
    expect(clockStep()).toBeGreaterThan(0);
    expect(clockStep()).toBeLessThan(1);
  });
});

suite("runsForClock()", () => {
  /** A clock of steps of 0.1 ms, on which every run takes so many milliseconds. */
  const fake = (each: number) => {
    let time = 0;
    const work = async () => {
      time += each;
    };
    return { work, clock: { step: 0.1, now: () => Math.floor(time * 10) / 10 } };
  };

  test("one run is enough where it is long beside the clock", async () => {
    const { work, clock } = fake(5);
    expect(await runsForClock(work, clock)).toBe(1);
  });

  test("short runs are put together until the clock sees 20 steps", async () => {
    const { work, clock } = fake(0.05);
    const runs = await runsForClock(work, clock);
    expect(runs * 0.05).toBeGreaterThanOrEqual(2);
    expect(runs).toBeLessThan(200);
  });

  test("ends where the clock never moves", async () => {
    const { work, clock } = fake(0);
    expect(await runsForClock(work, clock)).toBe(1024);
  });
});
