/** Dense arrays on the host: row-major, typed, with a shape. */

/** A typed array with a shape; entries are row-major, `data.length` is the product of `shape`. */
export interface NDArray<Data extends Float32Array | Float64Array | Int32Array | Uint32Array = Float64Array> {
  readonly data: Data;
  readonly shape: readonly number[];
}

/** Numbers nested to any depth; null and NaN mean *missing* where missing values are allowed. */
export type NestedNumbers = number | null | readonly NestedNumbers[];

/** Typed arrays of numbers; those of bigints are refused. */
export type TypedNumbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

/** What the API accepts for an array: nested arrays, a typed array (one axis), or typed data with a shape. */
export type ArrayInput =
  | NestedNumbers
  | TypedNumbers
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] };
