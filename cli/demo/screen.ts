import { escapeText, systemClock } from "../../lock/mod.ts";
import { iso } from "../candidate/status.ts";
import { END_REASONS } from "../output/leadership.ts";
import { print, stdoutLines } from "../output/output.ts";
import { PLAIN, type Styles, terminalWidth } from "../output/terminal.ts";
import type { DemoEvent } from "./events.ts";
import { type DemoSummary, formatSummary } from "./summary.ts";
import { describeLeader, drawTimeline, LEGEND } from "./timeline.ts";

export interface Screen {
  begin(introduction: string): void;
  show(event: DemoEvent): void;
  tick(): void;
  end(summary: DemoSummary): void;
}

interface ScreenOptions {
  readonly regions: readonly string[];
  readonly startedAt: number;
  readonly events: () => readonly DemoEvent[];
}

/** A screen for pipes and files: a line per event, and the timeline at the end. */
export function plainScreen(options: ScreenOptions): Screen {
  return {
    begin: (introduction) => print(`${introduction}\n`),
    show(event) {
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

/** A screen for programs: a line of JSON per event, and the summary as the last one. */
export function jsonScreen(): Screen {
  return {
    begin() {},
    show: (event) => print(JSON.stringify(eventJson(event))),
    tick() {},
    end: (summary) => print(JSON.stringify(summaryJson(summary))),
  };
}

/** A screen for people: events scroll by above a timeline that grows. */
export function liveScreen(options: ScreenOptions, styles: Styles): Screen {
  let drawn = 0;
  // Drawn when it is written: a dropped frame must not count for the next one.
  const draw = (above: readonly string[], isLast = false) =>
    stdoutLines.push(() => frame(above, isLast));
  const frame = (above: readonly string[], isLast: boolean): string => {
    const now = systemClock.wall();
    const events = options.events();
    const rows = drawTimeline(events, { ...options, now, width: terminalWidth(), styles });
    const leader = describeLeader(events, { now, styles });
    const below = ["", ...rows, styles.dim(LEGEND), "", ...(isLast ? [] : [leader])];
    const erase = drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : "";
    drawn = below.length;
    // No wrapping below the events: the cursor would not go far enough up.
    const text = [...above, `\x1b[?7l${below.join("\n")}\x1b[?7h`].join("\n");
    return `${erase}${text}`;
  };
  return {
    begin: (introduction) => print(`${styles.bold(introduction)}\n`),
    show(event) {
      const line = eventLine(event, options.startedAt, styles);
      draw(line ? [line] : []);
    },
    tick: () => draw([]),
    end(summary) {
      draw([], true);
      print(formatSummary(summary, styles).join("\n"));
    },
  };
}

export function eventJson({ at, ...event }: DemoEvent): Record<string, unknown> {
  const deadline = "validUntil" in event ? { validUntil: iso(event.validUntil) } : {};
  return { time: iso(at), ...event, ...deadline };
}

function summaryJson(
  { terms, failovers, overlap, requests, broken }: DemoSummary,
): Record<string, unknown> {
  return {
    type: "summary",
    terms: terms.map(({ region, token, since, until, vacantAt, end = null }) => {
      return { region, token, since: iso(since), until: iso(until), vacantAt: iso(vacantAt), end };
    }),
    failovers: failovers.map(({ took, bound, ...failover }) => ({
      ...failover,
      tookSeconds: took / 1_000,
      boundSeconds: bound / 1_000,
    })),
    overlapSeconds: overlap / 1_000,
    requests,
    broken,
  };
}

/** An event as a line with its time since the start; `undefined` for one that is not shown. */
export function eventLine(
  event: DemoEvent,
  startedAt: number,
  styles: Styles,
): string | undefined {
  const text = describeEvent(event, styles);
  const seconds = Math.max(0, (event.at - startedAt) / 1_000);
  return text && `${seconds.toFixed(1).padStart(6)} s  ${text}`;
}

function describeEvent(event: DemoEvent, styles: Styles): string | undefined {
  const region = styles.bold(event.region);
  switch (event.type) {
    case "joined":
      return `${region} joins as process ${event.pid}, watching ${escapeText(event.lock)}`;
    case "leads":
      return styles.green(`${region} leads with fencing token ${event.token}`);
    case "renewed":
      return undefined;
    case "ended":
      return `${region} stopped leading: ${describeReason(event.reason)}`;
    case "asked":
      return styles.yellow(`${region} is asked to hand over to ${event.to}`);
    case "signalled":
      return event.signal === "SIGKILL"
        ? styles.red(`${region} is killed with SIGKILL and cannot release the lock`)
        : styles.yellow(`${region} is stopped with SIGTERM`);
    case "exited":
      return styles.dim(`${region} is gone: ${event.how}`);
    case "failed":
      return styles.red(`${region} reports a failure: ${escapeText(event.message, 300)}`);
  }
}

function describeReason(reason: string): string {
  const known: Readonly<Record<string, string>> = END_REASONS;
  return (Object.hasOwn(known, reason) ? known[reason] : undefined) ?? escapeText(reason);
}
