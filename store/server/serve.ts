/** Where a local server listens. */
export interface ListenOptions {
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
}

/** A server on a port. */
export interface Served<Server> extends AsyncDisposable {
  /** The base URL, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** The server. */
  readonly server: Server;
  /** Stops listening and drops open requests. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves a handler over HTTP on this machine, without output. */
export function serve<Server extends { fetch(request: Request): Promise<Response> }>(
  server: Server,
  { port = 0, hostname = "127.0.0.1" }: ListenOptions,
): Served<Server> {
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
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${http.addr.port}`,
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
