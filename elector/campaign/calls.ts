import { type Observed, UnsafeStoreError } from "../../lock/mod.ts";
import type { Effect, Outcome } from "../machine/events.ts";
import type { FailedPart } from "./failures.ts";
import type { PartOptions } from "./options.ts";
import { outcomeOf } from "./outcome.ts";

type CallEffect = Extract<Effect, { type: "call" }>;

/** The calls to the lock, one at a time, as the machine asks for them. */
export class LockCalls {
  readonly #options: PartOptions;
  #inFlight = new AbortController();
  /** What the last call that failed was rejected with. */
  lastError: unknown;

  constructor(options: PartOptions) {
    this.#options = options;
  }

  abandon(): void {
    this.#inFlight.abort(new DOMException("The call was given up", "AbortError"));
  }

  /** Makes a call, and answers it. Rejects only if the lock breaks its contract. */
  async send(effect: CallEffect): Promise<void> {
    const { lock, memory: { failures }, state, dispatch } = this.#options;
    const { id } = effect.call;
    const part: FailedPart = effect.record ? "write" : "read";
    this.#inFlight = new AbortController();
    // An aborted call may still be answered, even after the campaign has ended.
    const isAwaited = () => state().call?.id === id;
    let outcome: Outcome;
    try {
      const observed = await this.#ask(effect, this.#inFlight.signal);
      outcome = observed ? { type: "record", observed } : { type: "absent" };
      if (isAwaited()) failures.succeed(part);
    } catch (error) {
      outcome = outcomeOf(error, part);
      if (isAwaited()) this.#onFailed(part, outcome, error);
    }
    dispatch({ type: "answer", id, outcome, quota: lock.quota?.() });
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
    this.lastError = error;
    const { memory: { failures }, report, fail } = this.#options;
    const isNew = outcome.type === "refused" ? failures.refuse(error) : failures.note(part, error);
    if (isNew) report(error);
    // With such a store, two may lead: waiting does not help, and no term may continue.
    if (error instanceof UnsafeStoreError) fail(error);
  }
}
