/** The page in which --driver chrome runs the bench. */

import { servePage } from "../../src/cli/browser/serve.ts";
import { probeAdapter } from "../../src/cli/probe.ts";
import { createEngine, type EngineOptions } from "../../src/engine/index.ts";
import type { BenchOptions } from "../options.ts";
import { runBench } from "../run.ts";

servePage({
  /** The adapter and its limits, straight from navigator.gpu. */
  async probe({ header }) {
    return { fields: { report: await probeAdapter(navigator.gpu, Number(header.timeout)) } };
  },

  /** The whole bench: "started" once, then an "event" for every note and cell. */
  async bench({ header }, reply) {
    const engine = await createEngine({ gpu: header.gpu as EngineOptions["gpu"] });
    try {
      await reply("started", { started: { adapter: engine.adapter, timestamps: engine.caps.timestamps } });
      await runBench(
        engine,
        header.options as BenchOptions,
        event => void reply("event", { event: { ...event } }),
      );
      return {};
    } finally {
      engine.dispose();
    }
  },
});
