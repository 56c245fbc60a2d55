import type { Protocol } from "../../../gist/mod.ts";
import { EMPTY_RECORD, type LeaderElectionRecord } from "../../../lock/mod.ts";
import {
  applyChange,
  type Change,
  type Commit,
  type File,
  NOBODY,
  textOf,
  tokenOf,
} from "./store.ts";

/** What people and other programs do to a gist, but for requests. */
export const PEOPLES_EDITS = [
  /** Another file is written; the record is carried on as it is. */
  "another file",
  /** A person changes something in the record's text, and leaves who wrote it. */
  "by hand",
  /** A person brings back the text that was there before. */
  "put back",
  /** Half a record, that still tells its token. */
  "garbage",
  /** `{}`: the holder and its token are forgotten. */
  "reset",
  /** The file is deleted. */
  "deletion",
  /** `elector release --force`; where the file was deleted, it is brought back. */
  "forced release",
  /** The same, a moment too late: by REST it is void, by git it is refused. */
  "late forced release",
  /** A candidate in Go takes the lock without asking. */
  "go candidate",
  /** It renews, whichever candidate holds the lock by then: its token stays. */
  "go renewal",
] as const;

/** What those do who ask the holder to hand over: who is named, and whether another write came first. */
export const REQUESTS = [
  "request for A",
  "request for B",
  "request for nobody",
  "late request",
] as const;

/** All that happens to a gist from outside. */
export const EDITS = [...PEOPLES_EDITS, ...REQUESTS] as const;

/** One of {@linkcode EDITS}. */
export type Edit = typeof EDITS[number];

/** Edits that let others claim at once, whichever candidate leads. Terms that others hold by then are not protected from it. */
export function frees(edit: Edit): boolean {
  return edit === "reset" || edit === "forced release";
}

/** The gist after an edit; `undefined` if it cannot be made. */
export function applyEdit(
  protocol: Protocol,
  head: Commit,
  edit: Edit,
  at: number,
  leaseSeconds: number,
): Commit | undefined {
  const isRefused = edit === "late forced release" || edit === "late request";
  if (protocol === "git" && isRefused) return undefined;
  const change = changeOf(head, edit, leaseSeconds);
  return change && applyChange(protocol, head, change, at);
}

function changeOf(head: Commit, edit: Edit, leaseSeconds: number): Change | undefined {
  const { file, content, base, index, effective } = head;
  switch (edit) {
    case "another file":
      return { file, content, base };
    case "by hand":
      // It keeps its keys: the session, the sequence and the base of the write that it was.
      return file.kind === "record"
        ? { file: { ...file, session: NOBODY }, content: textOf(base, `by hand ${index}`), base }
        : undefined;
    case "put back":
      return earlierOf(effective);
    case "garbage":
      return file.kind === "absent" ? undefined : foreign(head, {
        kind: "garbage",
        tokenFloor: tokenOf(effective),
      });
    case "reset":
      return foreign(head, { kind: "record", record: EMPTY_RECORD, session: NOBODY });
    case "deletion":
      return file.kind === "absent" ? undefined : foreign(head, { kind: "absent" });
    case "forced release":
      return released(head, head);
    case "late forced release":
      return head.parent && released(head, head.parent);
    case "go candidate":
      return foreign(head, goRecord(lastToken(head) + 1, leaseSeconds));
    case "go renewal":
      return foreign(head, goRecord(lastToken(head), leaseSeconds));
    case "request for A":
    case "request for B":
    case "request for nobody":
      return requested(head, head, edit.slice("request for ".length));
    case "late request":
      return head.parent && requested(head, head.parent, "B");
  }
}

/**
 * The gist after a request for a handover arrived that was sent after a read of `base`; `undefined` where none was sent, or it
 * was refused.
 */
export function applyRequest(
  protocol: Protocol,
  head: Commit,
  base: Commit,
  name: string,
  at: number,
): Commit | undefined {
  if (protocol === "git" && head !== base) return undefined;
  const change = requested(head, base, name);
  return change && applyChange(protocol, head, change, at);
}

/**
 * A request for a handover, which follows the head that its sender read. The sender asks only who can be asked, and is not the
 * one named; but what it read may be old.
 */
function requested(head: Commit, base: Commit, name: string): Change | undefined {
  const { file } = base.effective;
  if (file.kind !== "record") return undefined;
  const { holderIdentity, session, sequence, rank, preferredHolder } = file.record;
  const canBeAsked = holderIdentity !== "" && session !== undefined && sequence !== undefined &&
    rank !== undefined;
  if (!canBeAsked || preferredHolder === name) return undefined;
  const { requestedOn = base.effective.version } = file.record;
  const requestedBy = `sender ${head.index}`;
  const record = { ...file.record, preferredHolder: name, requestedBy, requestedOn };
  return follow(base, record, `requested ${head.index}`);
}

function released(head: Commit, base: Commit): Change {
  const record = { ...EMPTY_RECORD, leaderTransitions: lastToken(head), session: "by force" };
  return follow(base, record, `by force ${head.index}`);
}

/** A record of somebody else that follows a revision that was read. */
function follow({ version }: Commit, record: LeaderElectionRecord, strategy: string): Change {
  const file: File = { kind: "record", record, session: NOBODY };
  return { file, content: textOf(version, strategy), base: version };
}

/** The record of a candidate in Go, which knows nothing of sessions. */
export function goRecord(token: number, leaseSeconds: number): File {
  const record = {
    ...EMPTY_RECORD,
    holderIdentity: "go-candidate",
    leaseDurationSeconds: leaseSeconds,
    leaderTransitions: token,
  };
  return { kind: "record", record, session: NOBODY };
}

/** The text before the one in effect, if it is of the same term: with a lower token, others would begin with it again. */
function earlierOf(last: Commit): Change | undefined {
  const before = last.parent?.effective;
  const isOfTerm = before?.file.kind === "record" && tokenOf(before) === tokenOf(last);
  return isOfTerm ? { file: before.file, content: before.content, base: before.base } : undefined;
}

/** The highest token that the file tells, or told before it was deleted. */
function lastToken(head: Commit): number {
  let commit: Commit | undefined = head.effective;
  while (commit?.file.kind === "absent") commit = commit.parent?.effective;
  return commit ? tokenOf(commit) : 0;
}

function foreign(head: Commit, file: File): Change {
  const content = file.kind === "absent" ? undefined : textOf(undefined, `foreign ${head.index}`);
  return { file, content, base: undefined };
}
