type Style = (text: string) => string;

/** The styles of the program's output: green for success, yellow for warnings, red for failures. */
export type Styles = Readonly<Record<"bold" | "dim" | "red" | "green" | "yellow", Style>>;

const plain: Style = (text) => text;

/** No styles, for pipes and files. */
export const PLAIN: Styles = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };

export const COLOURED: Styles = {
  bold: sequence(1, 22),
  dim: sequence(2, 22),
  red: sequence(31, 39),
  green: sequence(32, 39),
  yellow: sequence(33, 39),
};

function sequence(on: number, off: number): Style {
  return (text) => text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
}

export function isTerminal(): boolean {
  return Deno.stdout.isTerminal();
}

/** The styles for stdout: colour only on a terminal, and not if `NO_COLOR` is set. */
export function stylesOfStdout(): Styles {
  return isTerminal() && !Deno.noColor ? COLOURED : PLAIN;
}

/** How many columns the terminal has; 80 if that is unknown. */
export function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

/**
 * Formats a duration for people: `0.4 s`, `5 s`, `12 s`, `2 min 5 s`, `3 h`, `2 d 4 h`. At most two units; tenths only
 * below ten seconds, and not for whole seconds.
 */
export function formatDuration(ms: number): string {
  if (ms < 9_950) {
    const isWhole = ms % 1_000 === 0 && ms >= 0;
    return `${isWhole ? ms / 1_000 : (Math.max(0, ms) / 1_000).toFixed(1)} s`;
  }
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return twoUnits(seconds, 60, "min", "s");
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1_440) return twoUnits(minutes, 60, "h", "min");
  return twoUnits(Math.round(ms / 3_600_000), 24, "d", "h");
}

function twoUnits(amount: number, per: number, large: string, small: string): string {
  const rest = amount % per;
  return `${Math.floor(amount / per)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}

/** Formats a duration that was set, or a limit of it, as a sentence of an error needs it: not rounded. */
export function formatSeconds(ms: number): string {
  return `${ms / 1_000} s`;
}

/** A noun as it stands after a count: `1 write`, `2 writes`, `0 fetches`. */
export function plural(count: number | string, noun: string): string {
  if (Number(count) === 1) return noun;
  return `${noun}${noun.endsWith("ch") ? "es" : "s"}`;
}

export function counted(count: number | string, noun: string): string {
  return `${count} ${plural(count, noun)}`;
}

/** Formats a time for lines of text: in UTC and with its zone, to the second, such as `2026-01-02T03:04:05Z`. */
export function utcTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}
