/**
 * Pushing: one ref from one id to another, in one request. See "Reference Update Request" and "Report Status" in git's
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

/** A ref to move. The server moves it only where it still names the old id. */
export interface ReceivePackRequest {
  /** The full name of the ref. */
  readonly ref: string;
  /** What it must name now. */
  readonly oldId: string;
  /** What it shall name. */
  readonly newId: string;
  /** The objects that the server does not have. */
  readonly pack: Uint8Array;
}

/** Whether the ref moved, as the server reports. */
export interface PushReport {
  /** Whether the ref names the new id. */
  readonly ok: boolean;
  /** Why not, in the server's words; text from outside. Empty where it did. */
  readonly reason: string;
  /** What the server tells the person at the other end; text from outside. */
  readonly messages: string;
}

/**
 * Writes the body of `POST git-receive-pack`.
 *
 * @param request What to move, and the pack.
 */
export function encodeReceivePackRequest(
  { ref, oldId, newId, pack }: ReceivePackRequest,
): Bytes {
  const command = `${oldId} ${newId} ${ref}\0report-status side-band-64k ${AGENT}`;
  return concatBytes([encodePktLines([command, FLUSH]), pack]);
}

/**
 * Reads the answer to {@linkcode encodeReceivePackRequest}.
 *
 * @param body The answer.
 * @param ref The ref that was to move.
 * @throws {GitFormatError} If it breaks off, is something else, or says nothing of that ref.
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
    throw new GitFormatError(
      `Cannot read the report as it must say what became of ${escapeText(ref)}`,
    );
  }
  const ok = unpack === "unpack ok" && status.startsWith("ok ");
  const reason = unpack === "unpack ok" ? status.slice(`ng ${ref} `.length) : unpack;
  return { ok, reason: ok ? "" : reason, messages };
}

/** A line of the report, or `undefined` at its end. */
function statusLine(report: PktReader): string | undefined {
  const line = report.next();
  if (line === "flush") return undefined;
  if (typeof line === "string") throw new GitFormatError("Cannot read the report as it breaks off");
  return pktText(line);
}
