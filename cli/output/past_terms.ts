import {
  escapeText,
  InvalidRecordError,
  type LeaderElectionRecord,
  parseRecord,
} from "../../lock/mod.ts";
import type { HistoryEntry } from "../../gist/mod.ts";
import { leaseDuration } from "../../elector/mod.ts";
import { counted, formatDuration, type Styles, utcTime } from "./terminal.ts";

/** One term in a gist's history. Times are the server's, in whole seconds, as milliseconds since the Unix epoch. */
interface PastTerm {
  readonly holder: string;
  readonly token: number;
  /** By the holder's clock, if its first revision was not read. */
  readonly since: number;
  /** When its last record was written; the release, if it was released. */
  readonly until: number;
  /** How many records it wrote, the release included. */
  readonly writes: number;
  /** How it ended; "last" if no term follows it. */
  readonly end: "released" | "succeeded" | "last";
}

/** The terms of a gist's history, checked. */
export interface PastElection {
  readonly terms: readonly PastTerm[];
  /** How many revisions are void: writes that lost a conflict, and changed nothing. */
  readonly voids: number;
  readonly faults: readonly string[];
  /** A sentence for each revision without a record. */
  readonly remarks: readonly string[];
}

/** The server's times are cut to whole seconds, and a write takes a while. */
const TOLERANCE_MS = 2_000;

type Draft = { -readonly [K in keyof PastTerm]: PastTerm[K] };

/** Reads the terms from a history, and checks the rules: tokens rise, and no lease is taken over before it expires. */
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
      // With `git`, and behind a limit, the first revision that is read may be a renewal.
      const since = last ? at : Math.min(at, record.acquireTime ?? at);
      terms.push({ holder, token, since, until: at, writes: 1, end: "last" });
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
    remarks.push(`${utcTime(committedAt)}: the file is missing`);
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    remarks.push(`${utcTime(committedAt)}: the stored content is not a record`);
  }
  return undefined;
}

/** Whether two records are of one term: of one session, if they name it. */
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
  const faults = record.leaderTransitions <= last.leaderTransitions ? [fell(at, record, last)] : [];
  const lease = leaseDuration(last);
  if (last.holderIdentity !== "" && at - lastAt < lease - TOLERANCE_MS) {
    const [next, before] = [record, last].map(({ holderIdentity }) =>
      escapeText(holderIdentity, 30)
    );
    const [waited, length] = [(at - lastAt) / 1_000, lease / 1_000];
    const renewal = `${before} had renewed a lease of ${length} s`;
    faults.push(`${utcTime(at)}: ${next} took over ${waited} s after ${renewal}`);
  }
  return faults;
}

function fell(at: number, record: LeaderElectionRecord, last: LeaderElectionRecord): string {
  const [before, after] = [last.leaderTransitions, record.leaderTransitions];
  return `${utcTime(at)}: the fencing token went from ${before} to ${after}`;
}

/** Draws past terms: one row a holder, and the time span below. */
export function drawHistory(
  terms: readonly PastTerm[],
  { width, styles }: { readonly width: number; readonly styles: Styles },
): string[] {
  const start = Math.min(...terms.map(({ since }) => since));
  const end = Math.max(...terms.map(({ until }) => until));
  const names = [...new Set(terms.map(({ holder }) => holder))];
  const shown = names.map((name) => escapeText(name, 30));
  const labelWidth = Math.max(...shown.map((name) => name.length)) + 2;
  const columns = Math.max(10, width - labelWidth);
  // An event at the very end belongs to the last column.
  const perColumn = (end - start + 1) / columns;
  const rows = names.map((name, index) => {
    const own = terms.filter(({ holder }) => holder === name);
    const cells = Array.from({ length: columns }, (_, column) => {
      const from = start + column * perColumn;
      // A term of one record has no length, and is shown anyway.
      return own.some((term) => term.since < from + perColumn && term.until >= from) ? "█" : "·";
    });
    return (shown[index] ?? "").padEnd(labelWidth) + styles.green(cells.join(""));
  });
  const span = `${utcTime(start)}, ${formatDuration(end - start)}`;
  return [...rows, " ".repeat(labelWidth) + styles.dim(span)];
}

export function describeTerms(terms: readonly PastTerm[]): string[] {
  const names = terms.map(({ holder }) => escapeText(holder, 30));
  const width = Math.max(...names.map((name) => name.length));
  return terms.map(({ token, since, until, writes, end }, index) =>
    [
      `token ${String(token).padEnd(5)}`,
      (names[index] ?? "").padEnd(width),
      utcTime(since),
      `${formatDuration(until - since).padStart(11)},`,
      `${counted(writes, "write")},`,
      ENDS[end],
    ].join(" ")
  );
}

const ENDS: Readonly<Record<PastTerm["end"], string>> = {
  released: "then released",
  succeeded: "then its lease expired",
  last: "the last so far",
};
