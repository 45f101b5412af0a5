/** A worker as calls: each answers once, may report progress, and can be cancelled. serve.ts is the other end. */

/** What a worker can be asked: by name, argument and answer. */
export type CallTable<Calls> = { readonly [Name in keyof Calls]: { asks: unknown; gives: unknown } };

export type Request<Calls extends CallTable<Calls>> =
  | {
      [Name in keyof Calls]: { readonly id: number; readonly call: Name; readonly asks: Calls[Name]["asks"] };
    }[keyof Calls]
  | { readonly id: number; readonly call: "cancel" };

export type Reply =
  | { readonly id: number; readonly kind: "done"; readonly gives: unknown }
  /** parts: what the error carries beside its text. */
  | {
      readonly id: number;
      readonly kind: "failed";
      readonly name: string;
      readonly message: string;
      readonly parts?: object;
    }
  | {
      readonly id: number;
      readonly kind: "progress";
      readonly phase: string;
      readonly done: number;
      readonly total: number;
    }
  /** A sentence for the status line. */
  | { readonly id: number; readonly kind: "says"; readonly text: string }
  /** The worker is at work and not stuck. */
  | { readonly id: number; readonly kind: "alive" };

export interface Watch {
  readonly signal?: AbortSignal;
  readonly onProgress?: (phase: string, done: number, total: number) => void;
  readonly onWords?: (text: string) => void;
}

interface Waiting extends Watch {
  readonly done: (gives: never) => void;
  readonly failed: (error: Error) => void;
}

export interface DeskOptions {
  /** What a reader may do after the worker has stopped; a sentence. */
  readonly advice: string;
  /** ms without a sign of life after which a call counts as stuck, and its worker is ended; default none */
  readonly patience?: number;
}

export class Desk<Calls extends CallTable<Calls>> {
  readonly #make: () => Worker;
  readonly #options: DeskOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  /** The worker has said something: its code has come, however slow the network. */
  #heard = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #id = 0;

  /** @param make makes the worker; called again after it has crashed */
  constructor(make: () => Worker, options: DeskOptions) {
    this.#make = make;
    this.#options = options;
  }

  /** @throws an Error with the worker's name and message; AbortedError when the signal fires */
  call<Name extends keyof Calls>(
    call: Name,
    asks: Calls[Name]["asks"],
    watch: Watch = {},
  ): Promise<Calls[Name]["gives"]> {
    const id = this.#id++;
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { ...watch, done, failed });
      const send = (request: Request<Calls>) => worker.postMessage(request);
      watch.signal?.addEventListener("abort", () => send({ id, call: "cancel" }), { once: true });
      send({ id, call, asks } as Request<Calls>);
      if (watch.signal?.aborted) send({ id, call: "cancel" });
      this.#watch();
    });
  }

  #start(): Worker {
    const worker = this.#make();
    this.#heard = false;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#take(data));
    worker.addEventListener("error", event => {
      event.preventDefault();
      const why = event.message ? ` (${event.message})` : "";
      this.#end(`The part of the page that computes has stopped${why}. ${this.#options.advice}`);
    });
    return worker;
  }

  /** Ends the worker; every call fails, the next one makes a new worker. */
  #end(text: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    clearTimeout(this.#timer);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { failed } of waiting) failed(new Error(text));
  }

  /** Waits anew for a sign of life. */
  #watch(): void {
    const { patience, advice } = this.#options;
    clearTimeout(this.#timer);
    if (patience === undefined || !this.#heard || this.#waiting.size === 0) return;
    const text = `No end was in sight after ${patience / 1000} s, so the computation was stopped. ${advice}`;
    this.#timer = setTimeout(() => this.#end(text), patience);
  }

  #take(reply: Reply): void {
    this.#heard = true;
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if (reply.kind === "progress") waiting.onProgress?.(reply.phase, reply.done, reply.total);
    else if (reply.kind === "says") waiting.onWords?.(reply.text);
    else if (reply.kind !== "alive") {
      this.#waiting.delete(reply.id);
      if (reply.kind === "done") waiting.done(reply.gives as never);
      else waiting.failed(Object.assign(new Error(reply.message), reply.parts, { name: reply.name }));
    }
    this.#watch();
  }
}
