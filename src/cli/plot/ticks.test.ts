import { expect, suite, test } from "vitest";
import { niceTicks, tickText } from "./ticks.ts";

suite("niceTicks()", () => {
  test("gives multiples of 1, 2 or 5 within the range", () => {
    expect(niceTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(niceTicks(413, 1413, 5)).toEqual([600, 800, 1000, 1200, 1400]);
    expect(niceTicks(-0.13, 0.31, 4)).toEqual([-0.1, 0, 0.1, 0.2, 0.30000000000000004]);
  });
  test("keeps years whole", () => {
    expect(niceTicks(2012, 2015.99, 10, true)).toEqual([2012, 2013, 2014, 2015]);
  });
  test("gives the only value of an empty range", () => {
    expect(niceTicks(3, 3)).toEqual([3]);
  });
});

suite("tickText()", () => {
  test("shows as many digits as the step needs", () => {
    expect(tickText(0.30000000000000004, 0.1)).toBe("0.3");
    expect(tickText(1200, 200)).toBe("1200");
    expect(tickText(0.05, 0.05)).toBe("0.05");
    expect(tickText(-2, 1)).toBe("\u22122");
  });
});
