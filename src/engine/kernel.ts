/** Compiled kernels: made asynchronously once per text and constants, with explicit layouts from the manifest. */
import {
  type KernelSource,
  kernelSource,
  loadKernels,
  type Splice,
  USER_TEXT,
} from "../../shaders/manifest.ts";
import { ShaderError } from "./errors.ts";
import { loadPart } from "./load_part.ts";
import { type Constants, type Specialised, specialise } from "./specialise.ts";

export interface Kernel {
  readonly name: string;
  readonly source: KernelSource;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** A kernel and the sizes it is compiled for. */
export interface KernelKey {
  readonly name: string;
  readonly constants: Constants;
  /** Expand #for into straight-line code. */
  readonly unroll: boolean;
  /** What goes behind a kernel that takes a text in, such as the density of the emissions. */
  readonly splice?: Splice;
}

export class KernelCache {
  readonly #device: GPUDevice;
  readonly #kernels = new Map<string, Promise<Kernel>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * Compiles, or waits for, or returns the kernel.
   * @throws ShaderError with file, line and source; StatescanError when the kernels cannot be loaded
   */
  async get(key: KernelKey): Promise<Kernel> {
    await loadPart(key.name, "the kernels", () => loadKernels(key.name));
    const source = kernelSource(key.name, key.splice);
    const id = `${key.unroll ? "u" : "l"} ${JSON.stringify(key.constants)} ${source.name}\n${source.code}`;
    let kernel = this.#kernels.get(id);
    if (!kernel) {
      kernel = this.#compile(key, source);
      this.#kernels.set(id, kernel);
      kernel.catch(() => this.#kernels.delete(id));
    }
    return kernel;
  }

  async #compile(key: KernelKey, source: KernelSource): Promise<Kernel> {
    const text = specialise(source.code, key.constants, key.unroll);
    const device = this.#device;
    const layout = device.createBindGroupLayout({
      label: source.name,
      entries: source.bindings.map(({ binding, type }) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label: source.name, code: text.code });
    const scope = device.popErrorScope();
    const messages = (await module.getCompilationInfo()).messages.filter(m => m.type === "error");
    await scope;
    if (messages.length > 0) throw new ShaderError(explain(source, text, messages));
    const pipeline = await device
      .createComputePipelineAsync({
        label: source.name,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: "main" },
      })
      .catch((cause: unknown) => {
        throw new ShaderError(`${source.name}: a pipeline expected, got: ${String(cause)}`, { cause });
      });
    return { name: source.name, source, pipeline, layout };
  }
}

/** The first errors with the file and line a person wrote, and three lines of the text that was compiled. */
export function explain(
  source: KernelSource,
  text: Specialised,
  messages: readonly { message: string; lineNum: number; linePos: number }[],
): string {
  const compiled = text.code.split("\n");
  return messages
    .slice(0, 3)
    .map(({ message, lineNum, linePos }) => {
      const at = text.origin[lineNum - 1] ?? -1;
      const [file, line] = source.lines[at] ?? [-1, 0];
      const path = source.files[file];
      const where =
        file < 0 ? "constants" : path === USER_TEXT ? `${path}, line ${line}` : `shaders/${path}:${line}`;
      const shown = [lineNum - 1, lineNum, lineNum + 1]
        .filter(n => n >= 1 && n <= compiled.length)
        .map(n => `${n === lineNum ? ">" : " "} ${compiled[n - 1]}`);
      shown.splice(
        shown.findIndex(l => l.startsWith(">")) + 1,
        0,
        `  ${" ".repeat(Math.max(0, linePos - 1))}^`,
      );
      return `${source.name}: ${where}: ${message}\n${shown.join("\n")}`;
    })
    .join("\n");
}
