import { InvalidRecordError } from "./errors.ts";
import { escapeText } from "./escape.ts";

/** The longest text that is read as a record, in UTF-8 bytes. */
export const MAX_RECORD_BYTES = 65_536;
/** The longest lease that a record may claim, in seconds: one day. */
export const MAX_LEASE_DURATION_SECONDS = 86_400;
/** The last rank, whose candidates wait longest before they take over. */
export const MAX_RANK = 9;
/** The longest session or version in a handover request, in characters. */
const MAX_REQUEST_KEY_LENGTH = 256;
/** The highest fencing token: the width of the counter that Kubernetes keeps for the same purpose. */
export const MAX_LEADER_TRANSITIONS = 2 ** 31 - 1;

/**
 * The holder of the lock and its lease: client-go's `LeaderElectionRecord` with the same keys, so that candidates in Go and
 * in TypeScript read each other's records.
 *
 * The last seven keys belong to this module; Go's decoder ignores them.
 */
export interface LeaderElectionRecord {
  /** The holder; `""` if the lock was released. */
  readonly holderIdentity: string;
  /** How long others wait, after they last saw the record change, before they take over. In whole seconds. */
  readonly leaseDurationSeconds: number;
  /** When the term began by the holder's wall clock, for display only. Milliseconds since the epoch, whole seconds. */
  readonly acquireTime: number | null;
  /** When the holder last renewed by its wall clock, for display only. Milliseconds since the epoch, whole seconds. */
  readonly renewTime: number | null;
  /** The fencing token, which every acquisition increases. */
  readonly leaderTransitions: number;
  /** Kept for client-go's coordinated leader election; not used here. */
  readonly strategy: string;
  /** The candidate named in a handover request; `""` without one. May be any text: check it before use. */
  readonly preferredHolder: string;
  /** The campaign or lock object that wrote the record: 128 random bits in hexadecimal digits. */
  readonly session?: string | undefined;
  /** Counts the session's writes, so that no two writes are equal. */
  readonly sequence?: number | undefined;
  /** The revision that the writer had read as the newest. */
  readonly base?: string | undefined;
  /** How the writer excludes others; all candidates of one lock must use the same protocol. */
  readonly protocol?: string | undefined;
  /** The holder's rank, from 0 to {@linkcode MAX_RANK}. Holders without a rank do not support handover requests. */
  readonly rank?: number | undefined;
  /** The session that requested the handover, so that no two requests are equal. */
  readonly requestedBy?: string | undefined;
  /** The version of the holder's write that the request replaced. */
  readonly requestedOn?: string | undefined;
}

/** A record without a holder, a lease and times. */
export const EMPTY_RECORD: LeaderElectionRecord = Object.freeze({
  holderIdentity: "",
  leaseDurationSeconds: 0,
  acquireTime: null,
  renewTime: null,
  leaderTransitions: 0,
  strategy: "",
  preferredHolder: "",
});

/** A number as written in the JSON: `15.0`, `1e1` and `15` are valid numbers, but Go accepts only the last as an integer. */
class NumberText {
  constructor(readonly text: string) {}
}

type Readers = {
  readonly [Key in keyof LeaderElectionRecord]-?: (
    key: string,
    value: unknown,
  ) => LeaderElectionRecord[Key];
};

/** How each key is read, in client-go's order. `undefined` ignores the value. */
const READERS: Readers = {
  holderIdentity: readString,
  leaseDurationSeconds: integerTo(MAX_LEASE_DURATION_SECONDS),
  acquireTime: readTime,
  renewTime: readTime,
  leaderTransitions: integerTo(MAX_LEADER_TRANSITIONS),
  strategy: readString,
  preferredHolder: readString,
  session: readString,
  sequence: integerTo(Number.MAX_SAFE_INTEGER),
  base: readString,
  protocol: readString,
  // An invalid rank or request is ignored, as it must not hide a lease.
  rank: (_, value) => isRank(value) ? Number(value.text) : undefined,
  requestedBy: (_, value) => isRequestKey(value) ? value : undefined,
  requestedOn: (_, value) => isRequestKey(value) ? value : undefined,
};
const KEYS = Object.keys(READERS) as (keyof LeaderElectionRecord)[];
const BY_LOWER_CASE = new Map(KEYS.map((key) => [key.toLowerCase(), key]));

/**
 * Parses a record as leniently as Go's decoder does: ignores unknown keys and the case of keys, reads `null` as the zero
 * value, and accepts times with fractions and offsets.
 *
 * @throws {InvalidRecordError} If the text is not a JSON object or is longer than {@linkcode MAX_RECORD_BYTES}, or a value
 * has the wrong type or is out of range.
 */
