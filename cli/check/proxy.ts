export interface Proxy {
  readonly variable: string;
  readonly hostname: string;
  readonly port: number;
}

/** Reads a variable of the environment; `undefined` if it is not set. */
export type ReadVariable = (name: string) => string | undefined;

/**
 * Returns the proxy that Deno's `fetch` uses for an address: `HTTPS_PROXY` or `HTTP_PROXY`, then `ALL_PROXY`, unless
 * `NO_PROXY` names the host. The proxy's own credentials are not part of it.
 */
export function proxyFor(url: URL, env: ReadVariable): Proxy | undefined {
  const scheme = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const isLoopback = url.protocol === "http:" && isThisMachine(hostOf(url));
  if (isLoopback || isExcluded(hostOf(url), either(env, "NO_PROXY")?.[1] ?? "")) return undefined;
  const [variable, text] = either(env, scheme) ?? either(env, "ALL_PROXY") ?? [];
  if (variable === undefined || text === undefined) return undefined;
  const address = text.includes("://") ? text : `http://${text}`;
  if (!URL.canParse(address)) return { variable, hostname: "", port: 0 };
  const proxy = new URL(address);
  return { variable, hostname: hostOf(proxy), port: portOf(proxy) };
}

/** The port of an address, also if it is the scheme's own. */
export function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : protocol.startsWith("socks") ? 1080 : 80;
}

/** The host of an address, without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function isThisMachine(host: string): boolean {
  return /^(?:(?:.+\.)?localhost\.?|127(?:\.\d+){3}|::1|0\.0\.0\.0|::)$/.test(host);
}

/** A variable in upper case, or in lower case. */
function either(env: ReadVariable, name: string): [string, string] | undefined {
  for (const one of [name, name.toLowerCase()]) {
    const value = env(one);
    if (value) return [one, value];
  }
  return undefined;
}

function isExcluded(host: string, list: string): boolean {
  return list.split(",").map((entry) => entry.trim().toLowerCase().replace(/^\*?\./, ""))
    .some((entry) => entry !== "" && (entry === "*" || covers(entry, host)));
}

function covers(entry: string, host: string): boolean {
  if (entry.includes("/")) return isInNetwork(host, entry);
  return host === entry || host.endsWith(`.${entry}`);
}

/** Whether an IPv4 address is in a network such as 10.0.0.0/8. */
function isInNetwork(host: string, network: string): boolean {
  const [base = "", bits = ""] = network.split("/");
  const [a, b] = [numberOf(host), numberOf(base)];
  const size = Number(bits);
  if (a === undefined || b === undefined || !/^\d+$/.test(bits) || size > 32) return false;
  const span = 2 ** (32 - size);
  return Math.floor(a / span) === Math.floor(b / span);
}

function numberOf(host: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return undefined;
  return host.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
