/**
 * Fetching: one commit and what it needs, in one request. See "Packfile Negotiation" in git's `gitprotocol-pack`.
 *
 * @module
 */

import { escapeText } from "../../../lock/mod.ts";
import type { Bytes } from "../objects/bytes.ts";
import { GitFormatError } from "../objects/errors.ts";
import { encodePktLines, FLUSH, PktReader, pktText } from "./pkt_line.ts";
import { readSideBand } from "./side_band.ts";

/** What this module calls itself to a git server. */
export const AGENT = "agent=multicluster-leader-election";

/** What to fetch. */
export interface UploadPackRequest {
  /** The commit. */
  readonly want: string;
  /** How many commits of its history; 1 is that commit alone. */
  readonly depth: number;
  /**
   * Leaves out blobs of this size and more, in bytes. Only for a server that has the `filter` capability.
   *
   * @default {undefined} every blob
   */
  readonly blobLimit?: number | undefined;
}

/**
 * Writes the body of `POST git-upload-pack`.
 *
 * @param request What to fetch.
 */
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
 * Reads the answer to {@linkcode encodeUploadPackRequest}.
 *
 * @param body The answer.
 * @returns The pack.
 * @throws {GitFormatError} If it breaks off, is something else, or says why there is no pack.
 */
export function parseUploadPackAnswer(body: Uint8Array): Bytes {
  const reader = new PktReader(body);
  for (let acknowledged = false; !acknowledged;) {
    const line = reader.next();
    if (line === "flush") continue;
    const text = typeof line === "string" ? line : pktText(line);
    // The commits whose parents were left out; that shows in the pack itself.
    if (text.startsWith("shallow ")) continue;
    if (text === "NAK" || text.startsWith("ACK ")) acknowledged = true;
    else {
      throw new GitFormatError(
        `Cannot read the answer as it must acknowledge the request: it says "${escapeText(text)}"`,
      );
    }
  }
  return readSideBand(reader).data;
}
