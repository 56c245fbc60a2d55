import type { Clock } from "../../../lock/mod.ts";
import {
  CREATION_LIMIT_MESSAGE,
  exceeded,
  type RateLimits,
  SECONDARY_LIMIT_MESSAGE,
} from "./limits.ts";

interface LimitRefusal {
  readonly message: string;
  /** In seconds, if the response says so. */
  readonly retryAfter: number | undefined;
}

/** The state of the primary limit: the hour begins with the first request. */
interface Hour {
  readonly endsAt: number;
  readonly resetEpochSeconds: number;
  used: number;
}

interface Account {
  hour: Hour;
  readonly points: SlidingWindow;
  readonly minuteCreations: SlidingWindow;
  readonly hourCreations: SlidingWindow;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const WRITE_POINTS = 5;

/** Counts requests against GitHub's primary and secondary limits. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #limits: RateLimits;
  #accounts = new Map<string | undefined, Account>();

  constructor(clock: Clock, limits: RateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Admits and counts a request, or returns why it is refused.
   *
   * @param login The account; `undefined` without a token.
   */
  admit(login: string | undefined, write: boolean): LimitRefusal | undefined {
    const now = this.#clock.monotonic();
    const account = this.#account(login);
    if (account.hour.used >= this.#limitOf(login)) {
      return { message: exceeded(login), retryAfter: undefined };
    }
    const points = write ? WRITE_POINTS : 1;
    const wait = this.#secondaryWait(account, now, write);
    if (wait.ms > 0) {
      const retryAfter = this.#limits.retryAfter ? Math.ceil(wait.ms / 1_000) : undefined;
      return { message: wait.message, retryAfter };
    }
    account.hour.used++;
    account.points.add(now, points);
    if (write) {
      account.minuteCreations.add(now, 1);
      account.hourCreations.add(now, 1);
    }
    return undefined;
  }

  /** Takes a request off the primary limit, as a 304 is free. */
  refund(login: string | undefined): void {
    this.#account(login).hour.used--;
  }

  /** Returns the rate limit headers of a response. */
  headers(login: string | undefined): Record<string, string> {
    const { used, resetEpochSeconds } = this.#account(login).hour;
    const limit = Math.min(this.#limitOf(login), Number.MAX_SAFE_INTEGER);
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(Math.max(0, limit - used)),
      "x-ratelimit-reset": String(resetEpochSeconds),
      "x-ratelimit-used": String(used),
      "x-ratelimit-resource": "core",
    };
  }

  #secondaryWait(account: Account, now: number, write: boolean): { ms: number; message: string } {
    const limits = this.#limits;
    const points = write ? WRITE_POINTS : 1;
    const pointsMs = account.points.waitFor(now, points, limits.pointsPerMinute);
    if (!write) return { ms: pointsMs, message: SECONDARY_LIMIT_MESSAGE };
    const creationMs = Math.max(
      account.minuteCreations.waitFor(now, 1, limits.creationsPerMinute),
      account.hourCreations.waitFor(now, 1, limits.creationsPerHour),
    );
    const message = creationMs > 0 ? CREATION_LIMIT_MESSAGE : SECONDARY_LIMIT_MESSAGE;
    return { ms: Math.max(pointsMs, creationMs), message };
  }

  #limitOf(login: string | undefined): number {
    const { requestsPerHour, anonymousRequestsPerHour } = this.#limits;
    return login === undefined ? anonymousRequestsPerHour : requestsPerHour;
  }

  #account(login: string | undefined): Account {
    const now = this.#clock.monotonic();
    const account = this.#accounts.get(login) ?? {
      hour: this.#newHour(),
      points: new SlidingWindow(MINUTE_MS),
      minuteCreations: new SlidingWindow(MINUTE_MS),
      hourCreations: new SlidingWindow(HOUR_MS),
    };
    this.#accounts.set(login, account);
    if (now >= account.hour.endsAt) account.hour = this.#newHour();
    return account;
  }

  #newHour(): Hour {
    const resetEpochSeconds = Math.ceil((this.#clock.wall() + HOUR_MS) / 1_000);
    return { endsAt: this.#clock.monotonic() + HOUR_MS, resetEpochSeconds, used: 0 };
  }
}

/** A sum over a sliding window of time. */
class SlidingWindow {
  readonly #lengthMs: number;
  #entries: { at: number; amount: number }[] = [];
  #sum = 0;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  add(now: number, amount: number): void {
    this.#entries.push({ at: now, amount });
    this.#sum += amount;
  }

  /** Returns the time until `amount` more fits under `limit`, in milliseconds. */
  waitFor(now: number, amount: number, limit: number): number {
    for (let first = this.#entries[0]; first; first = this.#entries[0]) {
      const left = first.at + this.#lengthMs - now;
      if (left > 0) return this.#sum + amount > limit ? left : 0;
      this.#entries.shift();
      this.#sum -= first.amount;
    }
    return 0;
  }
}
