import { BucketLock } from "../../bucket/mod.ts";
import { type BucketCounts, LOCAL_CREDENTIALS, serveBuckets } from "../../bucket/server/mod.ts";
import { failoverBounds, type Timings } from "../../elector/mod.ts";
import { GistLock, type Protocol, REQUESTS } from "../../gist/mod.ts";
import { LOCAL_TOKEN, type RequestCounts, serveGists } from "../../gist/server/mod.ts";
import type { Lock } from "../../lock/mod.ts";
import type { Bounds } from "./terms.ts";

export interface LockConfig {
  readonly baseUrl: string;
  /** The gist's id, or the address of an object. */
  readonly id: string;
  /** A gist's protocol; an object has none. */
  readonly protocol?: Protocol;
}

/** The local server that the demo's lock lives on. */
export interface Place {
  readonly served: AsyncDisposable & { readonly server: { counts: RequestCounts | BucketCounts } };
  readonly config: LockConfig;
  readonly name: string;
  bounds(timings: Timings): Bounds;
}

export function openLock(
  { baseUrl, id, protocol }: LockConfig,
  identity: string,
  requestTimeout: number,
): Lock {
  if (protocol) {
    return new GistLock({ baseUrl, id, token: LOCAL_TOKEN, identity, requestTimeout, protocol });
  }
  const credentials = LOCAL_CREDENTIALS.s3;
  return new BucketLock({ url: id, endpoint: baseUrl, credentials, identity, requestTimeout });
}

export function serveGist(protocol: Protocol): Place {
  const served = serveGists();
  const id = served.server.createGist({ "leader-election.json": "{}" });
  return {
    served,
    config: { baseUrl: served.url, id, protocol },
    name: "a gist",
    bounds: (timings) => failoverBounds(timings, REQUESTS[protocol], protocol === "rest"),
  };
}

export function serveBucket(): Place {
  const served = serveBuckets();
  const id = "s3://locks/leader-election.json";
  served.server.edit(id, "{}");
  return {
    served,
    config: { baseUrl: served.url, id },
    name: "an object in a bucket",
    // The read that a refused or unclear write needs.
    bounds: (timings) => failoverBounds(timings, { read: 1, write: 2 }),
  };
}
