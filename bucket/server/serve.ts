import { BucketServer } from "./bucket_server.ts";
import { type ListenOptions, serve, type Served } from "../../store/server/mod.ts";
import type { BucketServerOptions } from "./options.ts";

/** Options of {@linkcode serveBuckets}. */
export interface ServeBucketsOptions extends BucketServerOptions, ListenOptions {
  /** The server; by default a new one with the other options. */
  readonly server?: BucketServer | undefined;
}

/** A {@linkcode BucketServer} on a port. */
export type ServedBuckets = Served<BucketServer>;

/**
 * Serves buckets over HTTP on this machine, without output. Needs the permission to listen on the address.
 *
 * @example Serve buckets until the end of the block
 * ```ts
 * import assert from "node:assert/strict";
 * import { serveBuckets } from "@multicluster/leader-election/bucket/server";
 *
 * await using served = serveBuckets();
 * served.server.edit("gs://bucket/hello.txt", "Hello");
 * const response = await fetch(`${served.url}/bucket/hello.txt`, {
 *   headers: { authorization: "Bearer local-token" },
 * });
 * assert.equal(await response.text(), "Hello");
 * ```
 */
export function serveBuckets(options: ServeBucketsOptions = {}): ServedBuckets {
  return serve(options.server ?? new BucketServer(options), options);
}
