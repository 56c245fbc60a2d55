import { InvalidRecordError, type LeaderElectionRecord, parseRecord } from "../lock/mod.ts";

/** A file's text, and the record that it is, or why it is none. */
export interface ParsedText {
  /** The text; `undefined` where the file is not there. */
  readonly content: string | undefined;
  /** The record; `undefined` if the text is not a record. */
  readonly record: LeaderElectionRecord | undefined;
  /** Why the text is not a record, where there is a text. */
  readonly error: InvalidRecordError | undefined;
}

/** Reads texts as records, and remembers the last one: what is shown, or written, is mostly what is read next. */
export class RecordParser {
  #last: ParsedText = { content: undefined, record: undefined, error: undefined };

  /** Parses a text, unless it is the same as the last one. */
  parse(content: string | undefined): ParsedText {
    if (content !== this.#last.content) this.#last = parse(content);
    return this.#last;
  }
}

/** Parses a text. */
export function parse(content: string | undefined): ParsedText {
  try {
    const record = content === undefined ? undefined : parseRecord(content);
    return { content, record, error: undefined };
  } catch (error) {
    if (error instanceof InvalidRecordError) return { content, record: undefined, error };
    throw error;
  }
}
