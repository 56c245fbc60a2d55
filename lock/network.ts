/**
 * The network of a runtime, adapted for a lock: requests never reuse the connection of a request that was given up, and
 * requests to this machine do not use a proxy.
 *
 * @module
 */

/** The part of `fetch` that this module needs. */
export type Fetch = (request: Request) => Promise<Response>;

/** A pool of connections: `Deno.HttpClient`. */
export interface HttpClient {
  /** Closes idle connections; requests in flight continue. */
  close(): void;
}

export interface HttpClientOptions {
  /** Whether HTTP/2 is allowed. */
  readonly http2: boolean;
  /** Connects here instead of to the address or a configured proxy. Does not use TLS, even if the address is https. */
  readonly proxy?: {
    readonly transport: "tcp";
    readonly hostname: string;
    readonly port: number;
  };
}

/** The parts of a runtime that {@linkcode Network} uses. */
export interface Runtime {
  fetch(request: Request, init?: { readonly client: HttpClient }): Promise<Response>;
  /** `Deno.createHttpClient`, which other runtimes lack. */
  readonly createHttpClient?: ((options: HttpClientOptions) => HttpClient) | undefined;
}

/** The metadata services of the clouds, which issue credentials over plain http. */
export const METADATA_HOSTS: readonly string[] = Object.freeze([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "[fd00:ec2::254]",
  "[fd00:ec2::23]",
  "metadata.google.internal",
]);

/**
 * Hosts that plain http requests reach without a proxy: this machine, as a proxy cannot reach its local programs and would
 * see the access token. The same holds for {@linkcode METADATA_HOSTS}, as they identify a machine by its address.
 */
const DIRECT_HOSTS: readonly RegExp[] = [
  /^(?:.+\.)?localhost\.?$/,
  /^127(?:\.\d+){3}$/,
  /^\[::1\]$/,
  // 127.0.0.0/8 as an IPv6 address.
  /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/,
  // The unspecified addresses, which connect to this machine.
  /^0\.0\.0\.0$/,
  /^\[::\]$/,
];

/** Stands for the default client of the runtime's `fetch`, which the whole program shares. */
const SHARED: HttpClient = { close() {} };

/**
 * Sends requests by the runtime's `fetch`.
 *
 * A connection can be dead without being closed, and an HTTP/2 connection stays in its pool when a request on it is given
 * up: every later request would time out, too. On Deno, after the first request that is given up (its signal aborts before
 * the response is read), requests use a new client without HTTP/2, and another one after each further such request. Requests
 * in flight continue. Other runtimes use HTTP/1.1, and close the connection.
 *
 * Each plain http request to this machine has its own client, without a proxy and without reused connections.
 */
export class Network {
  readonly #runtime: Runtime;
  /** `undefined` until a request needs a new one. */
  #client: HttpClient | undefined = SHARED;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  readonly fetch: Fetch = async (request) => {
    const { createHttpClient } = this.#runtime;
    if (createHttpClient === undefined) return await this.#runtime.fetch(request);
    const target = directTarget(new URL(request.url));
    if (target === undefined) return await this.#pooled(request, createHttpClient);
    const client = createHttpClient({ http2: false, proxy: target });
    try {
      return await this.#runtime.fetch(request, { client });
    } finally {
      // The rest of the response still arrives after this.
      client.close();
    }
  };

  /** Closes idle connections. The network can still be used. */
  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  #pooled(
    request: Request,
    createHttpClient: NonNullable<Runtime["createHttpClient"]>,
  ): Promise<Response> {
    const client = this.#client ??= createHttpClient({ http2: false });
    // Every idle connection of the client may be dead.
    const giveUp = () => client === this.#client && this.close();
    request.signal.addEventListener("abort", giveUp, { once: true });
    return this.#runtime.fetch(request, client === SHARED ? undefined : { client });
  }
}

/** Returns where to connect if the request must not use a proxy. */
function directTarget(url: URL): HttpClientOptions["proxy"] {
  const isDirect = METADATA_HOSTS.includes(url.hostname) ||
    DIRECT_HOSTS.some((host) => host.test(url.hostname));
  if (url.protocol !== "http:" || !isDirect) return;
  // An IPv6 address keeps its brackets: the runtime puts both into a URL.
  const { hostname } = url;
  return { transport: "tcp", hostname, port: url.port === "" ? 80 : Number(url.port) };
}
