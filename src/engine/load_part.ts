import { StatescanError } from "./errors.ts";

/**
 * A part of the library that is loaded when it is first needed; where the build has several files, each part is one.
 * @param call name of the public call, for errors
 * @param what the part, for errors
 * @param load import() of it; a second one is answered without the network
 * @throws StatescanError when it cannot be loaded
 */
export async function loadPart<Part>(call: string, what: string, load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (cause) {
    throw new StatescanError(
      `${call}: the file with ${what} expected, got: ${String(cause)}. Serve all files of the build side by side and reload the page, or use dist/statescan.js, which is one file.`,
      { cause },
    );
  }
}
