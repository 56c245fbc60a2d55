/**
 * A way to a server that can freeze: existing connections carry nothing any more, and neither side learns of it (no FIN, no
 * RST), while new ones work. So it is after a firewall or a NAT has forgotten its connections.
 *
 * It passes bytes on to one server, and answers CONNECT as a proxy does, whichever host is asked for.
 */
export class FreezingProxy implements AsyncDisposable {
  /** What was asked for by CONNECT. */
  readonly tunnels: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #upstreamPort: number;
  readonly #connections = new Set<Connection>();
  readonly #accepting: Promise<void>;

  constructor(upstreamPort: number) {
    this.#upstreamPort = upstreamPort;
    this.#accepting = this.#accept();
  }

  /** Where it listens, on 127.0.0.1. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** How many connections work, a frozen one not among them. */
  get working(): number {
    return [...this.#connections].filter(({ isFrozen }) => !isFrozen).length;
  }

  /** Freezes every connection that is open, for good. */
  freeze(): void {
    for (const connection of this.#connections) connection.isFrozen = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    const all = [...this.#connections];
    for (const connection of all) connection.hangUp();
    await Promise.all(all.map(({ carrying }) => carrying));
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      const connection = new Connection(client, this.#upstreamPort, this.tunnels);
      this.#connections.add(connection);
      connection.carrying.finally(() => this.#connections.delete(connection));
    }
  }
}

class Connection {
  isFrozen = false;
  readonly carrying: Promise<void>;
  readonly #ends: Deno.TcpConn[];
  readonly #closed = Promise.withResolvers<void>();

  constructor(client: Deno.TcpConn, upstreamPort: number, tunnels: string[]) {
    this.#ends = [client];
    this.carrying = this.#carry(client, upstreamPort, tunnels).finally(() => this.hangUp());
  }

  hangUp(): void {
    this.#closed.resolve();
    for (const end of this.#ends.splice(0)) end.close();
  }

  async #carry(client: Deno.TcpConn, port: number, tunnels: string[]): Promise<void> {
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#ends.push(server);
      const first = new Uint8Array(65_536);
      const read = await client.read(first) ?? 0;
      const [, tunnel] = /^CONNECT (\S+) /.exec(new TextDecoder().decode(first.subarray(0, 300))) ??
        [];
      if (tunnel === undefined) await writeAll(server, first.subarray(0, read));
      else {
        tunnels.push(tunnel);
        await writeAll(client, new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
      }
      await Promise.all([this.#pump(client, server), this.#pump(server, client)]);
    } catch {
      // Either side may hang up at any time.
    }
  }

  async #pump(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
      if (this.isFrozen) return await this.#closed.promise;
      await writeAll(to, buffer.subarray(0, read));
    }
    // Nor does the end of a connection pass through a frozen one.
    if (this.isFrozen) return await this.#closed.promise;
    await to.closeWrite();
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}
