import { InvalidRecordError, type LeaderElectionRecord, parseRecord } from "../lock/mod.ts";
import { RecentMap } from "./recent_map.ts";

/** The result of parsing a text: a record, or an error. Both are `undefined` if there is no text. */
interface ParsedText {
  readonly record: LeaderElectionRecord | undefined;
  readonly error: InvalidRecordError | undefined;
}

const NO_TEXT: ParsedText = Object.freeze({ record: undefined, error: undefined });

/** The latest results: the lock and the store parse the same text, again on each poll until it changes. */
const parsed = new RecentMap<ParsedText & { readonly length: number }>({
  entries: 64,
  weight: 1_048_576,
  weigh: ({ length }) => length,
});

/** Parses a text as a record, each text only once while it is in use. */
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

/** Returns the `base` of a record; `undefined` if the text is not a record, or was not written by this package. */
export function baseOf(content: string | undefined): string | undefined {
  return parseText(content).record?.base;
}

/** Returns the fencing token in a text, even if the text is not a valid record. */
export function tokenOf(content: string | undefined): number | undefined {
  const { record, error } = parseText(content);
  return record ? record.leaderTransitions : error?.tokenFloor;
}
