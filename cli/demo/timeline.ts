import type { DemoEvent } from "./events.ts";
import { type DemoTerm, termsOf } from "./terms.ts";
import { formatDuration, type Styles } from "../output/terminal.ts";

interface TimelineOptions {
  readonly regions: readonly string[];
  readonly startedAt: number;
  /** Where the rows end (wall clock, milliseconds). */
  readonly now: number;
  /** How many columns there are, including the regions' names. */
  readonly width: number;
  readonly styles: Styles;
}

/** What one column of a row shows: the sign, and its style. */
const CELLS = {
  leads: ["█", "green"],
  expiring: ["░", "yellow"],
  follows: ["·", "dim"],
  absent: [" ", "dim"],
  killed: ["✗", "red"],
  stopped: ["■", "yellow"],
  joined: ["▸", "dim"],
  asked: ["»", "yellow"],
} as const satisfies Readonly<Record<string, readonly [string, keyof Styles]>>;

type Cell = keyof typeof CELLS;

const MS_PER_COLUMN = 500;
const COLUMNS_PER_TICK = 10;

export const LEGEND =
  "█ leads  · follows  ▸ joins  » asked  ■ stopped  ✗ killed  ░ dead, term goes on";

/** Draws one row a region, and the axis below. If there is too little room, the beginning is cut. */
export function drawTimeline(events: readonly DemoEvent[], options: TimelineOptions): string[] {
  const { regions, startedAt, now, width, styles } = options;
  const labelWidth = Math.max(...regions.map((region) => region.length)) + 2;
  const room = Math.max(COLUMNS_PER_TICK, width - labelWidth);
  const used = Math.max(1, Math.ceil((now - startedAt) / MS_PER_COLUMN));
  const first = Math.max(0, used - room);
  const terms = termsOf(events);
  const rows = regions.map((region) => {
    const cells = Array.from(
      { length: used - first },
      (_, i) => cellAt(events, terms, region, startedAt + (first + i) * MS_PER_COLUMN, now),
    );
    return region.padEnd(labelWidth) + paint(cells, styles);
  });
  return [...rows, " ".repeat(labelWidth) + styles.dim(drawAxis(first, used))];
}

/** The cell of a region at a column: what was done to it, or else its state in the middle of the column. */
function cellAt(
  events: readonly DemoEvent[],
  terms: readonly DemoTerm[],
  region: string,
  at: number,
  now: number,
): Cell {
  const own = events.filter((event) => event.region === region);
  const end = at + MS_PER_COLUMN;
  const mark = own.findLast((event) => event.at >= at && event.at < end && markOf(event));
  if (mark) return markOf(mark) ?? "absent";
  const middle = Math.min(at + MS_PER_COLUMN / 2, now);
  const term = terms.find((term) =>
    term.region === region && term.since <= middle && middle < term.until
  );
  if (term) return middle < term.vacantAt ? "leads" : "expiring";
  const last = own.findLast((event) =>
    event.at <= middle && event.type !== "asked" && markOf(event)
  );
  return last?.type === "joined" ? "follows" : "absent";
}

function markOf(event: DemoEvent): Cell | undefined {
  if (event.type === "joined" || event.type === "asked") return event.type;
  if (event.type === "signalled") return event.signal === "SIGKILL" ? "killed" : "stopped";
  return undefined;
}

function paint(cells: readonly Cell[], styles: Styles): string {
  let row = "";
  for (let i = 0; i < cells.length;) {
    const cell = cells[i] ?? "absent";
    let length = 1;
    while (cells[i + length] === cell) length++;
    const [sign, style] = CELLS[cell];
    row += styles[style](sign.repeat(length));
    i += length;
  }
  return row.trimEnd();
}

function drawAxis(first: number, end: number): string {
  let axis = "";
  for (let column = first; column < end; column++) {
    if (column % COLUMNS_PER_TICK !== 0) continue;
    axis = axis.padEnd(column - first) + `${column * MS_PER_COLUMN / 1_000} s`;
  }
  return axis;
}

export function describeLeader(
  events: readonly DemoEvent[],
  { now, styles }: Pick<TimelineOptions, "now" | "styles">,
): string {
  const last = termsOf(events).at(-1);
  if (!last) return styles.yellow("no leader yet");
  if (now < last.vacantAt) {
    const leader = styles.green(styles.bold(last.region));
    const since = formatDuration(now - last.since);
    return `${leader} has led for ${since} with fencing token ${last.token}`;
  }
  const vacant = formatDuration(now - last.vacantAt);
  return styles.yellow(`no leader for ${vacant}: ${reasonOf(last)}`);
}

function reasonOf({ region, end }: DemoTerm): string {
  if (end === "handover") return `${region} hands over`;
  return end === "killed" || end === "crashed"
    ? `the lease of ${region} has to expire first`
    : `${region} has released the lock`;
}
