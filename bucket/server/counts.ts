import type { RequestKind } from "./request.ts";

/** The number of requests that a server has answered. */
export interface BucketCounts {
  /** Reads. */
  readonly reads: number;
  /** Writes, including refused ones. */
  readonly writes: number;
  /** The number of responses by status. */
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
