/** NumPy's archives of arrays. */

import { DataError } from "../../api/index.ts";
import { readNpy, writeNpy } from "./npy.ts";
import { type ArrayName, place, type Source } from "./series.ts";
import { readZip, zipPieces } from "./zip.ts";

interface DenseArray {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/**
 * The array of that name, or the only array of the archive; beside observations their inputs.
 * @throws DataError
 */
export function readNpz(
  bytes: Buffer,
  source: Source,
  wanted: ArrayName = "observations",
): { main: DenseArray; inputs?: DenseArray } {
  const members = readZip(bytes, source);
  const names = [...members.keys()].map(name => name.replace(/\.npy$/, ""));
  const read = (name: string): DenseArray => {
    const member = members.get(`${name}.npy`) ?? (members.get(name) as Uint8Array);
    return readNpy(member, { ...source, path: `${source.path}, array "${name}",` });
  };
  if (names.length === 1) return { main: read(names[0]) };
  const observed = wanted === "observations";
  if (!names.includes(wanted)) {
    const known = observed ? "arrays named observations and inputs" : `an array named ${wanted}`;
    throw new DataError(
      `${place(source)} expected one array, or ${known}, got ${names.join(", ") || "none"}. ` +
        `Name the data with numpy.savez(file, ${wanted}=${observed ? "y" : "values"}).`,
    );
  }
  const main = read(wanted);
  return observed && names.includes("inputs") ? { main, inputs: read("inputs") } : { main };
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
