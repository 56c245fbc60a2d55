import {
  type Clock,
  elapsedSince,
  type Instant,
  LockAccessError,
  LockError,
  LockUnavailableError,
  readClock,
} from "../../lock/mod.ts";
import type { Dialect } from "../address.ts";
import { unlessAborted } from "../../store/kit.ts";
import {
  type BucketCredentials,
  checkCredentials,
  type CredentialProvider,
  isSame,
} from "./credentials.ts";

/** How long before they expire credentials are refreshed, in milliseconds; but not before half of their life. */
const REFRESH_BEFORE = 300_000;
/** The shortest life that is believed, in milliseconds: a wrong clock must not cause a refresh at each request. */
const SHORTEST_LIFE = 60_000;
/** How long to wait after a refresh that failed, in milliseconds. */
const PAUSE_AFTER_FAILURE = 10_000;
/** How long a provider may take, in milliseconds. */
const PROVIDER_TIMEOUT = 20_000;

/** What a {@linkcode CredentialCache} is made of. */
interface CredentialCacheOptions {
  readonly dialect: Dialect;
  readonly provider: CredentialProvider;
  /** The clock that lives are counted with. */
  readonly clock: Clock;
  /** The time limit of a request, in milliseconds: a slower provider is asked again while the first call continues. */
  readonly requestTimeout: number;
  /** Returns a text without credentials, escaped: an error of the provider may quote them. */
  readonly redact: (text: string) => string;
  /** Called with new credentials before they are used. */
  readonly onCredentials: (credentials: BucketCredentials) => void;
  /** Called if a refresh fails while the old credentials are still valid, once until one succeeds. */
  readonly onWarning: (message: string) => void;
}

/** Credentials, and how long they live. */
interface Held {
  readonly credentials: BucketCredentials;
  /** When the provider was asked for them, by the monotonic clock. */
  readonly askedAt: number;
  /** When they were fetched. */
  readonly fetchedAt: Instant;
  /** How long they are valid from then, in milliseconds. */
  readonly life: number;
}

/**
 * Keeps credentials and refreshes them minutes before they expire, while the old ones are still used: a renewal of the lease
 * waits for a refresh only if there are none that are valid. All callers share one refresh.
 */
export class CredentialCache {
  readonly #options: CredentialCacheOptions;
  #held: Held | undefined;
  #pending: Promise<BucketCredentials> | undefined;
  #askedAt = -Infinity;
  #retryFrom = -Infinity;
  #hasWarned = false;

  constructor(options: CredentialCacheOptions) {
    this.#options = options;
  }

  /**
   * Returns credentials that are not known to be invalid.
   *
   * @throws {LockAccessError} If the provider says that there are none for this workload.
   * @throws {LockUnavailableError} If it cannot be asked.
   */
  async get(signal?: AbortSignal): Promise<BucketCredentials> {
    const held = this.#held;
    if (!held) return await unlessAborted(this.#refresh(), signal);
    const age = elapsedSince(held.fetchedAt, readClock(this.#options.clock));
    if (age < held.life - Math.min(REFRESH_BEFORE, held.life / 2)) return held.credentials;
    if (this.#options.clock.monotonic() < this.#retryFrom) return held.credentials;
    const refreshed = this.#refresh();
    if (age < held.life) {
      refreshed.catch((error) => this.#warn(error));
      return held.credentials;
    }
    try {
      // A renewal must not wait for a provider that hangs.
      const soon = this.#within(this.#options.requestTimeout / 4, refreshed);
      return await unlessAborted(soon, signal);
    } catch (error) {
      signal?.throwIfAborted();
      // Only the server knows whether they have expired: our clock may be wrong.
      this.#warn(error);
      return held.credentials;
    }
  }

  /**
   * Returns other credentials than those that the server refused; `undefined` if there are none.
   *
   * @throws {LockError} See {@linkcode CredentialCache.get}.
   */
  async replace(
    refused: BucketCredentials,
    signal?: AbortSignal,
  ): Promise<BucketCredentials | undefined> {
    const held = this.#held?.credentials;
    // Another call has replaced them already.
    if (held && !isSame(held, refused)) return held;
    const next = await unlessAborted(this.#refresh(), signal);
    return isSame(next, refused) ? undefined : next;
  }

  /** One call for all who ask, unless it has taken so long that it may hang: a leader cannot wait for its end. */
  #refresh(): Promise<BucketCredentials> {
    const { clock, requestTimeout } = this.#options;
    const now = clock.monotonic();
    if (this.#pending && now - this.#askedAt < requestTimeout) return this.#pending;
    this.#askedAt = now;
    const pending = this.#fetch(now).finally(() => {
      if (this.#pending === pending) this.#pending = undefined;
    });
    return this.#pending = pending;
  }

  async #fetch(askedAt: number): Promise<BucketCredentials> {
    const { dialect, clock, onCredentials } = this.#options;
    try {
      const credentials = checkGiven(dialect, await this.#within(PROVIDER_TIMEOUT, this.#ask()));
      // The call has been overtaken: what it returns is older.
      if (this.#held && askedAt < this.#held.askedAt) return this.#held.credentials;
      const { expiration } = credentials;
      const life = expiration === undefined
        ? Infinity
        : Math.max(SHORTEST_LIFE, expiration.getTime() - clock.wall());
      onCredentials(credentials);
      this.#held = { credentials, askedAt, fetchedAt: readClock(clock), life };
      this.#hasWarned = false;
      return credentials;
    } catch (error) {
      this.#retryFrom = clock.monotonic() + PAUSE_AFTER_FAILURE;
      throw error;
    }
  }

  /** Asks the provider, which is perhaps not ours: it may throw at once, and quote anything in its error. */
  async #ask(): Promise<unknown> {
    const { provider, redact } = this.#options;
    try {
      return await provider();
    } catch (error) {
      if (error instanceof LockError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new LockUnavailableError(`Cannot get credentials: ${redact(message)}`);
    }
  }

  async #within<T>(ms: number, pending: Promise<T>): Promise<T> {
    const done = new AbortController();
    const overdue = this.#options.clock.sleep(ms, { signal: done.signal }).then(() => {
      throw new LockUnavailableError(
        `Cannot get credentials: their provider did not respond within ${ms} ms`,
      );
    });
    try {
      return await Promise.race([pending, overdue]);
    } finally {
      done.abort();
    }
  }

  #warn(error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const message = error instanceof Error ? error.message : String(error);
    this.#options.onWarning(`The credentials cannot be refreshed: ${message}`);
  }
}

/** What a provider returns is not known before it is asked, so that a wrong shape is an error of the call. */
function checkGiven(dialect: Dialect, given: unknown): BucketCredentials {
  try {
    return checkCredentials(dialect, given);
  } catch (error) {
    throw new LockAccessError(error instanceof Error ? error.message : String(error));
  }
}