export function parseRecord(text: string): LeaderElectionRecord {
  const tokenFloor = salvageToken(text);
  try {
    return readRecord(text);
  } catch (error) {
    if (!(error instanceof InvalidRecordError) || tokenFloor === undefined) throw error;
    throw new InvalidRecordError(error.message, { cause: error.cause, tokenFloor });
  }
}

function readRecord(text: string): LeaderElectionRecord {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_RECORD_BYTES) {
    throw new InvalidRecordError(
      `record must be at most ${MAX_RECORD_BYTES} bytes long, got ${bytes}`,
    );
  }
  const value = parseJson(text);
  // A bare number has become an object, too: it is not an empty record.
  if (
    typeof value !== "object" || value === null || Array.isArray(value) ||
    value instanceof NumberText
  ) {
    throw new InvalidRecordError(`record must be a JSON object, got ${quote(text)}`);
  }
  // Of two values Go keeps the last that is not null, so that one could hide a lease that Go reads.
  if (countKeys(text) !== Object.keys(value).length) {
    throw new InvalidRecordError(`record must not name a key twice, got ${quote(text)}`);
  }
  const record: LeaderElectionRecord = { ...EMPTY_RECORD };
  for (const [written, member] of Object.entries(value)) {
    const key = BY_LOWER_CASE.get(written.toLowerCase());
    if (key === undefined || member === null) continue;
    const read = READERS[key](written, member);
    if (read !== undefined) Object.assign(record, { [key]: read });
  }
  return record;
}

function parseJson(text: string): unknown {
  // The source text of a number reaches a reviver as its third argument (ECMAScript 2026).
  const reviver = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? new NumberText(context?.source ?? String(value)) : value;
  try {
    return JSON.parse(text, reviver);
  } catch (cause) {
    throw new InvalidRecordError(`record must be JSON, got ${quote(text)}`, { cause });
  }
}

/** Counts the keys of a JSON object, repeated ones included, which `JSON.parse` does not show. */
function countKeys(text: string): number {
  let [keys, depth] = [0, 0];
  for (const [sign] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (sign === "{" || sign === "[") depth++;
    else if (sign === "}" || sign === "]") depth--;
    else if (sign === ":" && depth === 1) keys++;
  }
  return keys;
}

/** Formats a record as client-go does: all keys in its order, times in UTC and whole seconds, `null` for no time. */
export function formatRecord(record: LeaderElectionRecord): string {
  const acquireTime = formatTime(record.acquireTime);
  const renewTime = formatTime(record.renewTime);
  return JSON.stringify({ ...record, acquireTime, renewTime }, KEYS);
}

function isRank(value: unknown): value is NumberText {
  return value instanceof NumberText && /^\d+$/.test(value.text) && Number(value.text) <= MAX_RANK;
}

function isRequestKey(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_REQUEST_KEY_LENGTH;
}

function readString(key: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw invalid(key, "a string", value);
}

function integerTo(most: number): (key: string, value: unknown) => number {
  return (key, value) => {
    if (value instanceof NumberText && /^-?\d+$/.test(value.text)) {
      const number = Number(value.text);
      if (number >= 0 && number <= most) return number;
    }
    throw invalid(key, `an integer from 0 to ${most}`, value);
  };
}

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function readTime(key: string, value: unknown): number {
  const text = typeof value === "string" ? value : "";
  const day = RFC_3339.exec(text)?.[1] ?? "";
  // `Date` reads 30 February as 2 March: the day must not change.
  const isDay = Number.isFinite(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  if (!isDay) throw invalid(key, "a time as in RFC 3339", value);
  return wholeSeconds(Date.parse(text));
}

function formatTime(time: number | null): string | null {
  if (time === null) return null;
  // RFC 3339 ends with the year 9999: a clock that is far off must not prevent its candidate from writing.
  const within = Math.min(Math.max(time, 0), Date.UTC(9999, 11, 31, 23, 59, 59));
  return new Date(wholeSeconds(within)).toISOString().replace(".000Z", "Z");
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

/**
 * Finds the fencing token in an invalid record, as no later token may be lower. Ignores a number that is out of range.
 */
function salvageToken(text: string): number | undefined {
  const found = text.matchAll(/"leaderTransitions"\s*:\s*(\d+)(?![\d.e])/gi);
  const tokens = Array.from(found, ([, digits]) => Number(digits))
    .filter((token) => token <= MAX_LEADER_TRANSITIONS);
  return tokens.length === 0 ? undefined : Math.max(...tokens);
}

function invalid(key: string, rule: string, value: unknown): InvalidRecordError {
  const found = value instanceof NumberText ? value.text : JSON.stringify(value);
  return new InvalidRecordError(
    `record.${escapeText(key, 40)} must be ${rule}, got ${escapeText(found, 60)}`,
  );
}

function quote(text: string): string {
  return text.trim() === "" ? "an empty text" : `"${escapeText(text, 60)}"`;
}
