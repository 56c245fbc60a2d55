import { LockUnavailableError } from "../../lock/mod.ts";

/** The longest answer that is read, in bytes. */
export const MAX_ANSWER_BYTES = 4 * 1_048_576;

/** The most of a text that is searched for what it says, in bytes. */
const MAX_TEXT_BYTES = 65_536;

/**
 * Reads the whole body of a response.
 *
 * @param response The response.
 * @param host Where it comes from, for the error.
 * @throws {LockUnavailableError} If it is too long; the rest is not read.
 */
export async function readCapped(
  response: Response,
  host: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      throw new LockUnavailableError(
        `Cannot read the answer of ${host} as it must be at most ${MAX_ANSWER_BYTES} bytes long: keep nothing but small texts beside the lock`,
      );
    }
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

/** The beginning of a text body: what it is about is said there. */
export function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, MAX_TEXT_BYTES));
}
