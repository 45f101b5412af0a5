import type { NDArray } from "../../../engine/index.ts";
import { ParameterError, ShapeError } from "../../../engine/index.ts";
import { say, valueText } from "../../say.ts";
import { bindRows, type MovingRow } from "./bind_rows.ts";
import type { EmissionData, EmissionFamily, FamilyContext, Row } from "./family.ts";
import { productGpu } from "./product_gpu.ts";

/** Some channels with a family of their own. */
interface Block {
  readonly family: EmissionFamily;
  /** The channels of y that are its channels. */
  readonly channels: readonly number[];
}

/** Reads one block: {family, …parameters}. */
type ReadBlock = (context: FamilyContext, given: unknown) => EmissionFamily;
/** The JSON of one block. */
type BlockDocument = (family: EmissionFamily) => Record<string, unknown> | undefined;

/**
 * Several families on blocks of channels, independent given the state: {family: "product", blocks: [{family, channels?, …parameters}]}.
 * A block takes the channels it names, or else the next ones. All that take inputs take all of u. Statistics: those of the blocks,
 * named "blocks[0].sums" and so on.
 */
export function makeProduct(
  context: FamilyContext,
  given: Readonly<Record<string, unknown>>,
  read: ReadBlock,
  document: BlockDocument,
): EmissionFamily {
  const blocks = readBlocks(context, given.blocks, read);
  const E = context.numEmissions;
  const m = blocks.reduce((sum, { channels }) => sum + channels.length, 0);
  const inputDim = Math.max(...blocks.map(({ family }) => family.inputDim));
  const all = <Key extends keyof EmissionFamily>(key: Key): boolean =>
    blocks.every(({ family }) => family[key] !== undefined);
  const views = blocks.map(block => new BlockView(block, m));
  const own = {
    numEmissions: E,
    emissionDim: m,
    inputDim,
    lags: Math.max(...blocks.map(({ family }) => family.lags)),
    logDensity(e: number, row: Row): number {
      let sum = 0;
      for (const view of views) sum += view.block.family.logDensity(e, view.from(row));
      return sum;
    },
  };
  return {
    family: "product",
    parameters: named(blocks.map(({ family }) => family.parameters)),
    ...own,
    ...(blocks.every(({ family }) => document(family)) && {
      document: () => ({
        family: "product",
        blocks: blocks.map(({ family, channels }) => ({ ...document(family), channels: [...channels] })),
      }),
    }),
    ...(blocks.some(({ family }) => family.load) && {
      async load(call: string) {
        for (const { family } of blocks) await family.load?.(call);
      },
    }),
    bind(call, data) {
      const parts = views.map(view => view.block.family.bind(call, view.data(data)));
      return { ...bindRows(own, data), gpu: productGpu(parts.map(part => part.gpu)) };
    },
    ...(all("sample") && {
      sample(e: number, row: Row, random: Parameters<NonNullable<EmissionFamily["sample"]>>[2]) {
        for (const view of views) {
          const part = view.from(row);
          view.block.family.sample!(e, part, random);
          view.back(part, row);
        }
      },
    }),
    ...(all("mean") && {
      mean(e: number, row: Row, out: Float64Array, at: number) {
        for (const view of views) {
          const { family, channels } = view.block;
          const part = new Float64Array(channels.length);
          family.mean!(e, view.from(row), part, 0);
          channels.forEach((channel, i) => {
            out[at + channel] = part[i];
          });
        }
      },
    }),
    ...(all("covariance") && {
      covariance(e: number, row: Row, out: Float64Array, at: number) {
        out.fill(0, at, at + m * m);
        for (const view of views) {
          const { family, channels } = view.block;
          const part = new Float64Array(channels.length ** 2);
          family.covariance!(e, view.from(row), part, 0);
          channels.forEach((a, i) => {
            channels.forEach((b, j) => {
              out[at + a * m + b] = part[i * channels.length + j];
            });
          });
        }
      },
    }),
    ...(all("sufficientStatistics") && {
      sufficientStatistics: (data: EmissionData, probs: Float64Array) =>
        named(views.map(view => view.block.family.sufficientStatistics!(view.data(data), probs))),
    }),
  };
}

