/**
 * A page that Node drives: connects back with the token of its address, answers one call at a time, and closes
 * itself when the program has gone.
 */

import { decodeFrame, encodeFrame, type Frame } from "../frames.ts";
import { packError } from "../remote_errors.ts";
import type { Operation, Reply } from "./operations.ts";

const BEAT_MS = 1000;
/** Without a beat from the program for so long, nobody waits for this page. */
const ORPHAN_MS = 60_000;

/** Bytes that may wait in the socket. */
const MAX_BUFFERED = 128 * 2 ** 20;

export function servePage(operations: Readonly<Record<string, Operation>>): void {
  const token = location.hash.slice(1);
  const socket = new WebSocket(`ws://${location.host}/socket?token=${encodeURIComponent(token)}`);
  socket.binaryType = "arraybuffer";
  const leave = () => window.close();
  let lastSign = performance.now();

  socket.onopen = () => {
    socket.send(encodeFrame({ op: "hello", id: 0, userAgent: navigator.userAgent }));
    setInterval(() => {
      socket.send(encodeFrame({ op: "beat", id: 0 }));
      if (performance.now() - lastSign > ORPHAN_MS) leave();
    }, BEAT_MS);
  };
  socket.onclose = leave;
  socket.onmessage = event => {
    lastSign = performance.now();
    const frame = decodeFrame(new Uint8Array(event.data as ArrayBuffer));
    if (frame.header.op !== "beat") void answer(frame);
  };

  async function answer(frame: Frame): Promise<void> {
    const { op, id } = frame.header;
    const reply: Reply = async (kind, fields, arrays) => {
      socket.send(encodeFrame({ ...fields, op: kind, id }, arrays));
      while (socket.bufferedAmount > MAX_BUFFERED) await new Promise(resolve => setTimeout(resolve, 5));
    };
    try {
      const operation = operations[op];
      if (!operation) throw new Error(`the page knows no operation "${op}"`);
      const done = await operation(frame, reply);
      await reply("done", done.fields, done.arrays);
    } catch (error) {
      await reply("error", { error: packError(error) });
    }
  }
}
