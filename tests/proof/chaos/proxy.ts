import type { Random } from "../sim/random.ts";

/** How the network between a candidate and its store is. */
export type Weather = "clear" | "cut" | "silent" | "slow";

/** What a slow network adds to each piece at most, in milliseconds: more than a request may take. */
const SLOWEST = 1_500;

/** A connection that is carried. */
interface Link {
  /** Resolves when nothing is passed on any more, though both ends stay open. */
  readonly frozen: PromiseWithResolvers<void>;
  isFrozen: boolean;
}

/**
 * A candidate's way to its store: a proxy on loopback that passes bytes on, late, or not at all. What it holds back while it
 * is silent or slow still arrives, though the candidate has given up long before: so writes land late.
 */
export class FaultyProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #upstream: { readonly hostname: string; readonly port: number };
  readonly #random: Random;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #carrying = new Set<Promise<void>>();
  readonly #links = new Set<Link>();
  readonly #end = Promise.withResolvers<void>();
  readonly #accepting: Promise<void>;
  #weather: Weather = "clear";
  #change = Promise.withResolvers<void>();

  constructor(upstream: string, random: Random) {
    const { hostname, port } = new URL(upstream);
    this.#upstream = { hostname, port: Number(port) };
    this.#random = random;
    this.#accepting = this.#accept();
  }

  /** Where the candidate finds its store. */
  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Changes the weather; a cut drops what is open. */
  set weather(weather: Weather) {
    this.#weather = weather;
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
    if (weather === "cut") { for (const connection of this.#connections) hangUp(connection); }
  }

  /** From now on nothing passes on the connections that are open, and neither end is told. New ones work. */
  freeze(): void {
    for (const link of this.#links) {
      link.isFrozen = true;
      link.frozen.resolve();
    }
    this.#links.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.weather = "cut";
    this.#end.resolve();
    await this.#accepting;
    await Promise.all(this.#carrying);
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const carrying = this.#carry(connection);
      this.#carrying.add(carrying);
      carrying.finally(() => this.#carrying.delete(carrying));
    }
  }

  async #carry(client: Deno.TcpConn): Promise<void> {
    if (this.#weather === "cut") return hangUp(client);
    this.#connections.add(client);
    const link: Link = { frozen: Promise.withResolvers<void>(), isFrozen: false };
    this.#links.add(link);
    try {
      const store = await Deno.connect(this.#upstream);
      this.#connections.add(store);
      await Promise.all([this.#pump(client, store, link), this.#pump(store, client, link)]);
      this.#connections.delete(store);
      hangUp(store);
    } catch {
      // The store is gone: so is the connection.
    }
    this.#links.delete(link);
    this.#connections.delete(client);
    hangUp(client);
  }

  async #pump(from: Deno.TcpConn, to: Deno.TcpConn, link: Link): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
        await this.#hold(link);
        await writeAll(to, buffer.subarray(0, read));
      }
      // The end of a connection that is frozen does not arrive either.
      await this.#hold(link);
      await to.closeWrite();
    } catch {
      // Either side may hang up at any time; the other is told by the close that follows.
      hangUp(to);
    }
  }

  /** Waits as the weather asks for. */
  async #hold(link: Link): Promise<void> {
    if (link.isFrozen) return await this.#end.promise;
    while (this.#weather === "silent" && !link.isFrozen) {
      await Promise.race([this.#change.promise, link.frozen.promise]);
    }
    if (link.isFrozen) return await this.#end.promise;
    if (this.#weather !== "slow") return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, this.#random.between(0, SLOWEST));
    await Promise.race([late.promise, this.#change.promise, link.frozen.promise]);
    clearTimeout(timer);
    if (link.isFrozen) await this.#end.promise;
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}

function hangUp(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
