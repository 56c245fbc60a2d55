import type { RequestCounts } from "../lock/mod.ts";

/** How candidates exclude each other on a gist. All candidates of one lock must use the same protocol. */
export type Protocol = "git" | "rest";

/** The most requests that a proven read and a write need, by protocol. */
export const REQUESTS: Readonly<Record<Protocol, RequestCounts>> = Object.freeze({
  /** A read is `info/refs` and a fetch, a write is one push. */
  git: { read: 2, write: 1 },
  /** A read is the gist and its newest revision by name, a write is a PATCH and its revision by name. */
  rest: { read: 2, write: 2 },
});
