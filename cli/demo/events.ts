import { escapeText } from "../../lock/mod.ts";

/** What a candidate of the demo records on stdout: a line of JSON each. Times are wall-clock readings in milliseconds. */
export type CandidateRecord =
  & { readonly at: number }
  & (
    | { readonly type: "joined"; readonly lock: string; readonly pid: number }
    | { readonly type: "leads" | "renewed" } & Deadline
    | { readonly type: "ended"; readonly reason: string } & Deadline
    | { readonly type: "failed"; readonly message: string }
  );

interface Deadline {
  readonly token: number;
  readonly validUntil: number;
}

/** An event of the demo: a candidate's record, or what the demo did to it. */
export type DemoEvent =
  & { readonly region: string }
  & (
    | CandidateRecord
    | { readonly type: "asked"; readonly at: number; readonly to: string }
    | { readonly type: "signalled"; readonly at: number; readonly signal: DemoSignal }
    | { readonly type: "exited"; readonly at: number; readonly how: string }
  );

/** How the demo ends a candidate: at once, or by asking it to end. */
export type DemoSignal = "SIGKILL" | "SIGTERM";

const RECORD_TYPES = ["joined", "leads", "renewed", "ended", "failed"];

/** Reads a line that a candidate printed. Anything but a record, such as the message of a crash, is a failure. */
export function parseCandidateLine(line: string, at: number): CandidateRecord {
  try {
    const record: CandidateRecord = JSON.parse(line);
    if (RECORD_TYPES.includes(record.type) && typeof record.at === "number") return record;
  } catch {
    // Reported below, as it is.
  }
  return { type: "failed", at, message: escapeText(line) };
}
