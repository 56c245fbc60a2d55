import { InvalidRecordError, type LeaderElectionRecord, parseRecord } from "../../lock/mod.ts";
import type { HistoryEntry } from "../../gist/mod.ts";

/** One term, as a gist's history shows it. Times are the server's, in whole seconds. */
export interface PastTerm {
  /** Who led. */
  readonly holder: string;
  /** The fencing token. */
  readonly token: number;
  /** When its first record was written, in milliseconds since the Unix epoch. */
  readonly from: number;
  /** When its last record was written; the release, where it was released. */
  readonly until: number;
  /** How many records it wrote, the release included. */
  readonly writes: number;
  /** "last" where nothing follows it. */
  readonly end: "released" | "succeeded" | "last";
}

/** What a gist's history says. */
export interface PastElection {
  /** The terms, oldest first. */
  readonly terms: readonly PastTerm[];
  /** How many revisions are void: writes that came too late, and changed nothing. */
  readonly voids: number;
  /** What broke the rules, in sentences. */
  readonly faults: readonly string[];
  /** What is no record of a candidate's, in sentences. */
  readonly remarks: readonly string[];
}

/** The server's times are cut to whole seconds, and a write takes a while. */
const TOLERANCE_MS = 2_000;

type Draft = { -readonly [K in keyof PastTerm]: PastTerm[K] };

/** Reads the terms out of a history, and checks that they keep the rules: tokens rise, and leases are waited out. */
export function pastElection(entries: readonly HistoryEntry[]): PastElection {
  const terms: Draft[] = [];
  const faults: string[] = [];
  const remarks: string[] = [];
  let last: { readonly record: LeaderElectionRecord; readonly at: number } | undefined;
  for (const entry of entries) {
    if (!entry.isInEffect) continue;
    const record = readRecord(entry, remarks);
    if (!record) {
      last = undefined;
      continue;
    }
    const at = entry.committedAt;
    const term = terms.at(-1);
    if (record.holderIdentity === "") {
      if (term?.end === "last") {
        Object.assign(term, { end: "released", until: at, writes: term.writes + 1 });
      }
      if (last && record.leaderTransitions < last.record.leaderTransitions) {
        faults.push(fell(at, record, last.record));
      }
    } else if (isSameTerm(last?.record, record) && term) {
      Object.assign(term, { until: at, writes: term.writes + 1 });
    } else {
      if (last) faults.push(...faultsOfStart(record, at, last.record, last.at));
      if (term?.end === "last") term.end = "succeeded";
      const { holderIdentity: holder, leaderTransitions: token } = record;
      terms.push({ holder, token, from: at, until: at, writes: 1, end: "last" });
    }
    last = { record, at };
  }
  const voids = entries.filter(({ isInEffect }) => isInEffect === false).length;
  return { terms, voids, faults, remarks };
}

function readRecord(
  { content, committedAt }: HistoryEntry,
  remarks: string[],
): LeaderElectionRecord | undefined {
  try {
    if (content !== undefined) return parseRecord(content);
    remarks.push(`${time(committedAt)}: the file is not there`);
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    remarks.push(`${time(committedAt)}: what is stored is no record`);
  }
  return undefined;
}

/** Two records of one term: of one session, where they tell it. */
function isSameTerm(a: LeaderElectionRecord | undefined, b: LeaderElectionRecord): boolean {
  return a?.holderIdentity === b.holderIdentity && a.leaderTransitions === b.leaderTransitions &&
    a.session === b.session;
}

function faultsOfStart(
  record: LeaderElectionRecord,
  at: number,
  last: LeaderElectionRecord,
  lastAt: number,
): string[] {
  const faults: string[] = [];
  if (record.leaderTransitions <= last.leaderTransitions) {
    faults.push(fell(at, record, last));
  }
  const lease = last.leaseDurationSeconds * 1_000;
  if (last.holderIdentity !== "" && at - lastAt < lease - TOLERANCE_MS) {
    faults.push(
      `${time(at)}: ${record.holderIdentity} took over ${
        (at - lastAt) / 1_000
      } s after ${last.holderIdentity} had renewed a lease of ${last.leaseDurationSeconds} s`,
    );
  }
  return faults;
}

function fell(at: number, record: LeaderElectionRecord, last: LeaderElectionRecord): string {
  return `${
    time(at)
  }: the fencing token went from ${last.leaderTransitions} to ${record.leaderTransitions}`;
}

function time(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
