/** Where a run was: adapter, browser and clock, as facts for people and for the JSON. */

import { version } from "../../package.json";
import type { Cell } from "../cell.ts";
import type { BenchOptions } from "../options.ts";
import type { BenchResult, Machine } from "../report.ts";
import { FORMAT } from "../schema.ts";
import { bytesText, short } from "../table.ts";
import type { Place } from "./messages.ts";

const NONE = { vendor: "", architecture: "", device: "", description: "", software: false };

/** Name and version out of a user agent. */
export function browserName(agent: string): string {
  const found =
    /(?:Edg|OPR|Firefox)\/[\d.]+/.exec(agent) ??
    /\w*Chrom\w*\/[\d.]+/.exec(agent) ??
    /Version\/[\d.]+/.exec(agent);
  if (!found) return agent;
  return found[0]
    .replace(/^Edg\//, "Edge/")
    .replace(/^OPR\//, "Opera/")
    .replace(/^Version\//, "Safari/");
}

const platform = (): string =>
  (navigator as Navigator & { userAgentData?: { platform?: string } }).userAgentData?.platform ||
  navigator.platform ||
  "unknown";

export const machineOf = ({ device, timestamps, clockStep }: Place): Machine => ({
  adapter: device?.adapter ?? { name: "none", ...NONE },
  timestamps,
  driver: "page",
  clockStep,
  versions: { statescan: version, webgpu: browserName(navigator.userAgent) },
  host: { platform: platform(), cpu: "not told by browsers", cores: navigator.hardwareConcurrency ?? 1 },
});

export const resultOf = (
  place: Place,
  options: BenchOptions,
  cells: readonly Cell[],
  date: string,
): BenchResult => ({ format: FORMAT, date, machine: machineOf(place), options, cells });

/** Adapter and browser in a line. */
export function placeLine(place: Place): string {
  const { adapter, versions, host } = machineOf(place);
  const gpu = place.device
    ? `WebGPU on ${adapter.name}${adapter.software ? ", a software adapter: no GPU" : ""}`
    : "CPU methods alone";
  return `On this device: ${gpu}; ${versions.webgpu}, ${host.platform}.`;
}

export function placeFacts(place: Place): [name: string, value: string][] {
  const { adapter, host, versions } = machineOf(place);
  const { device } = place;
  const more: [string, string][] = device
    ? [
        [
          "Software adapter",
          adapter.software ? "yes: it runs on the CPU, there is no GPU in these numbers" : "no",
        ],
        [
          "Largest buffer",
          bytesText(Math.min(device.caps.maxBufferSize, device.caps.maxStorageBufferBindingSize)),
        ],
        [
          "Kernel times",
          place.timestamps ? "timestamps of every dispatch" : "no timestamps here: execute minus upload",
        ],
      ]
    : [];
  return [
    [
      "Adapter",
      device
        ? [adapter.name, adapter.vendor && `(${adapter.vendor} ${adapter.architecture})`]
            .filter(Boolean)
            .join(" ")
        : "none",
    ],
    ...more,
    ["Browser", `${versions.webgpu}, ${host.platform}`],
    ["CPU", `${host.cores} logical cores; the CPU methods use one`],
    ["Clock", `steps of ${short(place.clockStep)} ms`],
  ];
}
