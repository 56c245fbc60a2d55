import { LockUnavailableError } from "../../lock/mod.ts";
import { concatBytes } from "../bytes.ts";

/** The longest response body to read, in bytes. */
export const MAX_ANSWER_BYTES = 4 * 1_048_576;

const MAX_TEXT_BYTES = 65_536;

/** The longest body to read at once, in bytes as they are sent, by its encoding: gzip makes of a byte 1,032 at most. */
const MAX_AT_ONCE: Readonly<Record<string, number>> = {
  "": 65_536,
  gzip: Math.floor(MAX_ANSWER_BYTES / 1_032),
};

/**
 * Reads the whole body of a response.
 *
 * @throws {LockUnavailableError} If it is too long; the rest is not read.
 */
export async function readCapped(
  response: Response,
  host: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (isShort(response)) return new Uint8Array(await response.arrayBuffer());
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

/**
 * Whether the whole body is certainly short: then reading it at once takes a fraction of the time of reading its chunks. The
 * runtime holds a host to the length that it sent, but not who made the response in this process, which has no address then.
 */
function isShort({ url, headers }: Response): boolean {
  const length = headers.get("content-length") ?? "";
  const most = MAX_AT_ONCE[headers.get("content-encoding") ?? ""] ?? -1;
  return url !== "" && /^\d+$/.test(length) && Number(length) <= most;
}

/** Decodes the first 64 KiB of a text body, enough for any error message. */
export function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, MAX_TEXT_BYTES));
}
