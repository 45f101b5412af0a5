/** JSON.parse with a message that says where. */

/**
 * @param where start of the message, "smooth: --model model.json"
 * @param ErrorClass what is thrown
 */
export function parseJson(text: string, where: string, ErrorClass: new (message: string) => Error): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = (error as Error).message.replace(/\s+/g, " ");
    throw new ErrorClass(`${where} expected JSON, got text that is not (${reason}). Correct the file.`);
  }
}
