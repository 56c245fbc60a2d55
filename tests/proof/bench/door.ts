import type { LocalStore } from "../../support/local_stores.ts";

/** What a request is there for. */
type Purpose = "poll" | "write" | "probe" | "more";

interface Answered {
  /** When it arrived (monotonic, milliseconds). */
  readonly at: number;
  readonly purpose: Purpose;
  readonly status: number;
}

/** A candidate's own way to the store: each request takes a while, and is noted. */
export class Door implements AsyncDisposable {
  readonly url: string;
  readonly answered: Answered[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #closing = new AbortController();

  constructor(store: LocalStore, roundTrip: number) {
    const { signal } = this.#closing;
    const half = () => new Promise((resolve) => setTimeout(resolve, roundTrip / 2));
    const handler = async ({ url, method, headers, body }: Request) => {
      await half();
      const at = performance.now();
      const response = await store.fetch(new Request(url, { method, headers, body, signal }));
      const purpose = purposeOf(method, new URL(url));
      this.answered.push({ at, purpose, status: response.status });
      await half();
      return response;
    };
    const options = { hostname: "127.0.0.1", port: 0, signal, onListen: () => {} };
    this.#server = Deno.serve(options, handler);
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** When the last request for a purpose arrived. */
  last(purpose: Purpose): number {
    return this.answered.findLast((one) => one.purpose === purpose)?.at ?? -Infinity;
  }

  /** How many there were between two instants. */
  count(from: number, to: number, isCounted: (one: Answered) => boolean = () => true): number {
    return this.answered.filter((one) => one.at > from && one.at <= to && isCounted(one)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#server.finished;
  }
}

function purposeOf(method: string, { pathname }: URL): Purpose {
  if (pathname.endsWith(".probe")) return "probe";
  if (/^(?:PUT|PATCH)$/.test(method) || pathname.endsWith("/git-receive-pack")) return "write";
  const isPoll = /\/info\/refs$|^\/gists\/\w+$|\.json$/.test(pathname);
  return method === "GET" && isPoll ? "poll" : "more";
}
