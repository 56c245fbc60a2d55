import { GistServer } from "./server.ts";
import type { GistServerOptions } from "./options.ts";

/** Options of {@linkcode serveGists}. */
export interface ServeGistsOptions extends GistServerOptions {
  /**
   * The port to listen on; 0 chooses a free one.
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
  /** The server; by default a new one with the other options. */
  readonly server?: GistServer | undefined;
}

/** A {@linkcode GistServer} on a port. */
export interface ServedGists extends AsyncDisposable {
  /** The base URL of the REST API and of git, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** The server with the gists. */
  readonly server: GistServer;
  /** Stops listening and drops open requests. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Serves gists over HTTP on this machine, without output. Needs the permission to listen on the address.
 *
 * @example Serve a gist until the end of the block
 * ```ts
 * import assert from "node:assert/strict";
 * import { serveGists } from "@multicluster/leader-election/gist/server";
 *
 * await using served = serveGists();
 * const id = served.server.createGist({ "hello.txt": "Hello" });
 * const response = await fetch(`${served.url}/gists/${id}`);
 * const gist = await response.json();
 * assert.equal(gist.files["hello.txt"].content, "Hello");
 * ```
 */
export function serveGists(options: ServeGistsOptions = {}): ServedGists {
  const { port = 0, hostname = "127.0.0.1", server = new GistServer(options) } = options;
  const closing = new AbortController();
  const http = Deno.serve({
    port,
    hostname,
    signal: closing.signal,
    onListen: () => {},
    onError: brokenConnection,
  }, ({ url, method, headers, body }) => {
    // Reading the request's own signal makes Deno.serve print a warning.
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

/** A handler cannot close a connection, but a response body that fails comes close. */
function brokenConnection(): Response {
  const body = new ReadableStream({ start: (controller) => controller.error() });
  return new Response(body, { status: 200 });
}
