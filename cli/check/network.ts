import type { Clock } from "../../lock/mod.ts";
import { messageOf } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { within } from "../within.ts";
import { type Check, fail, pass, type Result, skip } from "./check.ts";
import { hostOf, portOf, type Proxy, proxyFor, type ReadVariable } from "./proxy.ts";
import type { Target } from "./target.ts";

/** Opens connections, step by step. Every step gives up when its signal aborts. */
export interface Dialer {
  resolve(host: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Opens a TCP connection, and returns its next steps. */
  connect(host: string, port: number, signal: AbortSignal): Promise<Connection>;
}

interface Connection {
  startTls(host: string, signal: AbortSignal): Promise<void>;
  close(): void;
}

interface NetworkOptions {
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly env: ReadVariable;
  /** How long each step may take, in milliseconds. */
  readonly timeout: number;
}

/** A step that failed; the message says what to do. */
class StepError extends Error {}

/**
 * Checks that a host can be reached: by DNS, TCP and TLS, or up to the proxy in between. If the lock can do without the host, a
 * failure is only a reason to skip what needs it.
 */
export function hostCheck(
  { name, url, isOptional }: Target["hosts"][number],
  options: NetworkOptions,
): Check {
  return {
    name,
    async run(): Promise<Result> {
      const proxy = proxyFor(url, options.env);
      try {
        return pass(proxy ? await reachProxy(url, proxy, options) : await reach(url, options));
      } catch (error) {
        if (!(error instanceof StepError)) throw error;
        if (isOptional) return skip(`${error.message}; the lock does not need this host`);
        return fail(EXIT.unavailable, error.message);
      }
    },
  };
}

async function reach(url: URL, options: NetworkOptions): Promise<string> {
  const steps = await dial(hostOf(url), portOf(url), options, url.protocol === "https:");
  return `${url.host}: ${steps.join(", ")}, no proxy`;
}

/** Only the proxy can reach the host, maybe, so only the way to it is checked. */
async function reachProxy(url: URL, proxy: Proxy, options: NetworkOptions): Promise<string> {
  const { variable, hostname, port } = proxy;
  if (hostname === "") {
    throw new StepError(`${variable} must be the URL of a proxy: correct it or unset it`);
  }
  const where = `the proxy ${hostname}:${port} of ${variable}`;
  try {
    const steps = await dial(hostname, port, options, false);
    return `${url.host} through ${where}: ${steps.join(", ")} to the proxy`;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    throw new StepError(`${where}: ${error.message}; or put ${url.hostname} into NO_PROXY`);
  }
}

/** The steps to a host, each with its time. */
async function dial(
  host: string,
  port: number,
  options: NetworkOptions,
  isTls: boolean,
): Promise<string[]> {
  const { dialer } = options;
  const steps: string[] = [];
  const isAddress = /^[\d.]+$|:/.test(host) || /(?:^|\.)localhost\.?$/.test(host);
  // The system may know names that DNS does not, so only the connection decides.
  const dns = isAddress ? undefined : await timed(options, (signal) => dialer.resolve(host, signal))
    .catch((error) => error as Error);
  if (dns !== undefined) {
    steps.push(dns instanceof Error ? "DNS has no answer" : `DNS ${dns.ms} ms`);
  }
  const tcp = await timed(options, (signal) => dialer.connect(host, port, signal))
    .catch((error) => {
      const isUnknown = dns instanceof Error;
      throw new StepError(isUnknown ? dnsFailure(host, dns) : tcpFailure(host, port, error));
    });
  try {
    steps.push(`TCP ${tcp.ms} ms`);
    if (isTls) {
      const tls = await timed(options, (signal) => tcp.value.startTls(host, signal))
        .catch((error) => Promise.reject(new StepError(tlsFailure(host, error))));
      steps.push(`TLS ${tls.ms} ms`);
    }
    return steps;
  } finally {
    tcp.value.close();
  }
}

async function timed<T>(
  { clock, timeout }: NetworkOptions,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<{ value: T; ms: number }> {
  const startedAt = clock.monotonic();
  const value = await within(timeout, clock, step);
  return { value, ms: Math.round(clock.monotonic() - startedAt) };
}

function dnsFailure(host: string, error: Error): string {
  return `${host}: DNS does not resolve it (${messageOf(error)}): check the name, and this ` +
    "machine's DNS servers or the network policy that blocks them";
}

function tcpFailure(host: string, port: number, error: unknown): string {
  const text = messageOf(error);
  const advice = /refused/i.test(text)
    ? "nothing listens there: check the address and the port"
    : "let it through the firewall or the network policy, or set HTTPS_PROXY";
  return `${host}: no TCP connection to port ${port} (${text}): ${advice}`;
}

function tlsFailure(host: string, error: unknown): string {
  return `${host}: the TLS handshake failed (${messageOf(error)}): check this machine's clock, ` +
    "and trust the certificate authority of a proxy in between with DENO_CERT";
}

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
    const tcp = await Deno.connect({ hostname, port, signal });
    let open: Deno.Conn | undefined = tcp;
    const close = () => {
      try {
        open?.close();
      } catch {
        // A failed handshake has closed it.
      }
      open = undefined;
    };
    const startTls = async (hostname: string, signal: AbortSignal) => {
      const tls = await Deno.startTls(tcp, { hostname });
      open = tls;
      // A handshake takes no signal: it ends with its connection.
      signal.addEventListener("abort", close, { once: true });
      await tls.handshake().finally(() => signal.removeEventListener("abort", close));
    };
    return { startTls, close };
  },
};
