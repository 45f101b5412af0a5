/** Loopback server of one browser launch: the built page by HTTP, and one WebSocket that shows the token. */

import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";

const MAX_MESSAGE_BYTES = 2 ** 31 - 1;

const MEDIA_TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".css": "text/css",
  ".map": "application/json",
};

export interface PageServer {
  /** Address of the page, token included. */
  readonly url: string;
  /** The page's WebSocket, once it has connected. */
  readonly socket: Promise<WebSocket>;
  close(): void;
}

/**
 * Serve a folder on 127.0.0.1 with a random port and token. The token is good for one connection.
 * @param folder the built page
 */
export async function startPageServer(folder: string): Promise<PageServer> {
  const token = randomBytes(32).toString("base64url");
  const server = createServer((request, response) => void serveFile(folder, request, response));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let used = false;
  const socket = new Promise<WebSocket>(resolve => {
    server.on("upgrade", (request, stream, head) => {
      const given = new URL(request.url ?? "/", origin).searchParams.get("token") ?? "";
      if (used || request.headers.origin !== origin || !sameText(given, token)) {
        stream.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
        return;
      }
      used = true;
      sockets.handleUpgrade(request, stream, head, resolve);
    });
  });
  return {
    url: `${origin}/index.html#${token}`,
    socket,
    close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

async function serveFile(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
  response.setHeader("Cache-Control", "no-store");
  try {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://page").pathname));
    const bytes = await readFile(join(folder, path));
    response.setHeader("Content-Type", MEDIA_TYPES[extname(path)] ?? "application/octet-stream");
    response.end(bytes);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}
