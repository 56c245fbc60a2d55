import { LockUnavailableError } from "../../lock/mod.ts";
import { concatBytes } from "../bytes.ts";

/** The longest response body to read, in bytes. */
export const MAX_ANSWER_BYTES = 4 * 1_048_576;

const MAX_TEXT_BYTES = 65_536;

/**
 * Reads the whole body of a response.
 *
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
        `The response of ${host} must be at most ${MAX_ANSWER_BYTES} bytes long, got more: store only small texts next to the lock`,
      );
    }
    chunks.push(chunk);
  }
  return concatBytes(chunks);
}

/** Decodes the first 64 KiB of a text body, enough for any error message. */
export function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, MAX_TEXT_BYTES));
}
