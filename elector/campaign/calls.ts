import { type Lock, type Observed, type Quota, UnsafeStoreError } from "../../lock/mod.ts";
import type { Effect, Outcome } from "../machine/events.ts";
import type { FailedPart, FailureLog } from "./failures.ts";
import { outcomeOf } from "./outcome.ts";

type CallEffect = Extract<Effect, { type: "call" }>;

/** What {@linkcode LockCalls} need. */
interface CallOptions {
  readonly lock: Lock;
  readonly failures: FailureLog;
  /** Whether the machine still waits for a call: one that was given up may yet be answered, even after the campaign. */
  readonly isAwaited: (id: number) => boolean;
  readonly onAnswer: (id: number, outcome: Outcome, quota: Quota | undefined) => void;
  /** Gets each failure that was not reported yet. */
  readonly report: (error: unknown) => void;
  /** Gets what no campaign may go on with. */
  readonly fail: (error: unknown) => void;
}

/** The calls to the lock, one at a time, as the machine asks for them. */
export class LockCalls {
  readonly #options: CallOptions;
  #inFlight = new AbortController();
  #lastError: unknown;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  /** What the last call that failed was rejected with. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Gives the call in flight up. */
  abandon(): void {
    this.#inFlight.abort(new DOMException("The call was given up", "AbortError"));
  }

  /** Makes a call, and answers it. Never rejects. */
  async send(effect: CallEffect): Promise<void> {
    const { lock, failures, isAwaited, onAnswer } = this.#options;
    const { id } = effect.call;
    const part: FailedPart = effect.record ? "write" : "read";
    this.#inFlight = new AbortController();
    let outcome: Outcome;
    try {
      const observed = await this.#ask(effect, this.#inFlight.signal);
      outcome = observed ? { type: "record", observed } : { type: "absent" };
      if (isAwaited(id)) failures.succeed(part);
    } catch (error) {
      outcome = outcomeOf(error, part);
      if (isAwaited(id)) this.#onFailed(part, outcome, error);
    }
    onAnswer(id, outcome, lock.quota?.());
  }

  #ask(
    { call, record, version }: CallEffect,
    signal: AbortSignal,
  ): Promise<Observed | undefined> {
    const { lock } = this.#options;
    if (!record) return lock.get({ signal, proof: call.proof });
    if (version === undefined || call.purpose === "create") return lock.create(record, { signal });
    return lock.update(record, { version }, { signal });
  }

  #onFailed(part: FailedPart, outcome: Outcome, error: unknown): void {
    if (outcome.type === "conflict") return;
    this.#lastError = error;
    const { failures, report, fail } = this.#options;
    const isNew = outcome.type === "refused" ? failures.refuse(error) : failures.note(part, error);
    if (isNew) report(error);
    // With such a store two may lead: waiting does not help, and no term may go on.
    if (error instanceof UnsafeStoreError) fail(error);
  }
}
