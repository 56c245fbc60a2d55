/** As much of a line is shown, in characters. */
const LINE_LENGTH = 110;

/** What a mutation does, in a word. */
export type Kind =
  | "comparison"
  | "operand"
  | "logic"
  | "negation"
  | "condition"
  | "choice"
  | "default"
  | "arithmetic"
  | "number"
  | "boolean"
  | "rounding"
  | "assignment"
  | "reset"
  | "property"
  | "signal"
  | "timer"
  | "call"
  | "await"
  | "jump"
  | "order"
  | "sibling";

/** One change to a text: what stands from `start` to `end` is replaced. */
export interface Change {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** A change to a file of the project. */
export interface Mutation extends Change {
  /** The path from the root of the project. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** The text of that line, without the white space around it. */
  readonly lineText: string;
  /** The text of the line above it. */
  readonly lineAbove: string;
  /** What is replaced, on one line. */
  readonly before: string;
  /** What stands in its place, on one line. */
  readonly after: string;
}

/** Says where a change is and what it does. */
export function locate(file: string, source: string, change: Change): Mutation {
  const { start, end, replacement } = change;
  const lineStart = source.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = source.indexOf("\n", start);
  const [from, to] = widen(source, start, end);
  const above = source.slice(0, Math.max(0, lineStart - 1));
  const after = source.slice(from, start) + replacement + source.slice(end, to);
  return {
    ...change,
    file,
    line: source.slice(0, start).split("\n").length,
    lineText: source.slice(lineStart, lineEnd < 0 ? source.length : lineEnd).trim(),
    lineAbove: above.slice(above.lastIndexOf("\n") + 1).trim(),
    before: oneLine(source.slice(from, to)),
    after: oneLine(after),
  };
}

/** The text of a file with the mutation in it. */
export function applyChange(source: string, { start, end, replacement }: Change): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** A lone operator says little: its line is shown, too, or what of it is near. */
function widen(source: string, start: number, end: number): [from: number, to: number] {
  if (source.slice(start, end).includes("\n")) return [start, end];
  const line = source.lastIndexOf("\n", start - 1) + 1;
  const next = source.indexOf("\n", end);
  const first = line + source.slice(line).search(/\S/);
  const last = next < 0 ? source.length : next;
  if (last - first <= LINE_LENGTH) return [first, last];
  return [Math.max(first, start - LINE_LENGTH / 2), Math.min(last, end + LINE_LENGTH / 2)];
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
