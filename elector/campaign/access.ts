import { LockAccessError, UnsafeStoreError } from "../../lock/mod.ts";
import type { PartOptions } from "./options.ts";
import { isRefusal, retryAtOf } from "./outcome.ts";

/** How often a follower checks that it may write, in milliseconds, unless its lock says otherwise: a day. */
const CHECK_PERIOD_MS = 86_400_000;

/** Finds out whether this candidate could write, before it has to. */
export class AccessCheck {
  readonly #options: PartOptions;
  readonly #preparing = new AbortController();
  readonly #checking = new AbortController();

  constructor(options: PartOptions) {
    this.#options = options;
  }

  get isStopped(): boolean {
    return this.#preparing.signal.aborted;
  }

  /** Gives the preparation up: the campaign stops. */
  stop(): void {
    this.#preparing.abort();
  }

  /** Gives all checks up: the campaign has ended. */
  end(): void {
    this.#checking.abort();
  }

  /**
   * Lets the lock find out whether its store can be trusted, until the campaign is stopped.
   *
   * @returns When calls may be sent (monotonic, milliseconds), if the store asked for a pause.
   */
  async prepare(): Promise<number> {
    const { signal } = this.#preparing;
    const stopped = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true })
    );
    try {
      await Promise.race([this.#options.lock.prepare?.({ signal }), stopped]);
      if (!signal.aborted) this.#onPrepared();
      return -Infinity;
    } catch (error) {
      if (!signal.aborted) this.#onUntrusted(error);
      return retryAtOf(error) ?? -Infinity;
    }
  }

  /**
   * Checks the access if it is time: nothing else would show a follower that it could not take over. That is so at its start
   * and daily, or as often as the lock says.
   */
  async check(now: number): Promise<void> {
    const { lock, clock, timings, memory, note } = this.#options;
    if (!lock.checkAccess || now < memory.accessCheckAt) return;
    this.#plan(now);
    const { signal } = this.#checking;
    try {
      await lock.checkAccess({ signal });
      memory.failures.succeed("access");
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof LockAccessError) note("access", error);
      else if (error instanceof UnsafeStoreError) this.#onUntrusted(error);
      // A check that said nothing is repeated after a lease duration.
      else memory.accessCheckAt = clock.monotonic() + timings.leaseDuration;
    }
  }

  #onPrepared(): void {
    const { memory, clock } = this.#options;
    memory.failures.succeed("access");
    // A store that honours conditions has accepted a write.
    if (memory.accessCheckAt === -Infinity) this.#plan(clock.monotonic());
  }

  /** The lock tries again on its own, before it writes. */
  #onUntrusted(error: unknown): void {
    this.#options.note(isRefusal(error) ? "access" : "read", error);
    if (error instanceof UnsafeStoreError) this.#options.fail(error);
  }

  #plan(now: number): void {
    const { lock: { accessCheckPeriod = CHECK_PERIOD_MS }, memory } = this.#options;
    memory.accessCheckAt = now + accessCheckPeriod;
  }
}
