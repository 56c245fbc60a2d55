import { escapeText } from "../../lock/mod.ts";
import { stderrLines } from "./output.ts";

/** Tells what a long-running command does, on stderr. Never throws, and never waits. */
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
  /** How many lines before this one could not be written. */
  readonly dropped?: number;
}

/** One line of a log, for people or as JSON. */
export function formatLogLine(
  { at, event, text, figures, dropped = 0 }: LogLine,
  isJson: boolean,
): string {
  if (isJson) {
    const linesDropped = dropped > 0 ? { linesDropped: dropped } : {};
    const time = new Date(at).toISOString();
    return JSON.stringify({ time, event, message: text, ...figures, ...linesDropped });
  }
  const suffix = dropped > 0 ? ` (log lines before it that could not be written: ${dropped})` : "";
  return `elector: ${escapeText(text, 1_000)}${suffix}`;
}

/** A log on stderr; stdout belongs to the command. */
export function stderrLog(isJson: boolean, now: () => number = () => Date.now()): Log {
  return (event, text, figures = {}) => {
    const at = now();
    stderrLines.push((dropped) => formatLogLine({ at, event, text, figures, dropped }, isJson));
  };
}
