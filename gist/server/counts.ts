import type { RequestKind } from "./request.ts";

/** The number and size of the requests that a server has answered. */
export interface RequestCounts {
  /** REST reads that were charged to the rate limit, or refused. */
  readonly reads: number;
  /** REST reads that were answered 304. */
  readonly notModified: number;
  /** REST writes: POST, PATCH and DELETE. */
  readonly writes: number;
  /** Requests for git's list of refs. */
  readonly gitPolls: number;
  /** Requests for git objects. */
  readonly gitFetches: number;
  /** Pushes. */
  readonly gitPushes: number;
  /** Requests of any kind with an error response: status 400 or higher. */
  readonly refused: number;
  /** The total size of the request bodies, in bytes. */
  readonly bytesReceived: number;
  /** The total size of the response bodies, in bytes, before compression. */
  readonly bytesSent: number;
}

export const NO_REQUESTS: RequestCounts = Object.freeze({
  reads: 0,
  notModified: 0,
  writes: 0,
  gitPolls: 0,
  gitFetches: 0,
  gitPushes: 0,
  refused: 0,
  bytesReceived: 0,
  bytesSent: 0,
});

const COUNTED_AS: Readonly<Record<RequestKind, keyof RequestCounts>> = {
  read: "reads",
  write: "writes",
  "git-poll": "gitPolls",
  "git-fetch": "gitFetches",
  "git-push": "gitPushes",
};

/** Returns the counts after one more request. */
export function countRequest(
  before: RequestCounts,
  kind: RequestKind,
  status: number,
  { bytesReceived, bytesSent }: Pick<RequestCounts, "bytesReceived" | "bytesSent">,
): RequestCounts {
  const key = kind === "read" && status === 304 ? "notModified" : COUNTED_AS[kind];
  return {
    ...before,
    [key]: before[key] + 1,
    refused: before.refused + (status >= 400 ? 1 : 0),
    bytesReceived: before.bytesReceived + bytesReceived,
    bytesSent: before.bytesSent + bytesSent,
  };
}
