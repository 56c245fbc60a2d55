import type { Clock, Fetch } from "../../lock/mod.ts";
import { messageOf } from "../errors.ts";
import { OverdueError, within } from "../within.ts";

/** The shortest and the longest time-out of a probe, in milliseconds. */
const TIMEOUT_MS = { least: 1_000, most: 5_000 } as const;

interface ReadinessOptions {
  readonly url: URL;
  /** How often it is asked, in milliseconds. */
  readonly period: number;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** The workload is ready from now on, or no longer, for a reason that completes "not ready: …". */
  readonly onChange: (isReady: boolean, reason: string | undefined) => void;
}

/**
 * Asks a URL whether the workload could lead: a response with a status of 2xx says so. Anything else, including a redirect, no
 * response in time, and a response from before this process was paused, says that it could not.
 */
export class Readiness {
  readonly #options: ReadinessOptions;
  readonly #timeout: number;
  /** When the last question was sent that was answered with yes (monotonic, milliseconds). */
  #readyAt = -Infinity;
  #wasReady: boolean | undefined;

  constructor(options: ReadinessOptions) {
    this.#options = options;
    this.#timeout = Math.min(TIMEOUT_MS.most, Math.max(TIMEOUT_MS.least, options.period));
  }

  /** Whether the workload is ready, by what is known; never waits. */
  isReady(): boolean {
    // One probe may be slow; after two, it is the prober that was not running.
    const validFor = this.#options.period + 2 * this.#timeout;
    return this.#options.clock.monotonic() - this.#readyAt <= validFor;
  }

  async ask(signal?: AbortSignal): Promise<void> {
    const sentAt = this.#options.clock.monotonic();
    const reason = await this.#probe(signal);
    if (signal?.aborted) return;
    this.#readyAt = reason === undefined ? sentAt : -Infinity;
    const isReady = reason === undefined;
    if (this.#wasReady !== isReady) this.#options.onChange(isReady, reason);
    this.#wasReady = isReady;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, period } = this.#options;
    while (!signal.aborted) {
      const next = clock.monotonic() + period;
      await this.ask(signal);
      await clock.sleep(Math.max(0, next - clock.monotonic()), { signal }).catch(() => {});
    }
  }

  /** Returns why the workload is not ready; `undefined` if it is. The URL may hold a secret, and is not quoted. */
  async #probe(stopped: AbortSignal | undefined): Promise<string | undefined> {
    const { url, clock, fetch } = this.#options;
    const ask = (signal: AbortSignal) => fetch(new Request(url, { redirect: "manual", signal }));
    try {
      const response = await within(this.#timeout, clock, ask, stopped ? [stopped] : []);
      await response.body?.cancel();
      return response.ok ? undefined : `it responded with status ${response.status}`;
    } catch (error) {
      if (error instanceof OverdueError) return `it did not respond within ${this.#timeout} ms`;
      return `it cannot be reached: ${reasonOf(error, url)}`;
    }
  }
}

/** The network's own message, which may quote the URL. */
function reasonOf(error: unknown, url: URL): string {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return messageOf(cause).replaceAll(url.href, "the URL").replace(/^.*\(https?:[^)]*\): /, "");
}
