import type { Connection, Dialer } from "./host.ts";

/** Opens connections by the operating system. */
export const SYSTEM_DIALER: Dialer = {
  async resolve(host, signal) {
    const found = await Promise.allSettled([
      Deno.resolveDns(host, "A", { signal }),
      Deno.resolveDns(host, "AAAA", { signal }),
    ]);
    const addresses = found.flatMap((one) => one.status === "fulfilled" ? one.value : []);
    const [first] = found;
    if (addresses.length > 0) return addresses;
    throw first.status === "rejected" ? first.reason : new Error("no address");
  },
  async connect(hostname, port, signal) {
    return new SystemConnection(await Deno.connect({ hostname, port, signal }));
  },
};

class SystemConnection implements Connection {
  #conn: Deno.TcpConn | Deno.TlsConn | undefined;
  readonly #tcp: Deno.TcpConn;

  constructor(tcp: Deno.TcpConn) {
    this.#tcp = tcp;
    this.#conn = tcp;
  }

  async startTls(hostname: string, signal: AbortSignal): Promise<void> {
    const tls = await Deno.startTls(this.#tcp, { hostname });
    this.#conn = tls;
    // A handshake takes no signal: it ends with its connection.
    const onAbort = () => this.close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await tls.handshake();
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(): void {
    try {
      this.#conn?.close();
    } catch {
      // A failed handshake has closed it.
    }
    this.#conn = undefined;
  }
}
