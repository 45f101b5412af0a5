/** The command's headless Chrome, in Node with a real browser: transport, restart, clean-up. */

import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, suite, test } from "vitest";
import { WebSocket } from "ws";
import { AbortedError, DeviceError } from "../src/api/index.ts";
import { findChrome } from "../src/cli/chrome/find_chrome.mjs";
import { type GpuPageOptions, withGpuPage } from "../src/cli/chrome/gpu_page.ts";
import { startPageServer } from "../src/cli/chrome/server.ts";
import { openSession } from "../src/cli/chrome/session.ts";
import type { FrameArray } from "../src/cli/frames.ts";
import type { AdapterReport } from "../src/cli/probe.ts";

const LIMIT = 60_000;
const folder = mkdtempSync(join(tmpdir(), "cli-chrome-test-"));
const page = join(folder, "page");
const chrome = findChrome()?.path ?? "";

beforeAll(async () => {
  // Profiles go where only this file looks.
  process.env.TMPDIR = folder;
  expect(chrome, "these tests need Chrome or Chromium: npm run setup").not.toBe("");
  const configFile = fileURLToPath(new URL("../vite.browser.config.ts", import.meta.url));
  await build({ configFile, logLevel: "error", build: { outDir: page } });
}, LIMIT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const software = (more: Partial<GpuPageOptions> = {}): GpuPageOptions => ({ page, gpu: "software", ...more });

/** Processes of a group that still run; Linux only, where /proc tells. */
function alive(group: number | undefined): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        const [state, , pgrp] = readFileSync(`/proc/${name}/stat`, "utf8")
          .replace(/^.*\) /, "")
          .split(" ");
        return state !== "Z" && Number(pgrp) === group;
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function untilGone(group: number | undefined): Promise<number[]> {
  for (let i = 0; i < 50 && alive(group).length > 0; i++)
    await new Promise(resolve => setTimeout(resolve, 100));
  return alive(group);
}

suite("withGpuPage()", () => {
  test(
    "carries arrays of every type there and back unchanged",
    async () => {
      const arrays: Record<string, FrameArray> = {
        float64: { data: Float64Array.from([1 / 3, Number.NaN, -0, 1e300]), shape: [2, 2] },
        float32: { data: Float32Array.from([0.1, 2]), shape: [2] },
        int32: { data: Int32Array.from([-1, 2 ** 31 - 1]), shape: [2] },
        uint32: { data: Uint32Array.from([4294967295]), shape: [1] },
        uint8: { data: Uint8Array.from([1, 2, 3]), shape: [3] },
        empty: { data: new Float64Array(0), shape: [0, 3] },
        large: { data: Float64Array.from({ length: 1_000_000 }, (_, i) => Math.sin(i)), shape: [1000, 1000] },
      };
      const back = await withGpuPage(software(), ({ session }) =>
        session.call("echo", { note: "ä" }, arrays),
      );
      expect(back.header.note).toBe("ä");
      for (const [name, { data, shape }] of Object.entries(arrays)) {
        expect(back.arrays[name].shape).toEqual(shape);
        expect(back.arrays[name].data.constructor).toBe(data.constructor);
        expect(
          Buffer.compare(
            Buffer.from(back.arrays[name].data.buffer, back.arrays[name].data.byteOffset, data.byteLength),
            Buffer.from(data.buffer),
          ),
        ).toBe(0);
      }
    },
    LIMIT,
  );

  test(
    "tells the adapter, calls a software one software, and leaves no process and no profile behind",
    async () => {
      const profiles = () =>
        readdirSync(folder)
          .filter(name => name.startsWith("statescan-"))
          .sort();
      const before = profiles();
      let pid: number | undefined;
      const adapter: AdapterReport = await withGpuPage(software(), async found => {
        pid = found.session.pid;
        if (process.platform === "linux") expect(alive(pid).length).toBeGreaterThan(1);
        return found.adapter;
      });
      expect(adapter.software).toBe(true);
      expect(adapter.limits?.maxComputeInvocationsPerWorkgroup).toBeGreaterThanOrEqual(128);
      expect(await untilGone(pid)).toEqual([]);
      expect(profiles()).toEqual(before);
    },
    LIMIT,
  );

  test(
    "starts a killed browser again and repeats the task",
    async () => {
      const notes: string[] = [];
      const pids: (number | undefined)[] = [];
      const answer = await withGpuPage(software({ note: text => notes.push(text) }), async ({ session }) => {
        pids.push(session.pid);
        if (pids.length === 1) process.kill(-(session.pid as number), "SIGKILL");
        return (await session.call("echo", { note: "done" })).header.note;
      });
      expect(answer).toBe("done");
      expect(pids).toHaveLength(2);
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(/starting it again/);
    },
    LIMIT,
  );

  test(
    "reports a browser that is killed twice as a DeviceError",
    async () => {
      let tries = 0;
      const result = withGpuPage(software(), async ({ session }) => {
        tries++;
        process.kill(-(session.pid as number), "SIGKILL");
        return session.call("echo", {});
      });
      await expect(result).rejects.toThrow(DeviceError);
      await expect(result).rejects.toThrow(/expected a working browser, got two failures/);
      expect(tries).toBe(2);
    },
    LIMIT,
  );

  test(
    "notices a browser that hangs by its silence",
    async () => {
      const pids: (number | undefined)[] = [];
      const notes: string[] = [];
      await withGpuPage(
        software({ silenceLimit: 2500, note: text => notes.push(text) }),
        async ({ session }) => {
          pids.push(session.pid);
          if (pids.length === 1) process.kill(-(session.pid as number), "SIGSTOP");
          await session.call("echo", {});
        },
      );
      expect(pids).toHaveLength(2);
      expect(notes[0]).toMatch(/no sign of life for 2.5 s/);
      expect(await untilGone(pids[0])).toEqual([]);
    },
    LIMIT,
  );

  test(
    "reports an adapter request that does not settle in time",
    async () => {
      const result = withGpuPage(software({ adapterLimit: 0 }), async () => "never");
      await expect(result).rejects.toThrow(DeviceError);
      await expect(result).rejects.toThrow(/did not settle within 0 s/);
    },
    LIMIT,
  );

  test(
    "gives up on a browser that never opens the page",
    async () => {
      const sleeper = join(folder, "sleeper.sh");
      writeFileSync(sleeper, "#!/bin/sh\nexec sleep 600\n");
      chmodSync(sleeper, 0o755);
      const result = withGpuPage(software({ chrome: sleeper, startLimit: 300 }), async () => "never");
      await expect(result).rejects.toThrow(/did not open the page within 0.3 s/);
    },
    LIMIT,
  );

  test(
    "stops at once when its signal fires",
    async () => {
      const stop = new AbortController();
      let pid: number | undefined;
      const result = withGpuPage(software({ signal: stop.signal }), ({ session }) => {
        pid = session.pid;
        stop.abort();
        return new Promise(() => {});
      });
      await expect(result).rejects.toThrow(AbortedError);
      expect(await untilGone(pid)).toEqual([]);
      await expect(withGpuPage(software({ signal: stop.signal }), async () => 1)).rejects.toThrow(
        AbortedError,
      );
    },
    LIMIT,
  );
});

