/**
 * One browser, one page, one WebSocket: calls go out, answers come back, and silence is noticed. A session that
 * fails stays failed; who uses it decides whether to start another.
 */

import type { WebSocket } from "ws";
import { AbortedError } from "../../api/index.ts";
import { deferred } from "../deferred.ts";
import { decodeFrame, encodeFrame, type Frame, type FrameArray, type FrameHeader } from "../frames.ts";
import { type ErrorMessage, unpackError } from "../remote_errors.ts";
import { chromeFlags, launchChrome } from "./launch_chrome.mjs";
import { startPageServer } from "./server.ts";

/** The browser died, hung or never answered: worth one more try with a new one. */
export class BrowserFailure extends Error {}

export interface SessionOptions {
  /** Program of the browser. */
  readonly chrome: string;
  /** Which set of flags. */
  readonly kind: "hardware" | "software";
  /** Folder of the built page. */
  readonly page: string;
  /** Flags of the browser beyond those of its kind. */
  readonly flags?: readonly string[];
  /** Milliseconds until the page must have connected. Default 30 000. */
  readonly startLimit?: number;
  /** Milliseconds without a sign of life until the page counts as hung. Default 30 000. */
  readonly silenceLimit?: number;
  readonly signal?: AbortSignal;
}

export interface CallOptions {
  /** Frames that arrive before the answer: progress, result fields. */
  readonly onFrame?: (frame: Frame) => void;
  /** Milliseconds for the answer; default none. */
  readonly limit?: number;
}

export interface BrowserSession {
  /** Process id of the browser. */
  readonly pid: number | undefined;
  /** What the page said of itself when it connected. */
  readonly userAgent: string;
  /** Send a frame and wait for the frame that answers it: op "done", or an error. */
  call(
    op: string,
    fields: Readonly<Record<string, unknown>>,
    arrays?: Readonly<Record<string, FrameArray>>,
    options?: CallOptions,
  ): Promise<Frame>;
  /** Rejects when the browser fails or the signal fires. */
  readonly failed: Promise<never>;
  close(): void;
}

const BEAT_MS = 1000;

interface Pending {
  readonly id: number;
  readonly onFrame?: (frame: Frame) => void;
  readonly resolve: (frame: Frame) => void;
}

/**
 * Start a browser on the page and wait until it has connected.
 * @throws BrowserFailure, AbortedError
 */
export async function openSession(options: SessionOptions): Promise<BrowserSession> {
  const { startLimit = 30_000, silenceLimit = 30_000, signal } = options;
  const server = await startPageServer(options.page);
  const chrome = launchChrome(
    options.chrome,
    [...chromeFlags(options.kind), ...(options.flags ?? [])],
    server.url,
  );
  const timers: NodeJS.Timeout[] = [];
  const failure = deferred<never>();
  failure.promise.catch(() => {});
  const fail = (error: Error) => {
    close();
    failure.reject(error);
  };
  const onAbort = () => fail(new AbortedError("statescan: stopped.", { cause: signal?.reason }));
  const close = () => {
    for (const timer of timers) clearInterval(timer);
    signal?.removeEventListener("abort", onAbort);
    chrome.close();
    server.close();
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort);
  chrome.exited.then(how => fail(new BrowserFailure(`the browser ${how}`)));

  const hello = deferred<Frame>();
  let pending: Pending | undefined;
  let lastSign = performance.now();
  const receive = (bytes: Uint8Array) => {
    lastSign = performance.now();
    const frame = decodeFrame(bytes);
    const { op, id } = frame.header;
    if (op === "hello") hello.resolve(frame);
    else if (pending && id === pending.id) {
      if (op === "done" || op === "error") pending.resolve(frame);
      else pending.onFrame?.(frame);
    }
  };

  let socket: WebSocket;
  try {
    const startTimer = setTimeout(
      () => fail(new BrowserFailure(`the browser did not open the page within ${startLimit / 1000} s`)),
      startLimit,
    );
    timers.push(startTimer);
    socket = await Promise.race([server.socket, failure.promise]);
    socket.on("message", (data: Buffer) => {
      try {
        receive(data);
      } catch (error) {
        fail(new BrowserFailure(`the page sent something unreadable: ${(error as Error).message}`));
      }
    });
    socket.on("close", () => fail(new BrowserFailure("the page closed its connection")));
    socket.on("error", error => fail(new BrowserFailure(`the connection broke: ${error.message}`)));
    await Promise.race([hello.promise, failure.promise]);
    clearTimeout(startTimer);
  } catch (error) {
    close();
    throw error;
  }

  timers.push(
    setInterval(() => {
      if (socket.readyState === socket.OPEN) socket.send(encodeFrame({ op: "beat", id: 0 }));
      if (performance.now() - lastSign > silenceLimit) {
        fail(new BrowserFailure(`the page gave no sign of life for ${silenceLimit / 1000} s`));
      }
    }, BEAT_MS),
  );

  let nextId = 1;
  return {
    pid: chrome.pid,
    userAgent: String((await hello.promise).header.userAgent),
    async call(op, fields, arrays = {}, { onFrame, limit } = {}) {
      const id = nextId++;
      const answer = deferred<Frame>();
      pending = { id, onFrame, resolve: answer.resolve };
      const timer = limit
        ? setTimeout(() => fail(new BrowserFailure(`"${op}" took longer than ${limit / 1000} s`)), limit)
        : undefined;
      try {
        const header: FrameHeader = { ...fields, op, id };
        socket.send(encodeFrame(header, arrays));
        const frame = await Promise.race([answer.promise, failure.promise]);
        if (frame.header.op === "error") throw unpackError(frame.header.error as ErrorMessage);
        return frame;
      } finally {
        clearTimeout(timer);
        pending = undefined;
      }
    },
    failed: failure.promise,
    close,
  };
}
