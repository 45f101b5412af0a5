/** The worker's end of desk.ts: answers calls; a cancelled one ends with AbortedError. */

import { AbortedError } from "../../src/api/index.ts";
import type { CallTable, Reply, Request } from "./desk.ts";

export interface Context {
  readonly signal: AbortSignal;
  readonly progress: (phase: string, done: number, total: number) => void;
  readonly say: (text: string) => void;
}

export type Answers<Calls extends CallTable<Calls>> = {
  readonly [Name in keyof Calls]: (
    asks: Calls[Name]["asks"],
    context: Context,
  ) => Promise<Calls[Name]["gives"]>;
};

export interface ServeOptions {
  /** An error's text for a reader; default its own */
  readonly inWords?: (name: string, message: string) => string;
  /** What else of an error the page should have; it must be possible to copy it. */
  readonly partsOf?: (error: unknown) => object | undefined;
}

const PROGRESS_EVERY = 80;
/** ms between signs of life while a call is answered. */
const ALIVE_EVERY = 400;

/** Called once, in the worker. */
export function serve<Calls extends CallTable<Calls>>(
  answers: Answers<Calls>,
  { inWords = (_, message) => message, partsOf = () => undefined }: ServeOptions = {},
): void {
  const running = new Map<number, AbortController>();
  self.addEventListener("message", async ({ data }: MessageEvent<Request<Calls>>) => {
    const { id, call } = data;
    if (call === "cancel") {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    const reply = (message: Reply) => self.postMessage(message);
    reply({ id, kind: "alive" });
    const alive = setInterval(() => reply({ id, kind: "alive" }), ALIVE_EVERY);
    let last = 0;
    const context: Context = {
      signal: controller.signal,
      progress(phase, done, total) {
        const now = performance.now();
        if (now - last < PROGRESS_EVERY) return;
        last = now;
        reply({ id, kind: "progress", phase, done, total });
      },
      say: text => reply({ id, kind: "says", text }),
    };
    try {
      // The call and what it asks for belong together by the type Request.
      const answer = answers[call as keyof Calls] as (asks: unknown, context: Context) => Promise<unknown>;
      const gives = await answer((data as { asks: unknown }).asks, context);
      if (controller.signal.aborted) throw new AbortedError("The call was cancelled.");
      reply({ id, kind: "done", gives });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      reply({ id, kind: "failed", name, message: inWords(name, message), parts: partsOf(error) });
    } finally {
      clearInterval(alive);
      running.delete(id);
    }
  });
}
