import type { GpuEmissions } from "../../../inference/index.ts";

/**
 * Several densities as one: their texts one behind the other, every name of block b with b behind it, their records and parameters one
 * behind the other.
 */
export function productGpu(blocks: readonly GpuEmissions[]): GpuEmissions {
  const parameterFloats = blocks.reduce((sum, { parameters }) => sum + parameters.length, 0);
  const parameters = new Float32Array(Math.max(1, parameterFloats));
  const recordFloats = blocks.reduce((sum, block) => sum + block.recordFloats, 0);
  const constants: Record<string, number> = {};
  const offsets: number[] = [];
  const terms: string[] = [];
  let [record, parameter] = [0, 0];
  blocks.forEach((block, b) => {
    parameters.set(block.parameters, parameter);
    for (const [name, value] of Object.entries(block.constants)) constants[suffixed(name, b)] = value;
    offsets.push(parameter);
    terms.push(`${suffixed("emission_nats", b)}(record + ${record}u, e)`);
    record += block.recordFloats;
    parameter += block.parameters.length;
  });
  let text: string | undefined;
  const compose = (snippet: Snippets): string =>
    blocks
      .map((block, b) => renamed(textOf(block, snippet), Object.keys(block.constants), b, offsets[b]))
      .concat(
        `fn emission_nats(record: u32, e: u32) -> vec2f { return max(${terms.join(" + ")}, vec2f(LOG_ZERO)); }`,
      )
      .join("\n");
  const scratch = new Float32Array(recordFloats);
  return {
    // Asked for at every dispatch.
    kernel: {
      compose(snippet) {
        text ??= compose(snippet);
        return text;
      },
    },
    constants,
    parameters,
    recordFloats,
    packRecords(series, start, end, out, at) {
      for (let t = start; t < end; t++) {
        let to = at + (t - start) * recordFloats;
        for (const block of blocks) {
          scratch.fill(0);
          block.packRecords(series, t, t + 1, scratch, 0);
          out.set(scratch.subarray(0, block.recordFloats), to);
          to += block.recordFloats;
        }
      }
    },
    baseline: (series, step) => blocks.reduce((sum, block) => sum + block.baseline(series, step), 0),
  };
}

/** Texts of shaders/emissions by their stems; they are there when kernels are made. */
type Snippets = (stem: string) => string;

const textOf = ({ kernel }: GpuEmissions, snippet: Snippets): string =>
  "stem" in kernel
    ? snippet(kernel.stem)
    : "source" in kernel
      ? `${snippet("one_word")}\n${kernel.source}`
      : kernel.compose(snippet);

const suffixed = (name: string, b: number): string => `${name}_${b}`;

/** The text with its constants and everything that it declares renamed, its parameters starting at `offset`. */
function renamed(text: string, constants: readonly string[], b: number, offset: number): string {
  const bare = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  const declared = [...bare.matchAll(/^\s*(?:fn|const|struct|alias)\s+([A-Za-z_]\w*)/gm)].map(
    ([, name]) => name,
  );
  const own = new Set([...constants, ...declared]);
  return bare
    .replace(/\b[A-Za-z_]\w*\b/g, word => (own.has(word) ? suffixed(word, b) : word))
    .replace(/\bemission_parameters\s*\[/g, `emission_parameters[${offset}u + `);
}
