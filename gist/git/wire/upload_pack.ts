/**
 * A fetch of one commit and its objects, in one request. See "Packfile Negotiation" in git's `gitprotocol-pack`.
 *
 * @module
 */

import { escapeText } from "../../../lock/mod.ts";
import type { Bytes } from "../objects/bytes.ts";
import { GitFormatError } from "../objects/errors.ts";
import { encodePktLines, FLUSH, PktReader, pktText } from "./pkt_line.ts";
import { readSideBand } from "./side_band.ts";

export const AGENT = "agent=multicluster-leader-election";

/** The commits and blobs to fetch. */
interface UploadPackRequest {
  /** The id of the newest commit. */
  readonly want: string;
  readonly depth: number;
  /** Leaves out blobs of at least this size, in bytes. Needs the server's capability `filter`. */
  readonly blobLimit?: number | undefined;
}

/** Encodes the body of `POST git-upload-pack`. */
export function encodeUploadPackRequest({ want, depth, blobLimit }: UploadPackRequest): Bytes {
  const filter = blobLimit === undefined ? [] : [`filter blob:limit=${blobLimit}\n`];
  const capabilities = [
    "side-band-64k",
    "ofs-delta",
    "no-progress",
    ...(blobLimit === undefined ? [] : ["filter"]),
    AGENT,
  ];
  return encodePktLines([
    `want ${want} ${capabilities.join(" ")}\n`,
    `deepen ${depth}\n`,
    ...filter,
    FLUSH,
    "done\n",
  ]);
}

/**
 * Returns the pack in the response to {@linkcode encodeUploadPackRequest}.
 *
 * @throws {GitFormatError} If the response is truncated or malformed, or reports an error.
 */
export function parseUploadPackAnswer(body: Uint8Array): Bytes {
  const reader = new PktReader(body);
  for (let acknowledged = false; !acknowledged;) {
    const line = reader.next();
    if (line === "flush") continue;
    const text = typeof line === "string" ? line : pktText(line);
    // Commits whose parents were left out, as the pack itself shows.
    if (text.startsWith("shallow ")) continue;
    if (text === "NAK" || text.startsWith("ACK ")) acknowledged = true;
    else {
      throw new GitFormatError(
        `the server must acknowledge the request, got "${escapeText(text)}"`,
      );
    }
  }
  return readSideBand(reader).data;
}
