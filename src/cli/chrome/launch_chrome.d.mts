/** Flags for one launch of the browser. */
export function chromeFlags(kind: "hardware" | "software"): string[];

/** Does this machine look as if it had a GPU that Chrome can use? */
export function mayHaveGpu(): boolean;

/** A started browser. */
export interface Chrome {
  readonly pid: number | undefined;
  /** Resolves with words on how the browser ended. */
  readonly exited: Promise<string>;
  /** Kills the whole process group and removes the profile folder. */
  close(): void;
}

/** Start headless Chrome on a page, in its own process group, with a fresh profile folder. */
export function launchChrome(path: string, flags: string[], url: string): Chrome;
