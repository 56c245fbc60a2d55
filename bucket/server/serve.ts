import { BucketServer } from "./bucket_server.ts";
import type { BucketServerOptions } from "./options.ts";

/** Options of {@linkcode serveBuckets}. */
export interface ServeBucketsOptions extends BucketServerOptions {
  /**
   * The port to listen on; 0 takes one that is free.
   *
   * @default {0}
   */
  readonly port?: number | undefined;
  /**
   * The address to listen on.
   *
   * @default {"127.0.0.1"}
   */
  readonly hostname?: string | undefined;
  /** The server to serve; the other options make one if this is left out. */
  readonly server?: BucketServer | undefined;
}

/** A {@linkcode BucketServer} on a port. */
export interface ServedBuckets extends AsyncDisposable {
  /** Its address, such as `http://127.0.0.1:41234`: the endpoint of S3 and Google; Azure's is `URL/ACCOUNT`. */
  readonly url: string;
  /** The buckets. */
  readonly server: BucketServer;
  /** Stops listening and drops the requests that are open. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Serves buckets over HTTP on this machine, silently. Needs the permission to listen on the address.
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
  const { port = 0, hostname = "127.0.0.1", server = new BucketServer(options) } = options;
  const closing = new AbortController();
  const http = Deno.serve({
    port,
    hostname,
    signal: closing.signal,
    onListen: () => {},
    onError: brokenConnection,
  }, ({ url, method, headers, body }) => {
    // Not the request's own signal: to look at it makes Deno.serve print a warning. A caller that hangs up costs nothing.
    return server.fetch(new Request(url, { method, headers, body, signal: closing.signal }));
  });
  return {
    url: `http://${hostname}:${http.addr.port}`,
    server,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await http.finished;
    },
  };
}

/** A handler cannot cut a connection, but a response that breaks off in the middle comes close. */
function brokenConnection(): Response {
  const body = new ReadableStream({ start: (controller) => controller.error() });
  return new Response(body, { status: 200 });
}
