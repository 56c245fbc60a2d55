import {
  type CallOptions,
  type Clock,
  LockUnavailableError,
  RateLimitError,
  UnknownOutcomeError,
  UnsafeStoreError,
} from "../../lock/mod.ts";
import type { BucketClient, PutResult, StoredObject } from "../wire/client.ts";
import type { Condition, EtagForm } from "../wire/provider.ts";

/** What is probed: an object next to the lock's, which a probe never touches. */
export interface ProbeTarget {
  readonly client: BucketClient;
  readonly key: string;
  /** Names that object for people and logs. */
  readonly where: string;
  /** The clock that waits are counted with. */
  readonly clock: Clock;
  readonly random: () => number;
  /** Returns a name for a probe; no two may be alike. */
  readonly session: () => string;
}

interface ProbeOptions extends CallOptions {
  /** The form of an ETag that an earlier probe found to be honoured: it is tried first. */
  readonly form?: EtagForm | undefined;
}

/** How long a probe may take, in milliseconds: many candidates may start together, on a store that takes one write a second. */
const LONGEST_PROBE = 60_000;
/** The first wait of a probe that another disturbed, in milliseconds; each further one is twice as long, at random. */
const FIRST_WAIT = 100;
/** The longest such wait, in milliseconds. */
const LONGEST_WAIT = 2_000;

/** Says which stores are safe. */
const ADVICE =
  "two candidates would lead at once. Use a store with conditional writes, such as Amazon S3, " +
  "Google Cloud Storage or Azure Blob Storage; on Ceph, a bucket that is not versioned";

/**
 * Finds out whether the store honours conditions, by writing an object of its own three or four times: where there is an
 * object, a write that demands none must be refused; a write that demands the version in effect must be accepted; one that
 * demands a replaced version must be refused. Other candidates may do the same at the same time.
 *
 * @returns The form of an ETag that the store honours.
 * @throws {UnsafeStoreError} If a write was accepted whose condition did not hold, or the store knows no conditions.
 * @throws {LockAccessError} If the object may not be read or written.
 * @throws {LockUnavailableError} If it could not be found out in time.
 */
export async function probeConditions(
  target: ProbeTarget,
  { form, signal }: ProbeOptions = {},
): Promise<EtagForm> {
  const probe = new Probe(target, signal);
  const { object, isProven } = await probe.createOnly();
  if (!isProven) await probe.refuse({ isAbsent: true }, "quoted");
  const { etagForms } = target.client.provider;
  const forms = etagForms.toSorted((a, b) => Number(b === form) - Number(a === form));
  const accepted = await probe.accept(object, forms);
  await probe.refuse({ version: accepted.replaced }, accepted.form);
  return accepted.form;
}

/**
 * Lets writers race for one version of the probe's object, round after round: some stores check conditions, but not in one
 * step with the write. Needs a probe that passed.
 *
 * @param form The form of an ETag that the store honours.
 * @throws {UnsafeStoreError} If more than one write of a round was accepted.
 * @throws {LockUnavailableError} If it could not be found out in time.
 */
export async function raceConditions(
  target: ProbeTarget,
  form: EtagForm,
  { writers = 16, rounds = 3, signal }: RaceOptions = {},
): Promise<void> {
  const probe = new Probe(target, signal);
  for (let round = 1; round <= rounds; round++) await probe.race(form, writers);
}

/** Options of {@linkcode raceConditions}. */
export interface RaceOptions {
  /**
   * The number of writers.
   *
   * @default {16}
   */
  readonly writers?: number | undefined;
  /**
   * The number of rounds.
   *
   * @default {3}
   */
  readonly rounds?: number | undefined;
  /** Aborts the race. */
  readonly signal?: AbortSignal | undefined;
}

interface Written {
  readonly text: string;
  readonly result: PutResult;
}

class Probe {
  readonly #target: ProbeTarget;
  readonly #signal: AbortSignal | undefined;
  readonly #session: string;
  readonly #endsAt: number;
  #sequence = 0;
  #waits = 0;

  constructor(target: ProbeTarget, signal: AbortSignal | undefined) {
    this.#target = target;
    this.#signal = signal;
    this.#session = target.session();
    this.#endsAt = target.clock.monotonic() + LONGEST_PROBE;
  }

