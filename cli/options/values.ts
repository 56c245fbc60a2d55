import { randomSession } from "../../lock/system.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads a duration such as `15s`, `1m`, `1m30s`, `500ms` or `0.5s`, in milliseconds. A unit is required: whether `15` means
 * seconds or milliseconds would be a guess.
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit = ""] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
    sum += Number(amount) * (UNITS[unit] ?? NaN);
  }
  return Number.isFinite(sum) ? sum : undefined;
}

/** Formats a duration as the options take it: `15s`, `500ms`. */
export function durationText(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

/**
 * Reads an address to listen on: `8080` or `127.0.0.1:8080`, `[::1]:8080`, `0.0.0.0:8080`, `:8080`. Without a host it is
 * 127.0.0.1: other machines get access only if the user says so.
 */
export function parseAddress(text: string): Deno.NetAddr | undefined {
  const match = /^(?:(\[[\da-f:.]+\]|[\w.-]*):)?(\d{1,5})$/i.exec(text);
  if (!match || Number(match[2]) > 65_535) return undefined;
  const hostname = (match[1] ?? "").replace(/^\[|\]$/g, "") || "127.0.0.1";
  return { transport: "tcp", hostname, port: Number(match[2]) };
}

/**
 * Reads the URL of a probe. One with a user name or a password is none: it would end up in lists of processes, and no request
 * may have it.
 */
export function parseProbeUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  return url && isHttp && url.username === "" && url.password === "" ? url : undefined;
}

/** Reads the address of a candidate's status: `http://10.0.0.1:4040`, or `10.0.0.1:4040`; never one with a password. */
export function parseCandidate(text: string): string | undefined {
  const trimmed = text.trim();
  const url = /^[a-z]+:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (trimmed === "" || !URL.canParse(url)) return undefined;
  const { protocol, username, password, href } = new URL(url);
  const isPlain = (protocol === "http:" || protocol === "https:") && username + password === "";
  return isPlain ? href : undefined;
}

export function originOf({ hostname, port }: Pick<Deno.NetAddr, "hostname" | "port">): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Where `elector serve` listens, and `elector resign` looks for it, by default. */
export const DEFAULT_ADDRESS: Deno.NetAddr = {
  transport: "tcp",
  hostname: "127.0.0.1",
  port: 4040,
};

/** A candidate's identity unless it is set: the name of the machine, and a random part for each process. */
export function defaultIdentity(): string {
  return `${hostname()}-${randomSession().slice(0, 6)}`;
}

function hostname(): string {
  try {
    return Deno.hostname().replaceAll(/\p{Cc}/gu, "").slice(0, 100) || "elector";
  } catch {
    // Without the permission, the random part is all that differs.
    return "elector";
  }
}
