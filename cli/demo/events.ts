import { escapeText } from "../../lock/mod.ts";

/** What a candidate of the demo records of itself, on stdout, as one line of JSON each. */
export type CandidateRecord =
  & {
    /** When, by the wall clock, in milliseconds. */
    readonly at: number;
  }
  & (
    | { readonly type: "joined"; readonly lock: string; readonly pid: number }
    | { readonly type: "leads"; readonly token: number; readonly validUntil: number }
    | { readonly type: "renewed"; readonly token: number; readonly validUntil: number }
    | {
      readonly type: "ended";
      readonly token: number;
      readonly validUntil: number;
      readonly reason: string;
    }
    | { readonly type: "trouble"; readonly message: string }
  );

/** What happened in the demo: a candidate's own records, and what was done to it. */
export type DemoEvent =
  & {
    /** The candidate. */
    readonly region: string;
  }
  & (
    | CandidateRecord
    | { readonly type: "signalled"; readonly at: number; readonly signal: DemoSignal }
    | { readonly type: "exited"; readonly at: number; readonly how: string }
  );

/** How the demo ends a candidate: at once, or asking it to end. */
export type DemoSignal = "SIGKILL" | "SIGTERM";

const RECORD_TYPES = ["joined", "leads", "renewed", "ended", "trouble"];

/**
 * Reads a line that a candidate printed. Anything but a record, such as a crash's message, is trouble.
 *
 * @param line The line.
 * @param at When it came, by the wall clock, in milliseconds.
 */
export function parseCandidateLine(line: string, at: number): CandidateRecord {
  try {
    const record: CandidateRecord = JSON.parse(line);
    if (RECORD_TYPES.includes(record.type) && typeof record.at === "number") return record;
  } catch {
    // Told below, as it stands.
  }
  return { type: "trouble", at, message: escapeText(line) };
}
