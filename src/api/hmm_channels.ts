/** Which family each channel of an observation has: one for all, but for products. */

import type { EmissionFamily } from "../models/index.ts";

export interface ChannelBlock {
  /** Name of the family. */
  readonly family: string;
  /** Its parameters by name. */
  readonly parameters: EmissionFamily["parameters"];
  /** The channels of the observation that are its channels, in order. */
  readonly channels: readonly number[];
}

export function channelBlocks({ family, parameters, emissionDim, document }: EmissionFamily): ChannelBlock[] {
  const all = Array.from({ length: emissionDim }, (_, i) => i);
  if (family !== "product" || document === undefined) return [{ family, parameters, channels: all }];
  const { blocks } = document() as { blocks: { family: string; channels: number[] }[] };
  return blocks.map(({ family: name, channels }, b) => {
    const prefix = `blocks[${b}].`;
    const own = Object.entries(parameters).filter(([key]) => key.startsWith(prefix));
    return {
      family: name,
      channels,
      parameters: Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    };
  });
}
