import { GistServer } from "../../gist/server/mod.ts";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { FreezingProxy } from "./freezing_proxy.ts";

/** Gists by https, with HTTP/2 for clients that offer it, behind a way that can freeze. */
export class TlsGists implements AsyncDisposable {
  readonly server: GistServer;
  readonly gist: string;
  readonly certificates: Certificates;
  readonly proxy: FreezingProxy;
  /** Answers in place of the gists, if it returns something. */
  intercept: (request: Request) => Promise<Response> | undefined = () => undefined;
  readonly #http: Deno.HttpServer<Deno.NetAddr>;
  readonly #closing = new AbortController();

  private constructor(certificates: Certificates, server: GistServer) {
    const { cert, key } = certificates;
    this.server = server;
    this.gist = server.createGist({ "leader-election.json": "{}" });
    this.certificates = certificates;
    this.#http = Deno.serve({
      ...{ hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} },
      signal: this.#closing.signal,
    }, ({ url, method, headers, body }) => {
      const { signal } = this.#closing;
      const request = new Request(url, { method, headers, body, signal });
      return this.intercept(request) ?? this.server.fetch(request);
    });
    this.proxy = new FreezingProxy(this.#http.addr.port);
  }

  /** Serves these gists, and one more. */
  static async start(server: GistServer = new GistServer()): Promise<TlsGists> {
    return new TlsGists(await makeCertificates(), server);
  }

  /** The base URL, by the way that can freeze. */
  get url(): string {
    return `https://127.0.0.1:${this.proxy.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    this.#closing.abort();
    await this.#http.finished;
    await this.certificates[Symbol.asyncDispose]();
  }
}
