import type { RequestKind } from "./request.ts";

/** How many requests were answered. */
export interface BucketCounts {
  /** Reads. */
  readonly reads: number;
  /** Writes, also those that were refused. */
  readonly writes: number;
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<number, number>>;
}

/** None. */
export const NO_COUNTS: BucketCounts = Object.freeze({ reads: 0, writes: 0, statuses: {} });

/** Counts a request. */
export function countRequest(
  { reads, writes, statuses }: BucketCounts,
  kind: RequestKind,
  status: number,
): BucketCounts {
  return {
    reads: reads + Number(kind === "read"),
    writes: writes + Number(kind === "write"),
    statuses: { ...statuses, [status]: (statuses[status] ?? 0) + 1 },
  };
}
