/**
 * The network of a runtime, made fit for a lock: after a request that was given up, no other lands on its connection, and
 * requests to this machine go to no proxy.
 *
 * @module
 */

/** The part of `fetch` that this module needs. */
export type Fetch = (request: Request) => Promise<Response>;

/** Connections that can be closed together: a `Deno.HttpClient`. */
export interface HttpClient {
  /** Closes idle connections; requests in flight are not disturbed. */
  close(): void;
}

/** Options of {@linkcode Runtime.createHttpClient}. */
export interface HttpClientOptions {
  /** Whether HTTP/2 may be spoken. */
  readonly http2: boolean;
  /** Connects here instead of where the address or a proxy variable says. Speaks no TLS, even if the address is https. */
  readonly proxy?: {
    readonly transport: "tcp";
    readonly hostname: string;
    readonly port: number;
  };
}

/** What {@linkcode Network} uses of the runtime. */
export interface Runtime {
  /** The global `fetch`. */
  fetch(request: Request, init?: { readonly client: HttpClient }): Promise<Response>;
  /** `Deno.createHttpClient`; other runtimes have none. */
  readonly createHttpClient?: ((options: HttpClientOptions) => HttpClient) | undefined;
}

/** The metadata services of the clouds, which issue credentials and offer nothing but plain http. */
export const METADATA_HOSTS: readonly string[] = Object.freeze([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "[fd00:ec2::254]",
  "[fd00:ec2::23]",
  "metadata.google.internal",
]);

/**
 * Hosts that requests go to without a proxy, if by plain http: this machine, whose other programs no proxy can reach, and
 * which a proxy would be shown the access token for. {@linkcode METADATA_HOSTS} are reached alike, as they know the machine by
 * the address that it asks from.
 */
const DIRECT_HOSTS: readonly RegExp[] = [
  /^(?:.+\.)?localhost\.?$/,
  /^127(?:\.\d+){3}$/,
  /^\[::1\]$/,
  // What an IPv6 socket calls 127.0.0.0/8.
  /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/,
  // To connect to no address in particular is to connect to this machine.
  /^0\.0\.0\.0$/,
  /^\[::\]$/,
];

/** Stands for the client that the runtime's `fetch` uses if none is named: the whole program shares it. */
const SHARED: HttpClient = { close() {} };

/**
 * Sends requests by the runtime's `fetch`.
 *
 * A connection can be dead without being closed, and an HTTP/2 connection stays in its pool when a request on it is given
 * up: every later request would then time out, too. On Deno, after the first request that is given up (its signal aborts
 * before its response was read), requests go through a client of this network, without HTTP/2; after each further one,
 * through another. Requests in flight are left alone. Elsewhere fetch speaks HTTP/1.1 and closes such a connection.
 *
 * Each request to this machine by plain http has a client of its own that uses no proxy, and no connection of an earlier
 * request.
 */
export class Network {
  readonly #runtime: Runtime;
  /** `undefined` until a request needs another one. */
  #client: HttpClient | undefined = SHARED;

  /** Creates a network; nothing is opened yet. */
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Sends a request. */
  readonly fetch: Fetch = async (request) => {
    const { createHttpClient } = this.#runtime;
    if (createHttpClient === undefined) return await this.#runtime.fetch(request);
    const target = directTarget(new URL(request.url));
    if (target === undefined) return await this.#pooled(request, createHttpClient);
    const client = createHttpClient({ http2: false, proxy: target });
    try {
      return await this.#runtime.fetch(request, { client });
    } finally {
      // The rest of the response still arrives.
      client.close();
    }
  };

  /** Closes what is idle. The network can still be used. */
  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  #pooled(
    request: Request,
    createHttpClient: NonNullable<Runtime["createHttpClient"]>,
  ): Promise<Response> {
    const client = this.#client ??= createHttpClient({ http2: false });
    // Any idle connection of the client may be dead, too.
    const giveUp = () => client === this.#client && this.close();
    request.signal.addEventListener("abort", giveUp, { once: true });
    return this.#runtime.fetch(request, client === SHARED ? undefined : { client });
  }
}

/** Where a request connects if it must not use a proxy. */
function directTarget(url: URL): HttpClientOptions["proxy"] {
  const isDirect = METADATA_HOSTS.includes(url.hostname) ||
    DIRECT_HOSTS.some((host) => host.test(url.hostname));
  if (url.protocol !== "http:" || !isDirect) return;
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return { transport: "tcp", hostname, port: url.port === "" ? 80 : Number(url.port) };
}
