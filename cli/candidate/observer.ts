import type { ElectorStatus, Timings } from "../../elector/mod.ts";
import type { CallOptions, Clock, Lock, Observed } from "../../lock/mod.ts";
import { messageOf } from "../errors.ts";
import { Reporter } from "./reporter.ts";
import { type CandidateStatus, statusOf } from "./status.ts";

interface ObserverOptions extends Pick<Timings, "pollPeriod" | "requestTimeout"> {
  readonly clock: Clock;
  readonly identity: string;
}

/** The record that was read last, and when the holder's write was first seen, by the monotonic clock. */
interface Sight {
  readonly observed: Observed;
  readonly at: number;
}

/** Who only watches a lock: its status and its page show what was read for the watch, and nothing more is read for them. */
export class Observer extends Reporter {
  readonly #options: ObserverOptions;
  #name = "";
  #sight: Sight | undefined;
  #contactAt: number | undefined;
  #lastError: string | undefined;

  constructor(options: ObserverOptions) {
    super(options.clock, () => {});
    this.#options = options;
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

  resign(): boolean {
    return false;
  }

  fault(): Error | undefined {
    return this.status().storeReachable
      ? undefined
      : new Error(this.#lastError ?? "The store has not responded yet");
  }

  protected seen() {
    const { requestTimeout } = this.#options;
    return { record: this.#sight?.observed.record, renewDeadline: 0, requestTimeout };
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
      this.counts.errors++;
      const message = this.#lastError = messageOf(error);
      this.observations.sawFailure({ at: clock.monotonic(), message });
      throw error;
    }
  }

  #saw(observed: Observed, now: number): void {
    const before = this.#sight;
    const isRenewed = !before || writeOf(before.observed) !== writeOf(observed);
    if (before?.observed.record.holderIdentity !== observed.record.holderIdentity) {
      this.counts.leaderChanges++;
    }
    this.#sight = { observed, at: isRenewed ? now : before.at };
    this.observations.sawRecord(observed, this.#sight.at);
  }
}

/** Names the holder's write: a request on top of it keeps its session and its sequence number. */
function writeOf({ record: { session, sequence }, version }: Observed): string {
  return session === undefined || sequence === undefined ? version : `${session} ${sequence}`;
}