/** The rows and data of one block, copied out of those of all channels. */
class BlockView {
  readonly block: Block;
  private readonly m: number;
  private readonly row: MovingRow;

  constructor(block: Block, m: number) {
    this.block = block;
    this.m = m;
    const size = block.channels.length;
    const { lags } = block.family;
    this.row = {
      observations: new Float64Array((lags + 1) * size),
      at: lags * size,
      step: 0,
      inputsAt: 0,
    };
  }

  /** A row of the block, with as many rows before it as it looks back on; overwritten by the next. */
  from({ observations, at, step, inputs, inputsAt }: Row): MovingRow {
    const { row, m } = this;
    const { channels, family } = this.block;
    for (let l = 0; l <= Math.min(family.lags, step); l++)
      channels.forEach((channel, i) => {
        row.observations[row.at - l * channels.length + i] = observations[at - l * m + channel];
      });
    row.step = step;
    row.inputs = inputs;
    row.inputsAt = inputsAt;
    return row;
  }

  /** Copies what was drawn into the row of all channels. */
  back(part: Row, { observations, at }: Row): void {
    this.block.channels.forEach((channel, i) => {
      observations[at + channel] = part.observations[part.at + i];
    });
  }

  data(data: EmissionData): EmissionData {
    const { m } = this;
    const { channels } = this.block;
    const rows = data.numSeries * data.numSteps;
    const observations = new Float64Array(rows * channels.length);
    for (let row = 0; row < rows; row++)
      channels.forEach((channel, i) => {
        observations[row * channels.length + i] = data.observations[row * m + channel];
      });
    return { ...data, observations, where: (s, t, i) => data.where(s, t, channels[i]) };
  }
}

/** Arrays by block and name. */
const named = (parts: readonly Readonly<Record<string, NDArray>>[]): Record<string, NDArray> =>
  Object.fromEntries(
    parts.flatMap((part, b) => Object.entries(part).map(([key, value]) => [`blocks[${b}].${key}`, value])),
  );

function readBlocks(context: FamilyContext, given: unknown, read: ReadBlock): Block[] {
  const { call, path } = context;
  if (!Array.isArray(given) || given.length === 0) {
    const fix = 'Write [{family: "poisson", rates}, {family: "gaussian", …}].';
    throw new ParameterError(say(call, `${path}blocks`, "a list of families", valueText(given), fix));
  }
  let next = 0;
  let inputDim = 0;
  const blocks = given.map((entry, b): Block => {
    const where = `${path}blocks[${b}]`;
    if (entry === null || typeof entry !== "object") {
      const fix = "Write {family, …parameters}.";
      throw new ParameterError(say(call, where, "a family with its parameters", valueText(entry), fix));
    }
    const { channels, ...rest } = entry as Record<string, unknown>;
    const family = read({ ...context, path: `${where}.` }, rest);
    const own = channels ?? Array.from({ length: family.emissionDim }, (_, i) => next + i);
    if (!Array.isArray(own) || own.length !== family.emissionDim) {
      const expected = `a list of ${family.emissionDim} channels, as the family has`;
      throw new ShapeError(say(call, `${where}.channels`, expected, valueText(own), "Give one for each."));
    }
    if (family.inputDim > 0 && inputDim > 0 && family.inputDim !== inputDim) {
      const expected = `weights on ${inputDim} inputs as in the blocks before`;
      throw new ShapeError(
        say(call, where, expected, `${family.inputDim}`, "All act on the same inputs: pad with zeros."),
      );
    }
    inputDim = Math.max(inputDim, family.inputDim);
    next = Math.max(next, ...own.map(channel => channel + 1));
    return { family, channels: own };
  });
  const used = blocks.flatMap(({ channels }) => channels).sort((a, b) => a - b);
  if (used.some((channel, i) => channel !== i)) {
    const fix = "Every channel belongs to one block.";
    throw new ParameterError(
      say(call, `${path}blocks`, `channels 0 … ${used.length - 1}, each once`, used.join(", "), fix),
    );
  }
  return blocks;
}
