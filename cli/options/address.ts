/**
 * Reads an address to listen on: `8080` or `127.0.0.1:8080`, `[::1]:8080`, `0.0.0.0:8080`, `:8080`. Without a host it is
 * this machine alone: whoever wants to be asked by others says so.
 *
 * @returns `undefined` where the text is no address.
 */
export function parseAddress(text: string): Deno.NetAddr | undefined {
  const match = /^(?:(\[[\da-f:.]+\]|[\w.-]*):)?(\d{1,5})$/i.exec(text);
  if (!match || Number(match[2]) > 65_535) return undefined;
  const hostname = (match[1] ?? "").replace(/^\[|\]$/g, "") || "127.0.0.1";
  return { transport: "tcp", hostname, port: Number(match[2]) };
}

/** An address as the origin of a URL. */
export function originOf({ hostname, port }: Pick<Deno.NetAddr, "hostname" | "port">): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
