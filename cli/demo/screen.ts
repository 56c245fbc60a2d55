import { systemClock } from "../../lock/mod.ts";
import type { DemoEvent } from "./events.ts";
import { type DemoSummary, formatSummary } from "./summary.ts";
import { describeLeader, drawTimeline, LEGEND } from "./timeline.ts";
import { eventLine } from "./wording.ts";
import { print, stdoutLines } from "../output/output.ts";
import { PLAIN, type Styles, terminalWidth } from "../output/terminal.ts";

/** Where the demo is shown. */
export interface Screen {
  /** Says what is going to be seen. */
  begin(introduction: string): void;
  /** Shows an event. */
  tell(event: DemoEvent): void;
  /** Shows that time passes. */
  tick(): void;
  /** Shows what came of it. */
  end(summary: DemoSummary): void;
}

/** What a screen draws from. */
export interface ScreenOptions {
  /** The rows, in their order. */
  readonly regions: readonly string[];
  /** When the demo began, by the wall clock, in milliseconds. */
  readonly startedAt: number;
  /** All that happened so far. */
  readonly events: () => readonly DemoEvent[];
}

/** For pipes and files: a line an event, and the timeline at the end. */
export function plainScreen(options: ScreenOptions): Screen {
  return {
    begin: (introduction) => print(`${introduction}\n`),
    tell(event) {
      const line = eventLine(event, options.startedAt, PLAIN);
      if (line) print(line);
    },
    tick() {},
    end(summary) {
      const timeline = drawTimeline(options.events(), {
        ...options,
        now: systemClock.wall(),
        width: 80,
        styles: PLAIN,
      });
      print(["", ...timeline, LEGEND, "", ...formatSummary(summary, PLAIN)].join("\n"));
    },
  };
}

/** For programs: an event a line, and the summary as the last one. */
export function jsonScreen(): Screen {
  return {
    begin() {},
    tell: (event) => print(JSON.stringify(event)),
    tick() {},
    end: (summary) => print(JSON.stringify({ type: "summary", ...summary })),
  };
}

/** For people: events scroll by above a timeline that grows. */
export function liveScreen(options: ScreenOptions, styles: Styles): Screen {
  let drawn = 0;
  // Drawn when it is written: a frame that is dropped must not count for the one that follows.
  const show = (above: readonly string[], isLast = false) =>
    stdoutLines.push(() => frame(above, isLast));
  const frame = (above: readonly string[], isLast: boolean): string => {
    const now = systemClock.wall();
    const events = options.events();
    const rows = drawTimeline(events, { ...options, now, width: terminalWidth(), styles });
    const leader = describeLeader(events, { now, styles });
    const below = ["", ...rows, styles.dim(LEGEND), "", ...(isLast ? [] : [leader])];
    const erase = drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : "";
    drawn = below.length;
    // A row that were wrapped would be two to the cursor that goes back up: no wrapping below the events.
    const text = [...above, `\x1b[?7l${below.join("\n")}\x1b[?7h`].join("\n");
    return `${erase}${text}`;
  };
  return {
    begin: (introduction) => print(`${styles.bold(introduction)}\n`),
    tell(event) {
      const line = eventLine(event, options.startedAt, styles);
      show(line ? [line] : []);
    },
    tick: () => show([]),
    end(summary) {
      show([], true);
      print(formatSummary(summary, styles).join("\n"));
    },
  };
}
