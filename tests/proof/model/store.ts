/**
 * What a gist does with writes, by either protocol, as far as an election can tell. Pure and persistent: a commit never
 * changes, so that a checker may branch anywhere and a simulator may look back.
 *
 * @module
 */

import { inEffect } from "../../../gist/rest/in_effect.ts";
import type { Protocol } from "../../../gist/mod.ts";
import type { LeaderElectionRecord } from "../../../lock/mod.ts";

/** Who writes that is not one of the electors: a person, or a candidate written in Go. */
export const NOBODY = -1;

/** What the lock's file holds. */
export type File =
  | { readonly kind: "absent" }
  | { readonly kind: "record"; readonly record: LeaderElectionRecord; readonly session: number }
  | { readonly kind: "garbage"; readonly tokenFloor: number };

/** What a revision adds to the one before it. */
export interface Change {
  /** What the file holds. */
  readonly file: File;
  /** The file's text, as the in-effect rule reads it. */
  readonly content: string | undefined;
  /** The revision that the text names as its base, if it names one. */
  readonly base: string | undefined;
  /** The write of an elector that put it there; `undefined` for a foreign one. */
  readonly write?: WriteRequest | undefined;
}

/** One revision of the gist. */
export interface Commit extends Change {
  /** Its place in the one total order of revisions. */
  readonly index: number;
  /** Names it. */
  readonly version: string;
  /** The one directly before it. */
  readonly parent: Commit | undefined;
  /** When it was made (true time). */
  readonly at: number;
  /** The newest commit in effect while this one is the head. */
  readonly effective: Commit;
}

/** A write of an elector, as it travels. */
export interface WriteRequest {
  /** Whose: a number for each lock object. */
  readonly session: number;
  /** Makes it unlike any other of that lock. */
  readonly sequence: number;
  /** What for. */
  readonly purpose: "create" | "claim" | "renew" | "release" | "request";
  /** The head that it must follow. */
  readonly base: Commit;
  /** What it writes. */
  readonly record: LeaderElectionRecord;
  /** Its writer's clocks, read before it left. */
  readonly sentAt: { readonly monotonic: number; readonly wall: number };
  /** When it left (true time). */
  readonly leftAt: number;
  /** How often the lock has sent it again, on another base. */
  readonly resent: number;
}

/** How often a lock sends a renewal or a release again that became void though nothing else took effect. */
const MOST_RESENT = 3;

/** A gist that never held the file. */
export function newGist(): Commit {
  const absent: File = { kind: "absent" };
  return commitTo(undefined, { file: absent, content: undefined, base: undefined }, 0, () => true);
}

/** A write arrives. If it is refused, the head stays as it was. */
export function applyWrite(
  protocol: Protocol,
  head: Commit,
  write: WriteRequest,
  at: number,
): Commit {
  const { record, session, sequence, resent } = write;
  if (protocol === "git" && head !== write.base) return head;
  const base = write.base.version;
  // No two texts are alike.
  const content = textOf(base, `${session}, ${sequence}, ${resent}`);
  const file: File = { kind: "record", record, session };
  return commitTo(head, { file, content, base, write }, at, rule(protocol));
}

/** The next revision, in effect or not by the protocol's rule. By git only commits that change the file count. */
export function applyChange(protocol: Protocol, head: Commit, change: Change, at: number): Commit {
  return commitTo(head, change, at, rule(protocol));
}

/**
 * What a lock sends next after a write has become void: the same once more, on the new head, if it only goes on with the
 * term that is still in effect. `undefined` if it gives up.
 */
export function sentAgain(write: WriteRequest, head: Commit): WriteRequest | undefined {
  const { purpose, base, resent } = write;
  const goesOn = purpose !== "create" && purpose !== "claim";
  const isUnmoved = head.effective === base.effective && head !== base;
  return goesOn && isUnmoved && resent < MOST_RESENT
    ? { ...write, base: head, resent: resent + 1 }
    : undefined;
}

/** Whether a commit stems from this very write, or from a copy of it. */
export function isWrite({ write: made }: Commit, write: WriteRequest): boolean {
  return made?.session === write.session && made.sequence === write.sequence &&
    made.base === write.base;
}

/** The fencing token that a commit's file tells, or -1. */
export function tokenOf({ file }: Commit): number {
  if (file.kind === "absent") return -1;
  return file.kind === "record" ? file.record.leaderTransitions : file.tokenFloor;
}

/** When the write was made that a commit in effect holds: a request puts the same write under another version. */
export function writtenAt({ effective }: Commit): number {
  const { file, at } = effective;
  const below = file.kind === "record" ? file.record.requestedOn : undefined;
  let commit: Commit | undefined = effective;
  while (commit && below !== undefined && commit.version !== below) commit = commit.parent;
  return commit && isRequestOn(commit, effective) ? commit.at : at;
}

/** Whether a commit is another one with requests for a handover on top. */
export function isRequestOn(before: Commit, after: Commit): boolean {
  const [one, other] = [before.effective, after.effective];
  if (one.file.kind !== "record" || other.file.kind !== "record") return false;
  const [a, b] = [one.file.record, other.file.record];
  return b.requestedOn === (a.requestedOn ?? one.version) && a.session !== undefined &&
    a.session === b.session && a.sequence !== undefined && a.sequence === b.sequence &&
    a.leaderTransitions === b.leaderTransitions && a.holderIdentity === b.holderIdentity;
}

/** A text, as far as the in-effect rule reads it. */
export function textOf(base: string | undefined, strategy: string): string {
  return JSON.stringify({ base, strategy });
}

type Rule = (commit: Omit<Commit, "effective">) => boolean;

/** The shipped rules. */
function rule(protocol: Protocol): Rule {
  if (protocol === "git") return ({ content, parent }) => content !== parent?.content;
  return ({ version, content, parent }) =>
    inEffect({ version, content, predecessor: parent?.version }, parent) === true;
}

function commitTo(
  parent: Commit | undefined,
  change: Change,
  at: number,
  takesEffect: Rule,
): Commit {
  const index = parent ? parent.index + 1 : 0;
  const commit: { -readonly [K in keyof Commit]: Commit[K] } = {
    ...change,
    index,
    version: `r${index}`,
    parent,
    at,
    effective: undefined as unknown as Commit,
  };
  commit.effective = parent === undefined || takesEffect(commit) ? commit : parent.effective;
  return commit;
}
