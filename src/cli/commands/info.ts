/** info: versions, browser, adapter and its limits. */

import { spawnSync } from "node:child_process";
import { DeviceError } from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import { findChrome, HOW_TO_GET_CHROME } from "../chrome/find_chrome.mjs";
import { type GpuChoice, withGpuPage } from "../chrome/gpu_page.ts";
import { EXIT } from "../exit_codes.ts";
import { PAGE_FOLDER, packageVersion } from "../places.ts";
import { type AdapterReport, adapterName } from "../probe.ts";

interface Info {
  readonly statescan: string;
  readonly node: string;
  readonly platform: string;
  readonly browser: { readonly path: string; readonly version: string; readonly found: string } | null;
  readonly adapter: (AdapterReport & { readonly name: string }) | null;
  /** Why there is no browser or no adapter. */
  readonly problem?: string;
}

/** @throws DeviceError with `--gpu hardware` where there is none */
export async function info(options: Arguments["options"], signal: AbortSignal): Promise<number> {
  const found = await collect(options.gpu as GpuChoice, signal);
  process.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : infoText(found));
  return EXIT.done;
}

async function collect(gpu: GpuChoice, signal: AbortSignal): Promise<Info> {
  const chrome = findChrome();
  const base = {
    statescan: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    browser: chrome && { path: chrome.path, version: browserVersion(chrome.path), found: chrome.source },
  };
  if (!chrome && gpu !== "hardware") return { ...base, adapter: null, problem: HOW_TO_GET_CHROME };
  try {
    const note = (text: string) => console.error(`info: ${text}`);
    const adapter = await withGpuPage({ gpu, signal, note, page: PAGE_FOLDER }, async page => page.adapter);
    return { ...base, adapter: { name: adapterName(adapter), ...adapter } };
  } catch (error) {
    if (gpu === "hardware" || !(error instanceof DeviceError)) throw error;
    return { ...base, adapter: null, problem: error.message };
  }
}

function browserVersion(path: string): string {
  // On Windows the program opens a window instead of answering.
  if (process.platform === "win32") return "unknown";
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 10_000 });
  return stdout?.trim().split("\n")[0] || "unknown";
}

const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
];

/** One line a fact. */
export function infoText({ statescan, node, platform, browser, adapter, problem }: Info): string {
  const lines: [string, string][] = [
    ["statescan", statescan],
    ["node", `${node} (${platform})`],
    ["browser", browser ? `${browser.version} at ${browser.path} (from ${browser.found})` : "none"],
    [
      "adapter",
      adapter ? `${adapter.name}, ${adapter.software ? "software: not a GPU" : "hardware"}` : "none",
    ],
  ];
  for (const name of adapter ? LIMITS : [])
    lines.push([`  ${name}`, String(adapter?.limits?.[name] ?? "unknown")]);
  if (adapter) lines.push(["  features", (adapter.features ?? []).join(" ") || "none"]);
  lines.push(["backends", `cpu (float64 JavaScript)${adapter ? ", webgpu" : ""}`]);
  if (problem) lines.push(["note", problem]);
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  return lines.map(([name, value]) => `${name.padEnd(width)}${value}\n`).join("");
}
