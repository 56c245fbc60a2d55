import type { ElectorStatus } from "../../elector/mod.ts";
import type { CallOptions, Clock, Lock, Observed } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { messageOf } from "../errors.ts";
import { listen, type Listening } from "./http.ts";
import { metricsOf } from "./metrics.ts";
import { observedFetch } from "./observed_fetch.ts";
import { leaseOf, type PageData } from "./page/data.ts";
import { Observations } from "./page/observations.ts";
import { type CandidateStatus, statusOf } from "./status.ts";

/** Options of {@linkcode Observer}. */
interface ObserverOptions {
  readonly clock: Clock;
  readonly identity: string;
  /** How often the lock is read, in milliseconds. */
  readonly pollPeriod: number;
  /** How long one request may take, in milliseconds. */
  readonly requestTimeout: number;
}

/** The record that was read last, and when the holder's write was first seen, by the monotonic clock. */
interface Sight {
  readonly observed: Observed;
  readonly at: number;
}

/** Who only watches a lock: its status and its page show what was read for the watch, and nothing more is read for them. */
export class Observer {
  readonly #options: ObserverOptions;
  readonly #observations = new Observations();
  readonly #requests = new Map<string, number>();
  #name = "";
  #sight: Sight | undefined;
  #contactAt: number | undefined;
  #lastError: string | undefined;
  #errors = 0;
  #leaderChanges = 0;
  /** The network for the lock. */
  readonly fetch;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.fetch = observedFetch({
      clock: options.clock,
      fetch: systemFetch,
      log: () => {},
      observations: this.#observations,
      counts: this.#requests,
    });
  }

  /** Returns the lock to watch: what is read by it is seen. */
  watching(lock: Lock): Lock {
    this.#name = lock.describe();
    return new Proxy(lock, {
      get: (target, key) => {
        if (key === "get") return (options?: CallOptions) => this.#get(target, options);
        const value = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  status(): CandidateStatus {
    const { clock, identity, pollPeriod, requestTimeout } = this.#options;
    const now = clock.monotonic();
    const status: ElectorStatus = {
      identity,
      role: "follower",
      leader: undefined,
      token: undefined,
      remaining: 0,
      lastContact: this.#contactAt === undefined ? undefined : now - this.#contactAt,
      refusedFor: undefined,
      pollPeriod,
      lastError: this.#lastError,
      observed: this.#sight && { ...this.#sight.observed, age: now - this.#sight.at },
      rank: 0,
      ready: undefined,
      preferredHolder: this.#sight?.observed.record.preferredHolder,
      lock: this.#name,
    };
    return statusOf(status, { retryPeriod: pollPeriod, requestTimeout }, true);
  }

  page(): PageData {
    const { clock, requestTimeout } = this.#options;
    const figures = this.status();
    const now = clock.monotonic();
    return {
      figures,
      fault: this.#fault()?.message,
      wall: clock.wall(),
      now,
      lease: leaseOf(figures, this.#sight?.observed.record, { renewDeadline: 0 }),
      requestTimeout,
      terms: this.#observations.terms(now),
      requests: this.#observations.requests,
      failures: this.#observations.failures,
    };
  }

  /**
   * Serves its page, its status and its metrics over HTTP.
   *
   * @throws {CommandError} If nothing can listen at the address.
   */
  serve(address: Deno.NetAddr): Listening {
    return listen(address, {
      status: () => this.status(),
      metrics: () =>
        metricsOf(this.status(), {
          terms: 0,
          termsEnded: new Map(),
          leaderChanges: this.#leaderChanges,
          errors: this.#errors,
          requests: this.#requests,
          logLinesDropped: 0,
        }),
      page: () => this.page(),
      fault: () => this.#fault(),
      resign: () => false,
    });
  }

  async #get(lock: Lock, options: CallOptions | undefined): Promise<Observed | undefined> {
    const { clock } = this.#options;
    try {
      const observed = await lock.get(options);
      const now = this.#contactAt = clock.monotonic();
      this.#lastError = undefined;
      if (observed) this.#saw(observed, now);
      else this.#sight = undefined;
      return observed;
    } catch (error) {
      if (options?.signal?.aborted) throw error;
      this.#errors++;
      const message = this.#lastError = messageOf(error);
      this.#observations.sawFailure({ at: clock.monotonic(), message });
      throw error;
    }
  }

  #saw(observed: Observed, now: number): void {
    const before = this.#sight;
    const isRenewed = !before || writeOf(before.observed) !== writeOf(observed);
    if (before?.observed.record.holderIdentity !== observed.record.holderIdentity) {
      this.#leaderChanges++;
    }
    this.#sight = { observed, at: isRenewed ? now : before.at };
    this.#observations.sawRecord(observed, this.#sight.at);
  }

  #fault(): Error | undefined {
    return this.status().storeReachable
      ? undefined
      : new Error(this.#lastError ?? "The store has not responded yet");
  }
}

/** Names the holder's write: a request on top of it keeps its session and its sequence number. */
function writeOf({ record: { session, sequence }, version }: Observed): string {
  return session === undefined || sequence === undefined ? version : `${session} ${sequence}`;
}
