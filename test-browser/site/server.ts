/** The built site, served as a plain static host would. */

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".csv": "text/csv",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

export interface Site {
  /** Without a slash at the end; the site stands in a folder, so that absolute links would break. */
  readonly address: string;
  close(): void;
}

export async function serveSite(): Promise<Site> {
  const root = join(import.meta.dirname, "../../dist/site");
  if (!existsSync(join(root, "index.html"))) {
    throw new Error("site tests: dist/site expected, got none. Run `npm run build`.");
  }
  const server = createServer((request, response) => {
    const asked = normalize(decodeURIComponent(new URL(request.url!, "http://x").pathname));
    if (!asked.startsWith("/some/folder/")) return response.writeHead(404).end();
    let path = join(root, asked.slice("/some/folder/".length));
    if (existsSync(path) && statSync(path).isDirectory()) path = join(path, "index.html");
    if (!path.startsWith(root) || !existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
    return createReadStream(path).pipe(response);
  });
  await new Promise<void>(listening => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/some/folder`, close: () => server.close() };
}
