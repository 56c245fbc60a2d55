/**
 * What a lock makes of the answers of a gist, by either protocol.
 *
 * By `rest` one answer may be made of two instants: the text of one revision beside a history that ends with another, in
 * either order. What such an answer shows is believed only as far as it is harmless; see {@linkcode answerToRead}.
 *
 * @module
 */

import type { Outcome } from "../../../elector/machine/events.ts";
import type { Protocol } from "../../../gist/mod.ts";
import { type Commit, isWrite, type WriteRequest } from "./store.ts";

/** What one answer is made of. By git, and mostly by REST, both are of one instant. */
export interface Shown {
  /** The revision whose text is shown. */
  readonly text: Commit;
  /** The newest revision that the history shows. */
  readonly head: Commit;
}

/** Who reads. */
export interface Reader {
  /** The number of its lock object. */
  readonly session: number;
  /** Whether its lock has read this revision's text by the revision's own name. */
  readonly knows: (commit: Commit) => boolean;
}

/** An answer of one instant. */
export function plain(commit: Commit): Shown {
  return { text: commit, head: commit };
}

/**
 * What a read says. A proven one tells what is in effect as of its history, by texts that were read by their revisions' own
 * names. Any other takes the text that is shown for that of the newest revision shown, if it may be, and says so; what
 * could make a candidate act (no file, no record, a write of its own) is proven at once.
 */
export function answerToRead(
  protocol: Protocol,
  { text, head }: Shown,
  reader: Reader,
  proof: boolean,
): Outcome {
  const isShown = protocol === "rest" && !proof && !reader.knows(head) && mayBe(text, head) &&
    text.file.kind === "record" && text.file.session !== reader.session;
  return isShown ? recordOf(text, head, false) : provenOf(head, reader.session);
}

/** Whether a text looks as if it were the newest revision's. So does that of any rival which named the same base. */
export function mayBe({ base }: Commit, head: Commit): boolean {
  return base !== undefined && base === head.parent?.version;
}

/** What a read by name says is in effect. */
export function provenOf({ effective }: Commit, session: number): Outcome {
  const { file, version, parent } = effective;
  switch (file.kind) {
    case "record":
      return recordOf(effective, effective, true, session);
    case "garbage":
      return { type: "unreadable", version, tokenFloor: file.tokenFloor };
    case "absent":
      // A file that was there once is an error that time does not mend.
      return parent ? { type: "failed", permanent: true } : { type: "absent" };
  }
}

/** What an answer says that shows the text of one revision as another one's. */
export function recordOf(
  { file }: Commit,
  { version }: Commit,
  isProven: boolean,
  session?: number,
): Outcome {
  if (file.kind !== "record") throw new Error("Only a record can be shown as one");
  const own = file.session === session;
  return { type: "record", observed: { record: file.record, version, own, isProven } };
}

/**
 * What the writer of a write learns from its answer. Which text that shows is of no account: only the direct successor of
 * its base can be this write, and that one is read by name.
 */
export function answerToWrite(_protocol: Protocol, { head }: Shown, write: WriteRequest): Outcome {
  const successor = successorOf(write.base, head);
  if (!successor) return { type: "failed" };
  if (!isWrite(successor, write)) return { type: "conflict" };
  if (head.effective !== successor) return { type: "failed" };
  return recordOf(successor, successor, true, write.session);
}

/** What a write may build on: a head, and the version that was proven to be in effect there, if there is one. */
export interface Seen {
  readonly head: Commit;
  readonly version: string | undefined;
}

/** What a write may build on after an answer. */
export function seenIn(outcome: Outcome, head: Commit): Seen | undefined {
  switch (outcome.type) {
    case "absent":
      return { head, version: undefined };
    case "unreadable":
      return { head, version: outcome.version };
    case "record": {
      const { version, isProven } = outcome.observed;
      return isProven === false ? undefined : { head, version };
    }
    default:
      return undefined;
  }
}

/** The revision directly after another one, as far as a history that ends with `head` shows it. */
export function successorOf(base: Commit, head: Commit): Commit | undefined {
  if (head.index <= base.index) return undefined;
  let commit = head;
  while (commit.parent && commit.parent !== base) commit = commit.parent;
  return commit;
}
