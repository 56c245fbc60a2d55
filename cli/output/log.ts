import { escapeText } from "../../lock/mod.ts";
import { stderrLines } from "./output.ts";
import { utcTime } from "./terminal.ts";

/** The log of a long-running command, on stderr. Never throws, and never waits. */
export interface Log {
  /** Reports an event such as "leads": a sentence for people, fields for programs. */
  (event: string, text: string, fields?: Readonly<Record<string, unknown>>): void;
}

interface LogLine {
  /** When it was logged, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly event: string;
  readonly text: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** How many lines before this one could not be written. */
  readonly dropped?: number;
}

export function formatLogLine(
  { at, event, text, fields, dropped = 0 }: LogLine,
  isJson: boolean,
): string {
  if (isJson) {
    const linesDropped = dropped > 0 ? { linesDropped: dropped } : {};
    const time = new Date(at).toISOString();
    return JSON.stringify({ time, event, message: text, ...fields, ...linesDropped });
  }
  const suffix = dropped > 0 ? ` (log lines before it that could not be written: ${dropped})` : "";
  return `${utcTime(at)} elector: ${escapeText(text, 1_000)}${suffix}`;
}

type Verbosity = "quiet" | "normal" | "verbose";

/** The events that are neither a failure nor a change of leadership. */
const QUIET_LEAVES_OUT: ReadonlySet<string> = new Set([
  "plan",
  "limit",
  "wait",
  "listening",
  "command ended",
]);

/** The events that only `--verbose` logs. */
const ONLY_VERBOSE: ReadonlySet<string> = new Set(["request", "role"]);

export function isLogged(event: string, verbosity: Verbosity): boolean {
  if (ONLY_VERBOSE.has(event)) return verbosity === "verbose";
  return verbosity !== "quiet" || !QUIET_LEAVES_OUT.has(event);
}

/** Creates a log on stderr; stdout belongs to the command. */
export function stderrLog(isJson: boolean, verbosity: Verbosity = "normal"): Log {
  return (event, text, fields = {}) => {
    if (!isLogged(event, verbosity)) return;
    const at = Date.now();
    stderrLines.push((dropped) => formatLogLine({ at, event, text, fields, dropped }, isJson));
  };
}

/** How long a kind of error must have been absent before it is logged again, in milliseconds. */
const QUIET_MS = 60_000;

/** Remembers which errors were logged, so that a persistent failure is not repeated on every poll. */
export class Repeats {
  readonly #lastSeen = new Map<string, number>();

  /** Whether an error is of a kind that was not seen lately, by the monotonic clock. */
  isNew(error: unknown, now: number): boolean {
    for (const [kind, at] of this.#lastSeen) {
      if (now - at >= QUIET_MS) this.#lastSeen.delete(kind);
    }
    const kind = kindOf(error);
    const isNew = !this.#lastSeen.has(kind);
    this.#lastSeen.set(kind, now);
    return isNew;
  }
}

/** What errors of one kind have in common: a message may contain durations, times or revisions, which differ. */
function kindOf(error: unknown): string {
  return String(error).replaceAll(/[0-9a-f]{7,}|\d+/gi, "#");
}

/** A log that never throws: a report must not end a term. */
export function harmless(log: Log): Log {
  return (...line) => {
    try {
      log(...line);
    } catch {
      // There is no other place to report to.
    }
  };
}
