/** The accuracy rows of hidden Markov inference at a fraction of their length. */
import { expect, suite, test } from "vitest";
import { hmmRows, measureHmmRow } from "./hmm_rows.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

suite("hmmSmootherGpu() and hmmDecodeGpu() over long series", () => {
  for (const row of hmmRows)
    test(row.name, async () => {
      const result = await measureHmmRow(
        engine(),
        { ...row, numSteps: row.numStates === 4 ? 10_000 : 2500 },
        "auto",
      );
      expect(result.probs).toBeLessThan(1e-5);
      expect(result.transitions).toBeLessThan(1e-5);
      expect(result.marginal).toBeLessThan(1e-6);
      expect(result.path).toBeLessThan(1e-6);
      expect(result.pathDifferences).toBe(0);
    });
});
