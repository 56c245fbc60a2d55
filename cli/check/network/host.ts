import type { Clock } from "../../../lock/mod.ts";
import { messageOf } from "../../errors.ts";
import { EXIT } from "../../exit_codes.ts";
import { type Check, fail, pass, type Result, skip } from "../check.ts";
import { hostOf, portOf, type Proxy, proxyFor, type ReadVariable } from "./proxy.ts";

/** Opens connections, step by step. Every step gives up when its signal aborts. */
export interface Dialer {
  /** Resolves a name by DNS. */
  resolve(host: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Opens a TCP connection, and returns its next steps. */
  connect(host: string, port: number, signal: AbortSignal): Promise<Connection>;
}

/** An open TCP connection. */
export interface Connection {
  /** Does the TLS handshake. */
  startTls(host: string, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Options of {@linkcode checkHost}. */
interface HostOptions {
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly env: ReadVariable;
  /** How long each step may take, in milliseconds. */
  readonly timeout: number;
  /** Whether the lock can do without this host; then a failure is only a reason to skip what needs it. */
  readonly isOptional?: boolean;
}

/** A step that failed; the message says what to do. */
class StepError extends Error {}

/** Checks that a host can be reached: by DNS, TCP and TLS, or up to the proxy in between. */
export function checkHost(name: string, url: URL, options: HostOptions): Check {
  return {
    name,
    async run(): Promise<Result> {
      const proxy = proxyFor(url, options.env);
      try {
        return pass(proxy ? await reachProxy(url, proxy, options) : await reach(url, options));
      } catch (error) {
        if (!(error instanceof StepError)) throw error;
        if (options.isOptional) return skip(`${error.message}; the lock does without this host`);
        return fail(EXIT.unavailable, error.message);
      }
    },
  };
}

async function reach(url: URL, options: HostOptions): Promise<string> {
  const [host, port] = [hostOf(url), portOf(url)];
  const isTls = url.protocol === "https:";
  const steps = await dial(host, port, options, isTls);
  return `${url.host}: ${steps.join(", ")}, no proxy`;
}

/** Only the proxy can reach the host, maybe, so only the way to it is checked. */
async function reachProxy(url: URL, proxy: Proxy, options: HostOptions): Promise<string> {
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
  options: HostOptions,
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
      throw new StepError(
        dns instanceof Error ? dnsFailure(host, dns) : tcpFailure(host, port, error),
      );
    });
  try {
    steps.push(`TCP ${tcp.ms} ms`);
    if (isTls) {
      const tls = await timed(options, (signal) => tcp.value.startTls(host, signal))
        .catch((error) => {
          throw new StepError(tlsFailure(host, error));
        });
      steps.push(`TLS ${tls.ms} ms`);
    }
    return steps;
  } finally {
    tcp.value.close();
  }
}

/** Runs a step, and gives it up after the timeout. */
async function timed<T>(
  { clock, timeout }: HostOptions,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<{ value: T; ms: number }> {
  const startedAt = clock.monotonic();
  const done = new AbortController();
  const overdue = new AbortController();
  const late = clock.sleep(timeout, { signal: done.signal }).then(() => {
    const error = new Error(`no answer within ${timeout} ms`);
    overdue.abort(error);
    throw error;
  });
  late.catch(() => {});
  try {
    const value = await Promise.race([step(overdue.signal), late]);
    return { value, ms: Math.round(clock.monotonic() - startedAt) };
  } finally {
    done.abort();
  }
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
  return `${host}: the TLS handshake failed (${
    messageOf(error)
  }): check this machine's clock, and ` +
    "trust the certificate authority of a proxy in between with DENO_CERT";
}
