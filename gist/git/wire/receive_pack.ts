/**
 * A push that moves one ref, in one request. See "Reference Update Request" and "Report Status" in git's
 * `gitprotocol-pack`.
 *
 * @module
 */

import { escapeText } from "../../../lock/mod.ts";
import { type Bytes, concatBytes } from "../objects/bytes.ts";
import { GitFormatError } from "../objects/errors.ts";
import { encodePktLines, FLUSH, PktReader, pktText } from "./pkt_line.ts";
import { readSideBand } from "./side_band.ts";
import { AGENT } from "./upload_pack.ts";

/** A ref to move. The server moves it only if it still has the old id. */
export interface ReceivePackRequest {
  readonly ref: string;
  readonly oldId: string;
  readonly newId: string;
  /** The objects that the server lacks. */
  readonly pack: Uint8Array;
}

/** The server's report on a push. Its texts come from outside. */
export interface PushReport {
  /** Whether the ref moved. */
  readonly ok: boolean;
  /** Why the ref did not move; empty if it did. */
  readonly reason: string;
  readonly messages: string;
}

/** Encodes the body of `POST git-receive-pack`. */
export function encodeReceivePackRequest({ ref, oldId, newId, pack }: ReceivePackRequest): Bytes {
  const command = `${oldId} ${newId} ${ref}\0report-status side-band-64k ${AGENT}`;
  return concatBytes([encodePktLines([command, FLUSH]), pack]);
}

/**
 * Parses the response to {@linkcode encodeReceivePackRequest}.
 *
 * @throws {GitFormatError} If it is truncated or malformed, or does not mention the ref.
 */
export function parseReceivePackAnswer(body: Uint8Array, ref: string): PushReport {
  const { data, messages } = readSideBand(new PktReader(body));
  const report = new PktReader(data);
  const unpack = statusLine(report);
  let status: string | undefined;
  for (let line = statusLine(report); line !== undefined; line = statusLine(report)) {
    if (line === `ok ${ref}` || line.startsWith(`ng ${ref} `)) status = line;
  }
  if (unpack === undefined || !unpack.startsWith("unpack ") || status === undefined) {
    throw new GitFormatError(`the report does not mention ${escapeText(ref)}`);
  }
  const ok = unpack === "unpack ok" && status.startsWith("ok ");
  const reason = unpack === "unpack ok" ? status.slice(`ng ${ref} `.length) : unpack;
  return { ok, reason: ok ? "" : reason, messages };
}

/** Reads a line of the report; `undefined` at its end. */
function statusLine(report: PktReader): string | undefined {
  const line = report.next();
  if (line === "flush") return undefined;
  if (typeof line === "string") throw new GitFormatError("the report is truncated");
  return pktText(line);
}
