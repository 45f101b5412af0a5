/** Where a result goes: standard output, or a file that appears only when it is complete. */

import { randomBytes } from "node:crypto";
import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { AbortedError } from "../../api/index.ts";
import { writeNpy } from "../data/npy.ts";
import { npzPieces } from "../data/npz.ts";
import { UsageError } from "../exit_codes.ts";
import type { Result } from "./result.ts";
import { csvText } from "./write_csv.ts";
import { jsonText } from "./write_json.ts";

/** Suffixes that can be written. */
export const OUT_SUFFIXES = [".json", ".csv", ".tsv", ".npy", ".npz"];

export interface Output {
  /** Write the result; a file is renamed into place at the end and removed if that fails. */
  write(result: Result, signal?: AbortSignal): Promise<void>;
}

/**
 * Check, before any work, that the output can be written.
 * @param path undefined = JSON on standard output
 * @param fields fields that will be there: npy takes one
 * @throws UsageError
 */
export function openOutput(call: string, path: string | undefined, fields: readonly string[]): Output {
  if (path === undefined) return { write: result => toStream(jsonText(result)) };
  const suffix = extname(path).toLowerCase();
  if (!OUT_SUFFIXES.includes(suffix)) {
    throw new UsageError(
      `${call}: --out expected a file ending in ${OUT_SUFFIXES.join(", ")}, got ${path}. Choose one of these suffixes.`,
    );
  }
  if (suffix === ".npy" && fields.length !== 1) {
    throw new UsageError(
      `${call}: --out ${path} expected one field, got ${fields.length}. Choose it: --fields ${fields[0]}, or name a .npz file.`,
    );
  }
  checkWritable(call, path);
  return { write: (result, signal) => toFile(call, path, contentOf(result, suffix), signal) };
}

function contentOf(result: Result, suffix: string): Iterable<string | Uint8Array> {
  if (suffix === ".json") return jsonText(result);
  if (suffix === ".csv") return csvText(result, ",");
  if (suffix === ".tsv") return csvText(result, "\t");
  if (suffix === ".npz") return npzPieces(result.call, arraysOf(result));
  const [[, { data, shape }]] = arraysOf(result);
  return [writeNpy(data, shape)];
}

/** The fields as floats, and the lengths of the series where they may differ. */
function* arraysOf({ fields, batched, summary }: Result) {
  for (const [label, { data, shape }] of fields)
    yield [label, { data: data instanceof Float32Array ? data : Float64Array.from(data), shape }] as const;
  const lengths = Float64Array.from(summary.lengths);
  if (batched) yield ["lengths", { data: lengths, shape: [lengths.length] }] as const;
}

const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);

function checkWritable(call: string, path: string): void {
  const trial = temporaryName(path);
  let isFolder = false;
  try {
    isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    closeSync(openSync(trial, "wx"));
    rmSync(trial);
  } catch (error) {
    throw unwritable(call, path, error as NodeJS.ErrnoException);
  }
  if (isFolder) {
    throw new UsageError(`${call}: --out expected a file, got the folder ${path}. Name a file in it.`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "that does not exist",
  ENOTDIR: "that is not a folder",
  EACCES: "without permission to write",
  EPERM: "without permission to write",
  EROFS: "on a read-only disk",
  ENOSPC: "on a full disk",
};

function unwritable(call: string, path: string, error: NodeJS.ErrnoException): UsageError {
  const reason = REASONS[error.code ?? ""] ?? `that gives ${error.code ?? error.message}`;
  return new UsageError(
    `${call}: --out expected a writable place, got the folder ${dirname(path)} ${reason}. Choose another path.`,
    { cause: error },
  );
}

async function toFile(
  call: string,
  path: string,
  content: Iterable<string | Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const temporary = temporaryName(path);
  const removeNow = () => rmSync(temporary, { force: true });
  process.once("exit", removeNow);
  try {
    const file = await open(temporary, "wx");
    try {
      for (const piece of content) {
        stopIfAborted(call, signal);
        await file.appendFile(piece);
      }
    } finally {
      await file.close();
    }
    stopIfAborted(call, signal);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).syscall)
      throw unwritable(call, path, error as NodeJS.ErrnoException);
    throw error;
  } finally {
    process.off("exit", removeNow);
  }
}

async function toStream(content: Iterable<string>): Promise<void> {
  for (const piece of content) {
    if (!process.stdout.write(piece)) await new Promise(resolve => process.stdout.once("drain", resolve));
  }
}

function stopIfAborted(call: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError(`${call}: stopped before the result was written.`);
}