suite("openSession()", () => {
  test(
    "rejects a call that is under way when the signal fires",
    async () => {
      const stop = new AbortController();
      const session = await openSession({ chrome, kind: "software", page, signal: stop.signal });
      const arrays = { a: { data: new Float64Array(4_000_000), shape: [4_000_000] } };
      const call = session.call("echo", {}, arrays);
      stop.abort();
      await expect(call).rejects.toThrow(AbortedError);
      expect(await untilGone(session.pid)).toEqual([]);
    },
    LIMIT,
  );

  test(
    "passes on an error of the page",
    async () => {
      const session = await openSession({ chrome, kind: "software", page });
      try {
        await expect(session.call("nonsense", {})).rejects.toThrow(/no operation "nonsense"/);
        expect((await session.call("echo", { note: 1 })).header.note).toBe(1);
      } finally {
        session.close();
      }
    },
    LIMIT,
  );
});

suite("startPageServer()", () => {
  const connect = (url: string, origin: string) =>
    new Promise<string>(resolve => {
      const socket = new WebSocket(url, { origin });
      socket.on("open", () => {
        socket.terminate();
        resolve("open");
      });
      socket.on("error", error => resolve(error.message));
    });

  test("serves the page isolated, and nothing outside its folder", async () => {
    const server = await startPageServer(page);
    try {
      const { origin } = new URL(server.url);
      const answer = await fetch(server.url);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(answer.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
      expect((await fetch(`${origin}/..%2f..%2fetc%2fpasswd`)).status).toBe(404);
      expect(existsSync(join(page, "index.html"))).toBe(true);
    } finally {
      server.close();
    }
  });

  test("takes one connection, with the token and from its own page only", async () => {
    const server = await startPageServer(page);
    try {
      const { origin, hash, host } = new URL(server.url);
      const token = hash.slice(1);
      const socket = (text: string) => `ws://${host}/socket?token=${text}`;
      expect(await connect(socket("wrong"), origin)).toMatch(/403/);
      expect(await connect(socket(token), "http://elsewhere.example")).toMatch(/403/);
      expect(await connect(socket(token), origin)).toBe("open");
      expect(await connect(socket(token), origin)).toMatch(/403/);
    } finally {
      server.close();
    }
  });
});
