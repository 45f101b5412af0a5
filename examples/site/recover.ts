/** Runs a call, and once more when the GPU goes away in the middle of it. */

import { DeviceError } from "../../src/api/index.ts";

/**
 * @param call makes its own engine or uses the shared one, which is made anew after a loss
 * @param say told what happened, in a sentence
 * @throws what the call throws; a DeviceError only when the second attempt fails too
 */
export async function recovering<Answer>(
  call: () => Promise<Answer>,
  say: (text: string) => void,
): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof DeviceError) || !navigator.gpu) throw error;
    say("The GPU device was lost. Running again on a new one.");
    const answer = await call();
    say("The GPU device was lost during the run; it was repeated on a new one.");
    return answer;
  }
}
