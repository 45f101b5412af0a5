/** The worker as calls: each answers once, may report progress, and can be cancelled. */

import type { CallName, Calls, Reply, Request } from "./protocol.ts";

export interface Watch {
  readonly signal?: AbortSignal;
  readonly onProgress?: (phase: string, done: number, total: number) => void;
  readonly onWords?: (text: string) => void;
}

interface Waiting extends Watch {
  readonly done: (gives: never) => void;
  readonly failed: (error: Error) => void;
}

export class Desk {
  readonly #make: () => Worker;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #id = 0;

  /** @param make makes the worker; called again after it has crashed */
  constructor(make: () => Worker) {
    this.#make = make;
  }

  /** @throws an Error with the worker's name and message; AbortedError when the signal fires */
  call<Name extends CallName>(
    call: Name,
    asks: Calls[Name]["asks"],
    watch: Watch = {},
  ): Promise<Calls[Name]["gives"]> {
    const id = this.#id++;
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { ...watch, done, failed });
      const send = (request: Request) => worker.postMessage(request);
      watch.signal?.addEventListener("abort", () => send({ id, call: "cancel" }), { once: true });
      send({ id, call, asks } as Request);
      if (watch.signal?.aborted) send({ id, call: "cancel" });
    });
  }

  #start(): Worker {
    const worker = this.#make();
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#take(data));
    worker.addEventListener("error", event => {
      event.preventDefault();
      worker.terminate();
      this.#worker = undefined;
      const waiting = [...this.#waiting.values()];
      this.#waiting.clear();
      const why = event.message ? ` (${event.message})` : "";
      for (const { failed } of waiting)
        failed(new Error(`The part of the page that computes has stopped${why}. Choose the file again.`));
    });
    return worker;
  }

  #take(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if (reply.kind === "progress") waiting.onProgress?.(reply.phase, reply.done, reply.total);
    else if (reply.kind === "says") waiting.onWords?.(reply.text);
    else {
      this.#waiting.delete(reply.id);
      if (reply.kind === "done") waiting.done(reply.gives as never);
      else waiting.failed(Object.assign(new Error(reply.message), { name: reply.name }));
    }
  }
}
