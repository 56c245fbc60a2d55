import { GistServer } from "./server.ts";
import { type ListenOptions, serve, type Served } from "../../store/server/mod.ts";
import type { GistServerOptions } from "./options.ts";

/** Options of {@linkcode serveGists}. */
export interface ServeGistsOptions extends GistServerOptions, ListenOptions {
  /** The server; by default a new one with the other options. */
  readonly server?: GistServer | undefined;
}

/** A {@linkcode GistServer} on a port. */
export type ServedGists = Served<GistServer>;

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
  return serve(options.server ?? new GistServer(options), options);
}
