import { expect, test } from "vitest";
import { packNumbers, unpackNumbers } from "./wire_numbers.ts";

test("numbers that JSON has not cross the wire", () => {
  const value = {
    status: "ok",
    lengths: [3, 4],
    marginalLogLikelihood: Number.NEGATIVE_INFINITY,
    merits: [[Number.POSITIVE_INFINITY, 1e-300], [Number.NaN]],
    run: { seconds: 1, software: false, none: null },
  };
  expect(unpackNumbers(JSON.parse(JSON.stringify(packNumbers(value))))).toEqual(value);
});
