import { InvalidRecordError, type LeaderElectionRecord, parseRecord } from "../lock/mod.ts";
import { RecentMap } from "./recent_map.ts";

/** A text read as a record: the record, or why it is not one. */
export interface ParsedText {
  /** The record; `undefined` if the text is not a record, or there is no text. */
  readonly record: LeaderElectionRecord | undefined;
  /** Why the text is not a record; `undefined` if it is one, or there is no text. */
  readonly error: InvalidRecordError | undefined;
}

const NO_TEXT: ParsedText = Object.freeze({ record: undefined, error: undefined });

/** What was parsed lately: one text is asked about by the lock, by the store, and in each poll until it changes. */
const parsed = new RecentMap<ParsedText & { readonly length: number }>({
  entries: 64,
  weight: 1_048_576,
  weigh: ({ length }) => length,
});

/** Reads a text as a record; each text once, as long as it is in use. */
export function parseText(content: string | undefined): ParsedText {
  if (content === undefined) return NO_TEXT;
  const known = parsed.get(content);
  if (known) return known;
  const result = Object.freeze({ ...parse(content), length: content.length });
  parsed.set(content, result);
  return result;
}

function parse(content: string): ParsedText {
  try {
    return { record: Object.freeze(parseRecord(content)), error: undefined };
  } catch (error) {
    if (error instanceof InvalidRecordError) return { record: undefined, error };
    throw error;
  }
}

/** The base that a text names; `undefined` if it is not a record, or not one of this package. */
export function baseOf(content: string | undefined): string | undefined {
  return parseText(content).record?.base;
}

/** The fencing token that can be read from a text, be it a record or not. */
export function tokenOf(content: string | undefined): number | undefined {
  const { record, error } = parseText(content);
  return record ? record.leaderTransitions : error?.tokenFloor;
}
