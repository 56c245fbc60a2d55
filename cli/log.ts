import { escapeText } from "../lock/mod.ts";

/** Tells what a long-running command does, on stderr. */
export interface Log {
  /** Tells of an event, such as "leads", with a sentence for people and its figures for programs. */
  (event: string, text: string, figures?: Readonly<Record<string, unknown>>): void;
}

/** What a line of a log looks like. */
export interface LogLine {
  /** When, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** What kind of event. */
  readonly event: string;
  /** One sentence. */
  readonly text: string;
  /** Figures, for programs. */
  readonly figures?: Readonly<Record<string, unknown>>;
}

/** One line of a log, for people or as JSON. */
export function formatLogLine({ at, event, text, figures }: LogLine, isJson: boolean): string {
  if (!isJson) return `elector: ${escapeText(text, 1_000)}`;
  return JSON.stringify({ time: new Date(at).toISOString(), event, message: text, ...figures });
}

/** A log on stderr; stdout belongs to the command. */
export function stderrLog(isJson: boolean, now: () => number = () => Date.now()): Log {
  return (event, text, figures = {}) => {
    console.error(formatLogLine({ at: now(), event, text, figures }, isJson));
  };
}
