/**
 * What a gist does with writes and reads, by either protocol, as far as an election can tell. Pure and persistent: a commit
 * never changes, so that a checker may branch anywhere and a simulator may look back.
 *
 * @module
 */

import type { Outcome } from "../../elector/state.ts";
import { inEffect, type Protocol } from "../../gist/mod.ts";
import { EMPTY_RECORD, type LeaderElectionRecord } from "../../lock/mod.ts";

/** Who writes that is not one of the electors: a person, or a candidate written in Go. */
export const NOBODY = -1;

/** What the lock's file holds. */
export type File =
  | { readonly kind: "absent" }
  | { readonly kind: "record"; readonly record: LeaderElectionRecord; readonly session: number }
  | { readonly kind: "garbage"; readonly tokenFloor: number };

/** One revision of the gist. */
export interface Commit {
  /** Its place in the one total order of revisions. */
  readonly index: number;
  /** Names it. */
  readonly version: string;
  /** The one directly before it. */
  readonly parent: Commit | undefined;
  /** What the file holds. */
  readonly file: File;
  /** The file's text, as the in-effect rule reads it. */
  readonly content: string | undefined;
  /** The write that put it there; `undefined` for a foreign one. */
  readonly write: WriteRequest | undefined;
  /** When it was made (true time). */
  readonly at: number;
  /** The newest commit in effect while this one is the head. */
  readonly effective: Commit;
}

/** A write of an elector, as it travels. */
export interface WriteRequest {
  /** Whose: a number for each lock object. */
  readonly session: number;
  /** Makes it unlike any other. */
  readonly sequence: number;
  /** What for. */
  readonly purpose: "create" | "claim" | "renew" | "release";
  /** The head that it must follow. */
  readonly base: Commit;
  /** What it writes. */
  readonly record: LeaderElectionRecord;
  /** Its writer's clocks, read before it left. */
  readonly sentAt: { readonly monotonic: number; readonly wall: number };
  /** When it left (true time). */
  readonly leftAt: number;
}

const ABSENT: File = { kind: "absent" };

/** A gist that never held the file. */
export function newGist(): Commit {
  return makeCommit(undefined, ABSENT, undefined, 0, () => true);
}

/** A write arrives. Where it is refused, the head stays as it was. */
export function applyWrite(
  protocol: Protocol,
  head: Commit,
  write: WriteRequest,
  at: number,
): Commit {
  const { record, session, base, sequence } = write;
  const file: File = { kind: "record", record, session };
  if (protocol === "git") {
    if (head !== base) return head;
    return makeCommit(head, file, undefined, at, () => true, write);
  }
  const content = `{"base":"${base.version}","sequence":${sequence}}`;
  return makeCommit(head, file, content, at, isInEffect, write);
}

/** Somebody edits the file without a base: a person, a Go candidate, by REST or by an ordinary push. */
export function applyForeign(protocol: Protocol, head: Commit, file: File, at: number): Commit {
  const content = file.kind === "absent" ? undefined : `{"strategy":"foreign ${head.index}"}`;
  return makeCommit(head, file, content, at, protocol === "git" ? () => true : isInEffect);
}

/** Somebody edits another file of the gist: the record is carried on as it is. */
export function touchOther(protocol: Protocol, head: Commit, at: number): Commit {
  const { file, content } = head;
  return makeCommit(head, file, content, at, protocol === "git" ? () => false : isInEffect);
}

/** What the answer to a write says, when the server makes it from the history up to `head`. */
export function answerToWrite(head: Commit, write: WriteRequest): Outcome {
  let successor = head;
  while (successor.parent && successor.parent !== write.base) successor = successor.parent;
  const isMine = successor.parent === write.base && isWrite(successor, write);
  if (!isMine) return { type: "conflict" };
  if (head.effective !== successor) return { type: "failed" };
  return {
    type: "record",
    observed: { record: write.record, version: successor.version, own: true },
  };
}

/** What a read says that is answered from `head`. */
export function answerToRead({ effective }: Commit, session: number): Outcome {
  const { file, version, parent } = effective;
  switch (file.kind) {
    case "record":
      return {
        type: "record",
        observed: { record: file.record, version, own: file.session === session },
      };
    case "garbage":
      return { type: "unreadable", version, tokenFloor: file.tokenFloor };
    case "absent":
      // A file that was there once is an error that time does not mend.
      return parent ? { type: "failed", permanent: true } : { type: "absent" };
  }
}

/** Whether a commit stems from this very write, or from a copy of it. */
export function isWrite(commit: Commit, write: WriteRequest): boolean {
  return commit.write?.session === write.session && commit.write.sequence === write.sequence;
}

/** The fencing token that a commit's file tells, or -1. */
export function tokenOf({ file }: Commit): number {
  if (file.kind === "absent") return -1;
  return file.kind === "record" ? file.record.leaderTransitions : file.tokenFloor;
}

/** A record that nobody holds, as a person writes it to bring a lock back. */
export function restoredFile(token: number): File {
  return {
    kind: "record",
    record: { ...EMPTY_RECORD, leaderTransitions: token },
    session: NOBODY,
  };
}

/** The shipped rule. */
function isInEffect(commit: Omit<Commit, "effective">): boolean {
  const { version, content, parent } = commit;
  return inEffect({ version, content, predecessor: parent?.version }, parent) === true;
}

function makeCommit(
  parent: Commit | undefined,
  file: File,
  content: string | undefined,
  at: number,
  takesEffect: (commit: Omit<Commit, "effective">) => boolean,
  write?: WriteRequest,
): Commit {
  const index = parent ? parent.index + 1 : 0;
  const commit: { -readonly [K in keyof Commit]: Commit[K] } = {
    index,
    version: `r${index}`,
    parent,
    file,
    content,
    write,
    at,
    effective: undefined as unknown as Commit,
  };
  commit.effective = parent === undefined || takesEffect(commit) ? commit : parent.effective;
  return commit;
}
