/** Finding an adapter: every request has a time-out (some driver and flag combinations never answer) and is retried. */
import { DeviceError } from "./errors.ts";

/** What the adapter says of itself. */
export interface AdapterInfo {
  /** Readable name for results: description, or device, architecture and vendor. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** true for SwiftShader, llvmpipe, WARP and other implementations on the CPU. */
  readonly software: boolean;
}

/** Which adapter to ask for, and how patiently. */
export interface AdapterOptions {
  /** hardware: refuse a software adapter. software: ask for one. Default auto. */
  gpu?: "auto" | "hardware" | "software";
  /** As in WebGPU. Default "high-performance". */
  powerPreference?: GPUPowerPreference;
  /** Milliseconds for one request. Default 10 000. */
  timeout?: number;
  /** How often to ask again when the answer is null. Default 3. */
  retries?: number;
  /** WebGPU entry point; default navigator.gpu. Give one to run on Dawn in Node. */
  entry?: GPU;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|\bwarp\b|microsoft basic/i;

export function describeAdapter(info: GPUAdapterInfo): AdapterInfo {
  const { vendor, architecture, device, description } = info;
  const fallback = (info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  const software = fallback || SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`);
  const name = description || [vendor, architecture, device].filter(Boolean).join(" ") || "unnamed adapter";
  return { name, vendor, architecture, device, description, software };
}

/** @throws DeviceError when there is no WebGPU, no adapter, none of the kind asked for, or no answer in time. */
export async function requestAdapter(call: string, options: AdapterOptions = {}): Promise<GPUAdapter> {
  const { gpu = "auto", powerPreference = "high-performance", timeout = 10_000, retries = 3 } = options;
  const entry = options.entry ?? (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!entry) {
    throw new DeviceError(
      `${call}: WebGPU expected in this browser, got none. Use a current Chrome, Edge, Firefox or Safari over https or localhost, or backend "cpu".`,
    );
  }
  for (let attempt = 0; attempt <= retries; attempt++) {
    if (attempt > 0) await new Promise(done => setTimeout(done, 300));
    const adapter = await withTimeout(
      entry.requestAdapter({
        powerPreference,
        ...(gpu === "software" ? { forceFallbackAdapter: true } : {}),
      }),
      timeout,
      `${call}: an adapter expected within ${timeout} ms, got no answer. The GPU process hangs: restart the browser, or use gpu "software" or backend "cpu".`,
    );
    if (!adapter) continue;
    const info = describeAdapter(adapter.info);
    if (gpu === "hardware" && info.software) {
      throw new DeviceError(
        `${call}: gpu expected a hardware adapter, got the software adapter ${info.name}. Use gpu "auto" or backend "cpu".`,
      );
    }
    return adapter;
  }
  throw new DeviceError(
    `${call}: an adapter expected, got null ${retries + 1} times. Check chrome://gpu; headless Chrome needs --enable-unsafe-webgpu; or use backend "cpu".`,
  );
}

/** Rejects with DeviceError(message) if the promise has not settled after `milliseconds`. */
export function withTimeout<T>(promise: Promise<T>, milliseconds: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeviceError(message)), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
