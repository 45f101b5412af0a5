/** A newer request stops the running one; nothing runs twice at once; the last request always runs. */
import { expect, suite, test } from "vitest";
import { latest } from "./latest.ts";

const pause = (ms: number) => new Promise(done => setTimeout(done, ms));

suite("latest()", () => {
  test("runs the first and the last of many requests, one at a time, and aborts what is outdated", async () => {
    const ran: number[] = [];
    const aborted: number[] = [];
    let running = 0;
    const update = latest<number>(
      async (request, signal) => {
        expect(++running).toBe(1);
        ran.push(request);
        await pause(5);
        running--;
        if (signal.aborted) {
          aborted.push(request);
          throw signal.reason;
        }
      },
      error => expect.unreachable(String(error)),
    );
    await Promise.all([1, 2, 3, 4].map(update));
    expect(ran).toEqual([1, 4]);
    expect(aborted).toEqual([1]);
    await update(5);
    expect(ran).toEqual([1, 4, 5]);
  });

  test("hands on errors and goes on", async () => {
    const failed: unknown[] = [];
    const update = latest<boolean>(
      async fails => {
        if (fails) throw new Error("no");
      },
      error => failed.push(error),
    );
    await update(true);
    await update(false);
    expect(failed.map(String)).toEqual(["Error: no"]);
  });
});
