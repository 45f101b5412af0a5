/** NumPy's archives of arrays. */

import { DataError } from "../../api/index.ts";
import { readNpy, writeNpy } from "./npy.ts";
import { place, type Source } from "./series.ts";
import { readZip, zipPieces } from "./zip.ts";

interface DenseArray {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

const KNOWN = ["observations", "inputs"];

/**
 * The array "observations", with "inputs" beside it, or the only array of the archive.
 * @throws DataError
 */
export function readNpz(bytes: Buffer, source: Source): { observations: DenseArray; inputs?: DenseArray } {
  const members = readZip(bytes, source);
  const names = [...members.keys()].map(name => name.replace(/\.npy$/, ""));
  const read = (name: string): DenseArray => {
    const member = members.get(`${name}.npy`) ?? (members.get(name) as Uint8Array);
    return readNpy(member, { ...source, path: `${source.path}, array "${name}",` });
  };
  if (names.length === 1) return { observations: read(names[0]) };
  if (!names.includes("observations")) {
    throw new DataError(
      `${place(source)} expected one array, or arrays named ${KNOWN.join(" and ")}, got ${names.join(", ") || "none"}. ` +
        "Name the data with numpy.savez(file, observations=y).",
    );
  }
  const observations = read("observations");
  return names.includes("inputs") ? { observations, inputs: read("inputs") } : { observations };
}

/** An archive of arrays by name. */
export function npzPieces(
  call: string,
  arrays: Iterable<
    readonly [string, { readonly data: Float64Array | Float32Array; readonly shape: readonly number[] }]
  >,
): Generator<Uint8Array> {
  const members = function* () {
    for (const [name, { data, shape }] of arrays) yield [`${name}.npy`, writeNpy(data, shape)] as const;
  };
  return zipPieces(call, members());
}
