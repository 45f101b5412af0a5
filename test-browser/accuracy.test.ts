/** The promise in float32: means within 1e-3 posterior sd, covariances 1e-4, log-likelihood 1e-6 relative. */
import { expect, suite, test } from "vitest";
import { errors, hostReference, measure, textbookReference } from "./accuracy.ts";
import { ACCURACY_MODELS } from "./accuracy_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

/** Means of the thrice integrated process reach 1e10 standard deviations. */
const MEANS: Readonly<Record<string, number>> = { iwp3: 2e-2 };

type Reference = ReturnType<typeof textbookReference>;

async function check(
  name: string,
  T: number,
  form: "auto" | "squareRoot",
  reference: Reference = textbookReference(name, T),
): Promise<void> {
  const worst = await measure(engine(), name, T, reference, form);
  expect(worst.filteredMeans, "filtered means, sd").toBeLessThan(MEANS[name] ?? 1e-3);
  expect(worst.smoothedMeans, "smoothed means, sd").toBeLessThan(MEANS[name] ?? 1e-3);
  expect(worst.filteredCovariances, "filtered covariances").toBeLessThan(1e-4);
  expect(worst.smoothedCovariances, "smoothed covariances").toBeLessThan(1e-4);
  expect(worst.logLikelihood, "log-likelihood, relative").toBeLessThan(1e-6);
}

suite("all twenty models over 2000 steps", () => {
  for (const name of ACCURACY_MODELS)
    test(name, { timeout: 120_000 }, async () => {
      await check(name, 2000, "auto");
    });
});

/** Hard in different ways: tiny noise, a slow slope, a huge prior, known states, gaps. The rest is in docs/accuracy.md. */
const CHOSEN = ["cv4", "cv4s", "smooth", "stiff", "mat52s", "diffuse", "r0", "iwp3dt2", "gaps"];

suite("chosen ones over 10 000 steps", () => {
  for (const name of CHOSEN) {
    let reference: Reference | undefined;
    for (const [form, what] of [
      ["auto", "as called by default"],
      ["squareRoot", "covariances at every step on the GPU"],
    ] as const)
      test(`${name}, ${what}`, { timeout: 120_000 }, async () => {
        reference ??= textbookReference(name, 10_000);
        await check(name, 10_000, form, reference);
      });
  }
});

suite("eight states over 10 000 steps, with gaps", () => {
  test("d8gap", { timeout: 300_000 }, async () => {
    await check("d8gap", 10_000, "auto");
  });
});

test("the reference of the long table agrees with the textbook", async () => {
  for (const name of ["cv4s", "llt", "d8s", "gaps"]) {
    const worst = errors(await hostReference(name, 2000), textbookReference(name, 2000));
    expect(Math.max(worst.smoothedMeans, worst.smoothedCovariances, worst.logLikelihood)).toBeLessThan(1e-6);
  }
});
