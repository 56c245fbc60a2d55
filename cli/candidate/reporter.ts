import type { Clock, Fetch, LeaderElectionRecord } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import type { Log } from "../output/log.ts";
import { type HttpSources, listen, type Listening } from "./http.ts";
import { type Metric, metricsOf } from "./metrics.ts";
import { leaseOf, type PageData } from "./page/data.ts";
import { Observations } from "./page/observations.ts";
import { type CandidateStatus, type Counters, seconds } from "./status.ts";

/** What a candidate and an observer have in common: they count what they see, and serve it over HTTP. */
export abstract class Reporter implements HttpSources {
  protected readonly clock: Clock;
  protected readonly observations = new Observations();
  protected readonly counts = {
    terms: 0,
    termsEnded: new Map<string, number>(),
    leaderChanges: 0,
    errors: 0,
    requests: new Map<string, number>(),
  };
  readonly #log: Log;

  constructor(clock: Clock, log: Log) {
    this.clock = clock;
    this.#log = log;
  }

  abstract status(): CandidateStatus;
  abstract fault(): Error | undefined;
  abstract resign(to: string | undefined): boolean;

  metrics(): Metric[] {
    return metricsOf(this.status(), this.counters());
  }

  page(): PageData {
    this.observe();
    const now = this.clock.monotonic();
    const figures = this.status();
    const { record, renewDeadline, requestTimeout } = this.seen();
    return {
      figures,
      fault: this.fault()?.message,
      wall: this.clock.wall(),
      now,
      lease: leaseOf(figures, record, { renewDeadline }),
      requestTimeout,
      terms: this.observations.terms(now),
      requests: this.observations.requests,
      failures: this.observations.failures,
    };
  }

  serve(address: Deno.NetAddr): Listening {
    return listen(address, this);
  }

  /** The network for the lock: counts requests by their result, and records how long they take. */
  readonly fetch: Fetch = async (request) => {
    this.observe();
    const startedAt = this.clock.monotonic();
    try {
      const response = await systemFetch(request);
      this.#sawRequest(request, `${response.status}`, response.status < 500, startedAt);
      return response;
    } catch (error) {
      this.#sawRequest(request, "error", false, startedAt);
      throw error;
    }
  };

  /** The record that was seen last, and the timings, in milliseconds. */
  protected abstract seen(): {
    readonly record: LeaderElectionRecord | undefined;
    readonly renewDeadline: number;
    readonly requestTimeout: number;
  };

  protected counters(): Counters {
    return { ...this.counts, logLinesDropped: 0 };
  }

  /** Records what was seen last. Called before each request, so that no record is missed. */
  protected observe(): void {}

  #sawRequest({ method, url }: Request, result: string, isOk: boolean, startedAt: number): void {
    const { requests } = this.counts;
    const key = `${method} ${result}`;
    requests.set(key, (requests.get(key) ?? 0) + 1);
    const ms = this.clock.monotonic() - startedAt;
    this.observations.sawRequest({ ms, isOk });
    // Without the path, which has the gist's id.
    const { host } = new URL(url);
    const text = `${method} ${host}: ${result} in ${Math.round(ms)} ms`;
    this.#log("request", text, { method, host, result, seconds: seconds(ms) });
  }
}
