import { UnsafeStoreError } from "../../lock/mod.ts";
import { probeConditions, type ProbeTarget, raceConditions, type RaceOptions } from "./probe.ts";
import type { EtagForm } from "../wire/provider.ts";
import { unlessAborted } from "../../store/kit.ts";

/** A probe under way. */
interface RunningProbe {
  readonly done: Promise<EtagForm>;
  /** The caller's signal: the probe ends with that caller. */
  readonly signal: AbortSignal | undefined;
}

/** The gate of all writes: closed until a probe of the bucket has passed, and again after one that failed. */
export class ProbeGate {
  readonly #target: ProbeTarget;
  /** The form of an ETag that the store honours; `undefined` while the gate is closed. */
  #form: EtagForm | undefined;
  /** The form that was honoured last, to be tried first. */
  #likelyForm: EtagForm | undefined;
  #running: RunningProbe | undefined;
  /** Why a race failed: no probe can show that it would not fail again. */
  #lostRace: UnsafeStoreError | undefined;

  constructor(target: ProbeTarget) {
    this.#target = target;
  }

  /**
   * Returns the form of an ETag that the store honours, after a probe if none has passed yet. After a failed race,
   * nothing passes.
   *
   * @throws {LockError} See `probeConditions`.
   */
  async pass(signal?: AbortSignal): Promise<EtagForm> {
    if (this.#lostRace) throw this.#lostRace;
    return this.#form ?? await this.probe(signal);
  }

  /**
   * Probes the bucket, whether the gate is open or closed. Callers at the same time share one probe. One that could not be finished
   * changes nothing.
   *
   * @throws {LockError} See `probeConditions`.
   */
  async probe(signal?: AbortSignal): Promise<EtagForm> {
    for (;;) {
      const running = this.#running ??= this.#start(signal);
      try {
        return await unlessAborted(running.done, signal);
      } catch (error) {
        signal?.throwIfAborted();
        // Another caller's probe ended with that caller.
        if (!running.signal?.aborted) throw error;
      }
    }
  }

  /**
   * Lets writers race, after a probe has passed.
   *
   * @throws {LockError} See `raceConditions`.
   */
  async race(options: RaceOptions = {}): Promise<void> {
    const form = await this.pass(options.signal);
    try {
      await raceConditions(this.#target, form, options);
    } catch (error) {
      if (error instanceof UnsafeStoreError) this.#lostRace = error;
      throw error;
    }
  }

  /** Closes the gate: the result of the last probe is no longer valid. */
  close(): void {
    this.#form = undefined;
  }

  #start(signal: AbortSignal | undefined): RunningProbe {
    const done = this.#probe(signal).finally(() => this.#running = undefined);
    // All who wait may have been aborted.
    done.catch(() => {});
    return { done, signal };
  }

  async #probe(signal: AbortSignal | undefined): Promise<EtagForm> {
    try {
      const form = await probeConditions(this.#target, { form: this.#likelyForm, signal });
      this.#form = form;
      this.#likelyForm = form;
      return form;
    } catch (error) {
      if (error instanceof UnsafeStoreError) this.close();
      throw error;
    }
  }
}
