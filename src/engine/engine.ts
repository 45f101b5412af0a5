import { DeviceError } from "./errors.ts";

/** What the adapter says of itself. */
export interface AdapterInfo {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** true for SwiftShader, llvmpipe, WARP and other CPU implementations. */
  readonly software: boolean;
}

export interface EngineOptions {
  /** A device the page already has; it is never destroyed by the engine. */
  device?: GPUDevice;
  /** hardware: refuse a software adapter. software: ask for one. Default auto. */
  gpu?: "auto" | "hardware" | "software";
  powerPreference?: GPUPowerPreference;
  /** Milliseconds for one adapter request. Default 10 000. */
  timeout?: number;
  /** How often to ask again when the answer is null. Default 3. */
  retries?: number;
}

export class Engine {
  readonly adapter!: AdapterInfo;
  dispose(): void {}
}

export async function createEngine(_options: EngineOptions = {}): Promise<Engine> {
  throw new DeviceError("createEngine: not there yet");
}
