import { escapeText } from "../../lock/mod.ts";
import type { PastTerm } from "./past_terms.ts";
import { formatDuration, type Styles } from "./terminal.ts";

/** Draws who led when: one row a holder, and the span beneath. */
export function drawHistory(
  terms: readonly PastTerm[],
  { width, styles }: { readonly width: number; readonly styles: Styles },
): string[] {
  const start = Math.min(...terms.map(({ from }) => from));
  const end = Math.max(...terms.map(({ until }) => until));
  const names = [...new Set(terms.map(({ holder }) => holder))];
  const shown = names.map((name) => escapeText(name, 30));
  const labelWidth = Math.max(...shown.map((name) => name.length)) + 2;
  const columns = Math.max(10, width - labelWidth);
  // What happened at the very end belongs to the last column.
  const perColumn = (end - start + 1) / columns;
  const rows = names.map((name, index) => {
    const own = terms.filter(({ holder }) => holder === name);
    const cells = Array.from({ length: columns }, (_, column) => {
      const from = start + column * perColumn;
      // A term of one record has no length, and is shown all the same.
      return own.some((term) => term.from < from + perColumn && term.until >= from) ? "█" : "·";
    });
    return (shown[index] ?? "").padEnd(labelWidth) + styles.green(cells.join(""));
  });
  const span = `${new Date(start).toISOString().slice(0, 19)}Z, ${formatDuration(end - start)}`;
  return [...rows, " ".repeat(labelWidth) + styles.dim(span)];
}

/** One line a term. */
export function describeTerms(terms: readonly PastTerm[]): string[] {
  const names = terms.map(({ holder }) => escapeText(holder, 30));
  const width = Math.max(...names.map((name) => name.length));
  return terms.map(({ token, from, until, writes, end }, index) =>
    [
      `token ${String(token).padEnd(5)}`,
      (names[index] ?? "").padEnd(width),
      `${new Date(from).toISOString().slice(0, 19)}Z`,
      `${formatDuration(until - from).padStart(11)},`,
      `${writes} writes,`,
      ENDS[end],
    ].join(" ")
  );
}

const ENDS: Readonly<Record<PastTerm["end"], string>> = {
  released: "then released",
  succeeded: "then its lease lapsed",
  last: "the last so far",
};