  /** Sees to it that there is an object. It is proven that none is made over another if the store refused to. */
  async createOnly(): Promise<{ object: StoredObject; isProven: boolean }> {
    for (;;) {
      const { result } = await this.#put({ isAbsent: true }, "quoted");
      const object = await this.#read();
      if (object) return { object, isProven: result.type === "refused" };
      await this.#wait("an object that it created does not appear");
    }
  }

  /** Writes under a condition that cannot hold. */
  async refuse(condition: Condition, form: EtagForm): Promise<void> {
    for (;;) {
      const { text, result } = await this.#put(condition, form);
      if (result.type === "refused" || result.type === "absent") return;
      // A write whose response says nothing may have been made: then it was accepted.
      if (result.type === "written" || (await this.#read())?.content === text) {
        throw this.#unsafe("it accepted a write whose condition did not hold");
      }
      await this.#wait(result.said);
    }
  }

  /** Writes under a condition that holds, unless another candidate's probe has come between. */
  async accept(
    object: StoredObject,
    forms: readonly EtagForm[],
  ): Promise<{ form: EtagForm; replaced: string }> {
    let current = object;
    for (let place = 0;;) {
      const form = forms[place % forms.length] ?? "quoted";
      const { text, result } = await this.#put({ version: current.version }, form);
      if (result.type === "written") return { form, replaced: current.version };
      const found = await this.#read();
      if (found?.content === text) return { form, replaced: current.version };
      if (found && found.version !== current.version) {
        // Another candidate has written, so that one of all got on: no need to wait.
        current = found;
        continue;
      }
      // The same version, and refused: the store may honour the other form.
      if (result.type === "refused" && ++place % forms.length !== 0) continue;
      await this.#wait("it refuses a write whose condition holds");
    }
  }

  async race(form: EtagForm, writers: number): Promise<void> {
    for (;;) {
      const object = await this.#read();
      if (!object) throw this.#unavailable("the object disappeared");
      const writes = await Promise.all(
        Array.from({ length: writers }, () => this.#put({ version: object.version }, form)),
      );
      const after = await this.#read();
      const accepted = writes.filter(({ text, result }) =>
        result.type === "written" || text === after?.content
      ).length;
      if (accepted > 1) {
        throw this.#unsafe(`it accepted ${accepted} of ${writers} writes that replace one version`);
      }
      if (accepted === 1) return;
      await this.#wait("none of the racing writes was accepted");
    }
  }

  /** Writes a text like no other. A pause that the store asks for is waited out. */
  async #put(condition: Condition, form: EtagForm): Promise<Written> {
    const { client, key, clock } = this.#target;
    if (clock.monotonic() > this.#endsAt) throw this.#unavailable("other probes disturb this one");
    const text = JSON.stringify({ probe: this.#session, sequence: ++this.#sequence });
    try {
      const result = await client.put(key, text, condition, { form, signal: this.#signal });
      return { text, result };
    } catch (error) {
      if (!(error instanceof RateLimitError || error instanceof UnknownOutcomeError)) throw error;
      this.#signal?.throwIfAborted();
      await this.#wait(error.message, error.retryAt);
      return { text, result: { type: "unclear", said: error.message } };
    }
  }

  /** Reads the object, again if need be. */
  async #read(): Promise<StoredObject | undefined> {
    for (;;) {
      try {
        const found = await this.#target.client.get(this.#target.key, { signal: this.#signal });
        return found === "unchanged" ? undefined : found;
      } catch (error) {
        if (!(error instanceof RateLimitError || error instanceof LockUnavailableError)) {
          throw error;
        }
        await this.#wait(error.message, error.retryAt);
      }
    }
  }

  /** Waits at random, longer each time, and at least until an instant that the store asked for. */
  async #wait(reason: string, retryAt = -Infinity): Promise<void> {
    const { clock, random } = this.#target;
    const now = clock.monotonic();
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#waits++);
    const until = Math.max(now, retryAt) + longest * (0.5 + random() / 2);
    if (until > this.#endsAt) throw this.#unavailable(reason);
    await clock.sleep(until - now, this.#signal && { signal: this.#signal });
  }

  #unsafe(what: string): UnsafeStoreError {
    return new UnsafeStoreError(
      `Cannot lock with ${this.#target.where}: ${what}, so ${ADVICE}`,
    );
  }

  #unavailable(reason: string): LockUnavailableError {
    return new LockUnavailableError(
      `Cannot find out whether ${this.#target.where} honours conditions: ${reason}`,
    );
  }
}
