/** A proxy that carries nothing, and keeps the first bytes of each connection. */
export class RecordingProxy implements AsyncDisposable {
  /** What came, one text for each connection. */
  readonly received: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #accepting = this.#accept();

  /** The variables that send programs here, all of them. */
  env(): Record<string, string> {
    const url = `http://127.0.0.1:${this.#listener.addr.port}`;
    const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    return {
      ...Object.fromEntries(names.flatMap((name) => [[name, url], [name.toLowerCase(), url]])),
      // Deno asks for its newest version itself, by the proxy.
      DENO_NO_UPDATE_CHECK: "1",
      NO_PROXY: "",
      no_proxy: "",
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const bytes = new Uint8Array(4_096);
      const read = await connection.read(bytes).catch(() => null) ?? 0;
      this.received.push(new TextDecoder().decode(bytes.subarray(0, read)));
      connection.close();
    }
  }
}
