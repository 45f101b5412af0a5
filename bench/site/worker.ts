/** Runs the bench apart from the page: the page stays alive, and ending the worker ends the run at once. */

import { createEngine, DeviceError, type Engine } from "../../src/engine/index.ts";
import { clockStep } from "../clock.ts";
import { isLost } from "../phases.ts";
import { runBench } from "../run.ts";
import type { Answer, Order, Place } from "./messages.ts";

const answer = (message: Answer): void => postMessage(message);

addEventListener("message", async ({ data }: MessageEvent<Order>) => {
  let engine: Engine | undefined;
  try {
    let withoutGpu: string | undefined = data.gpu ? undefined : "This browser has no WebGPU.";
    if (data.gpu)
      engine = await createEngine().catch((error: unknown) => {
        if (!(error instanceof DeviceError)) throw error;
        withoutGpu = error.message;
        return undefined;
      });
    const place: Place = {
      ...(engine
        ? { device: { adapter: engine.adapter, caps: engine.caps, throughput: engine.throughput } }
        : {}),
      timestamps: engine?.caps.timestamps ?? false,
      clockStep: clockStep(),
      withoutGpu,
    };
    answer({ kind: "started", place });
    await runBench(engine, data.options, event => answer({ kind: "event", event }));
    answer({ kind: "done" });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    answer({ kind: "failed", message, lost: await isLost(engine) });
  } finally {
    engine?.dispose();
  }
});
