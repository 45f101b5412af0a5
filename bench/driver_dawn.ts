/** The bench on Dawn, WebGPU's implementation in Chrome, inside this Node process. */

import { createRequire } from "node:module";
import { createEngine } from "../src/engine/index.ts";
import type { Driver } from "./driver.ts";
import { runBench } from "./run.ts";

interface DawnPackage {
  create(options: readonly string[]): GPU;
  readonly globals: object;
}

const HOW_TO_GET_DAWN =
  "--driver dawn needs the package webgpu, which is not among the dependencies because it is large: npm i --no-save webgpu@0.6.2";

const WITHOUT_ADAPTER =
  "On Linux Dawn needs the Vulkan loader (libvulkan.so.1) and a driver; VK_DRIVER_FILES names the manifest of one. --gpu auto also takes a software driver.";

/** Timestamps as the GPU counts them, not rounded to 0.1 ms. */
const DAWN_FLAGS = ["enable-dawn-features=allow_unsafe_apis", "disable-dawn-features=timestamp_quantization"];

/** Kept for the life of the process: Dawn's instance dies with this object, and the process with the instance. */
let entry: GPU | undefined;

export const dawn: Driver = async (options, started, emit) => {
  const { create, globals } = await loadDawn();
  Object.assign(globalThis, globals);
  const flags = [...DAWN_FLAGS];
  if (process.platform === "linux") flags.push("backend=vulkan");
  if (options.adapter) flags.push(`adapter=${options.adapter}`);
  entry = create(flags);
  const engine = await createEngine({ entry, gpu: options.gpu }).catch((cause: Error) => {
    throw new Error(`${cause.message}\n${WITHOUT_ADAPTER}`, { cause });
  });
  try {
    started({ adapter: engine.adapter, timestamps: engine.caps.timestamps, client: dawnVersion() });
    await runBench(engine, options, emit);
  } finally {
    engine.dispose();
  }
};

async function loadDawn(): Promise<DawnPackage> {
  // A name the compiler cannot see: the package is optional and has no place in the types.
  const name: string = "webgpu";
  try {
    return (await import(/* @vite-ignore */ name)) as DawnPackage;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error(HOW_TO_GET_DAWN, { cause: error });
  }
}

/** Which package of Dawn was found. */
function dawnVersion(): string {
  const { version } = createRequire(import.meta.url)("webgpu/package.json") as { version: string };
  return `npm webgpu ${version} (Dawn)`;
}
