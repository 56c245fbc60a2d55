import type { BucketCounts } from "../../bucket/server/mod.ts";
import type { RequestCounts } from "../../gist/server/mod.ts";
import {
  type Bounds,
  brokenGuarantees,
  type DemoTerm,
  type Failover,
  failoversOf,
  overlapOf,
} from "./terms.ts";
import { formatDuration, plural, type Styles } from "../output/terminal.ts";

export interface DemoSummary {
  readonly terms: readonly DemoTerm[];
  readonly failovers: readonly Failover[];
  /** For how long two terms were valid at once, in milliseconds. */
  readonly overlap: number;
  readonly requests: RequestCounts | BucketCounts;
  readonly broken: readonly string[];
}

export function summarize(
  terms: readonly DemoTerm[],
  bounds: Bounds,
  requests: RequestCounts | BucketCounts,
  failures: readonly string[],
): DemoSummary {
  return {
    terms,
    failovers: failoversOf(terms, bounds),
    overlap: overlapOf(terms),
    requests,
    broken: [...brokenGuarantees(terms, bounds), ...failures],
  };
}

export function formatSummary(summary: DemoSummary, styles: Styles): string[] {
  const { terms, failovers, overlap, requests, broken } = summary;
  return [
    styles.bold("Terms"),
    ...table(terms.map(({ region, token, since, vacantAt, end }) => [
      `token ${token}`,
      region,
      `led for ${formatDuration(vacantAt - since)}`,
      `then ${end === "killed" ? "was killed" : end ?? "goes on"}`,
    ])),
    "",
    styles.bold("Failovers"),
    ...table(failovers.map(({ from, to, cause, took, bound }) => [
      `${from} → ${to}`,
      `took ${formatDuration(took)}`,
      `bound ${formatDuration(bound)}`,
      describeCause(cause, from),
    ])),
    "",
    styles.bold("Requests"),
    ...describeRequests(requests).map((line) => `  ${line}`),
    "",
    styles.bold("Overlap of terms"),
    `  ${overlap === 0 ? "none" : styles.red(`${Math.ceil(overlap)} ms`)}, ` +
    "by the candidates' records; a killed one counts until its last recorded deadline",
    "",
    ...(broken.length === 0
      ? [styles.green("All guarantees were kept; no process is left running.")]
      : broken.map((sentence) => styles.red(`Broken: ${sentence}`))),
  ];
}

function describeCause(cause: string, from: string): string {
  if (cause === "stopped") return "after a clean stop";
  return cause === "handover" ? "by a planned handover" : `after ${from} was ${cause}`;
}

/** The requests by kind, those that occurred. */
export function describeRequests(requests: RequestCounts | BucketCounts): string[] {
  const kinds = "statuses" in requests ? kindsOfBucket(requests) : kindsOfGist(requests);
  const shown = kinds.filter(([count]) => count > 0);
  return table(shown.map(([count, kind]) => [String(count).padStart(3), kind]), "");
}

type Kinds = [count: number, kind: string][];

function kindsOfBucket({ reads, writes, statuses }: BucketCounts): Kinds {
  const refused = Object.entries(statuses).filter(([status]) => Number(status) >= 400)
    .reduce((sum, [, count]) => sum + count, 0);
  return [
    [writes, plural(writes, "write")],
    [reads, plural(reads, "poll")],
    [statuses[304] ?? 0, "of these with a 304, as there was nothing new"],
    [refused, "refused, most of them to probe the bucket"],
  ];
}

function kindsOfGist(requests: RequestCounts): Kinds {
  const { writes, notModified, reads, gitPushes, gitPolls, gitFetches, refused } = requests;
  return [
    [writes, plural(writes, "write")],
    [notModified, `${plural(notModified, "poll")} with a 304, which GitHub does not charge`],
    [reads, `${plural(reads, "poll")} charged`],
    [gitPushes, `${plural(gitPushes, "write")} by git push`],
    [gitPolls, `${plural(gitPolls, "poll")} of git's refs, which GitHub does not charge`],
    [gitFetches, `${plural(gitFetches, "fetch")} of a new commit by git`],
    [refused, "of these refused"],
  ];
}

function table(rows: readonly (readonly string[])[], indent = "  "): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, cell.length));
  }
  return rows.map((row) =>
    indent + row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd()
  );
}
