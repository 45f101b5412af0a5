/** Runs a task again whenever asked, never twice at once: a newer request stops the running one and takes its place. */

export type Task<Request> = (request: Request, signal: AbortSignal) => Promise<void>;

/**
 * @returns call it with the newest request; it resolves when nothing is left to do.
 * Aborted runs end silently; other errors go to `failed`.
 */
export function latest<Request>(
  task: Task<Request>,
  failed: (error: unknown) => void,
): (request: Request) => Promise<void> {
  let next: { request: Request } | undefined;
  let controller: AbortController | undefined;
  let running: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    while (next) {
      const { request } = next;
      next = undefined;
      controller = new AbortController();
      try {
        await task(request, controller.signal);
      } catch (error) {
        if (!controller.signal.aborted) failed(error);
      }
    }
    running = undefined;
  };
  return request => {
    next = { request };
    controller?.abort();
    running ??= drain();
    return running;
  };
}
