/** For tests: the bytes of files of arrays, the cells of tables, and documents of two states. */

import { readFileSync } from "node:fs";
import { readNpy, writeNpy } from "../data/npy.ts";
import { npzPieces } from "../data/npz.ts";
import { readZip } from "../data/zip.ts";

const WHERE = { call: "", option: "", path: "" };

export const npyBytes = (data: number[], shape: number[]) => writeNpy(Float64Array.from(data), shape);

export function npzBytes(arrays: Record<string, readonly [number[], number[]]>): Buffer {
  const fields = Object.entries(arrays).map(
    ([key, [data, shape]]) => [key, { data: Float64Array.from(data), shape }] as const,
  );
  return Buffer.concat([...npzPieces("test", fields)].map(piece => Buffer.from(piece)));
}

export const npyFile = (path: string) => readNpy(readFileSync(path), WHERE);

export const npzMember = (path: string, name: string) =>
  readNpy(readZip(readFileSync(path), WHERE).get(`${name}.npy`) as Uint8Array, WHERE);

/** Rows of a csv or tsv file, the header included. */
export const cells = (path: string): string[][] =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map(line => line.split(/[,\t]/));

/** A document of a hidden Markov model, two states unless changed. */
export const hmmDocument = (emissions: object, change: object = {}): string =>
  JSON.stringify({
    format: "statescan/model@1",
    type: "hmm",
    initialProbs: [0.5, 0.5],
    transitionMatrix: [
      [0.9, 0.1],
      [0.2, 0.8],
    ],
    emissions,
    ...change,
  });
