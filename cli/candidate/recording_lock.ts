import type {
  CallOptions,
  Clock,
  LeaderElectionRecord,
  Lock,
  Observed,
  Quota,
  RequestCounts,
} from "../../lock/mod.ts";

/** What was last seen in effect. */
export interface Sighting {
  /** The record, and its version. */
  readonly observed: Observed;
  /** When this version was first seen (monotonic, milliseconds). */
  readonly at: number;
}

/** A lock that remembers what it last saw, for status pages. It decides nothing, and changes no call. */
export class RecordingLock implements Lock {
  /** The identity of this candidate. */
  readonly identity: string;
  readonly #lock: Lock;
  readonly #clock: Clock;
  #last: Sighting | undefined;

  /** Wraps a lock. */
  constructor(lock: Lock, clock: Clock) {
    this.identity = lock.identity;
    this.#lock = lock;
    this.#clock = clock;
  }

  /** What was last seen; `undefined` where nothing was, or nobody ever held the lock. */
  get last(): Sighting | undefined {
    return this.#last;
  }

  /** How many requests the calls need. */
  get requests(): RequestCounts {
    return this.#lock.requests ?? { read: 1, write: 1 };
  }

  /** Whether a write that lost a race leaves something behind. */
  get keepsLostWrites(): boolean {
    return this.#lock.keepsLostWrites ?? false;
  }

  /** Checks, without writing, that this candidate may write. */
  async checkAccess(options?: CallOptions): Promise<void> {
    await this.#lock.checkAccess?.(options);
  }

  /** What the last response said of the quota. */
  quota(): Quota | undefined {
    return this.#lock.quota?.();
  }

  /** Reads the record in effect. */
  async get(options?: CallOptions): Promise<Observed | undefined> {
    const observed = await this.#lock.get(options);
    if (observed) this.#note(observed);
    return observed;
  }

  /** Writes the first record. */
  async create(record: LeaderElectionRecord, options?: CallOptions): Promise<Observed> {
    return this.#note(await this.#lock.create(record, options));
  }

  /** Replaces the record that was seen. */
  async update(
    record: LeaderElectionRecord,
    seen: Pick<Observed, "version">,
    options?: CallOptions,
  ): Promise<Observed> {
    return this.#note(await this.#lock.update(record, seen, options));
  }

  /** Passes an event of the election on. */
  recordEvent(message: string): void {
    this.#lock.recordEvent(message);
  }

  /** Names the lock. */
  describe(): string {
    return this.#lock.describe();
  }

  #note(observed: Observed): Observed {
    const last = this.#last;
    if (observed.version !== last?.observed.version) {
      this.#last = { observed, at: this.#clock.monotonic() };
    } else if (observed.isProven !== false) {
      // What was shown at first may have been another write's record.
      this.#last = { observed, at: last.at };
    }
    return observed;
  }
}
