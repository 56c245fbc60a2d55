import { type Clock, systemClock } from "../../lock/mod.ts";
import type { CandidateConfig } from "./candidate.ts";
import type { DemoEvent, DemoSignal } from "./events.ts";
import { CandidateProcess } from "./process.ts";
import { type DemoTerm, termsOf } from "./terms.ts";
import { formatDuration } from "../output/terminal.ts";

/** The demo could not go on as told. */
export class DemoError extends Error {
  /** The literal name of this error. */
  override readonly name = "DemoError";
}

/** What a {@linkcode Stage} needs. */
export interface StageOptions {
  /** What every candidate is told, but for its name. */
  readonly config: Omit<CandidateConfig, "region">;
  /** How long to wait for a leader before the demo counts as failed, in milliseconds. */
  readonly patience: number;
  /** Ends the demo. */
  readonly signal: AbortSignal;
  /** Is told of each event as it comes. */
  readonly onEvent: (event: DemoEvent) => void;
}

/** How long a candidate may take to end after SIGTERM: a release, and some time for a machine that is busy. */
const GRACE_MS = 5_000;
const LOOK_MS = 20;

/** The candidates' processes, and what happened to them. */
export class Stage {
  readonly #options: StageOptions;
  readonly #clock: Clock = systemClock;
  readonly #events: DemoEvent[] = [];
  readonly #failures: string[] = [];
  readonly #failed = new AbortController();
  readonly #signal: AbortSignal;
  readonly #processes = new Map<string, CandidateProcess>();

  /** Makes a stage without candidates. */
  constructor(options: StageOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#failed.signal]);
  }

  /** All that happened so far. */
  get events(): readonly DemoEvent[] {
    return this.#events;
  }

  /** A sentence for each thing that went wrong. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Starts a candidate. */
  start(region: string): void {
    const process = new CandidateProcess({ ...this.#options.config, region }, (event) => {
      this.#events.push(event);
      this.#options.onEvent(event);
    });
    this.#processes.set(region, process);
    process.exited.then((status) => this.#judgeExit(process, status));
  }

  /**
   * Lets some time pass, in milliseconds.
   *
   * @throws {DemoError} If something goes wrong meanwhile.
   */
  async pause(ms: number): Promise<void> {
    await this.#clock.sleep(ms, { signal: this.#signal });
  }

  /**
   * Waits until somebody leads.
   *
   * @throws {DemoError} If nobody does in time.
   */
  async leader(): Promise<DemoTerm> {
    const { patience } = this.#options;
    const giveUpAt = this.#clock.monotonic() + patience;
    while (this.#clock.monotonic() < giveUpAt) {
      const last = termsOf(this.#events).at(-1);
      if (last && last.end === undefined) return last;
      await this.pause(LOOK_MS);
    }
    throw this.#fail(`Nobody led within ${formatDuration(patience)}`);
  }

  /**
   * Ends whoever leads, and waits until the process is gone.
   *
   * @returns Who it was.
   * @throws {DemoError} If nobody leads in time, or the process does not end.
   */
  async endLeader(signal: DemoSignal): Promise<string> {
    const { region } = await this.leader();
    const process = this.#processes.get(region);
    process?.signal(signal);
    if (process && !await this.#hasExited(process)) {
      throw this.#fail(`${region} did not end within ${formatDuration(GRACE_MS)}`);
    }
    return region;
  }

  /** Ends every candidate that still runs, by force if need be. Afterwards none is left. */
  async close(): Promise<void> {
    const running = this.#processes.values().filter(({ isRunning }) => isRunning).toArray();
    for (const process of running) process.signal("SIGTERM");
    await Promise.all(running.map(async (process) => {
      if (await this.#hasExited(process)) return;
      this.#fail(`${process.region} did not end within ${formatDuration(GRACE_MS)}`);
      process.signal("SIGKILL");
      await process.exited;
    }));
  }

  async #hasExited(process: CandidateProcess): Promise<boolean> {
    const giveUp = new AbortController();
    const late = this.#clock.sleep(GRACE_MS, giveUp).then(() => false, () => true);
    const inTime = await Promise.race([process.exited.then(() => true), late]);
    giveUp.abort();
    return inTime;
  }

  #judgeExit({ region, told }: CandidateProcess, { code, signal }: Deno.CommandStatus): void {
    // One that has hardly started does not listen to SIGTERM yet, and is ended by it all the same.
    const wasTold = told !== undefined && (code === 0 || signal === told);
    if (wasTold || this.#options.signal.aborted) return;
    this.#fail(`${region} ended by itself, with ${signal ?? `exit code ${code}`}`);
  }

  /** The demo is not worth watching any more: whoever waits is told. */
  #fail(sentence: string): DemoError {
    const error = new DemoError(sentence);
    this.#failures.push(sentence);
    this.#failed.abort(error);
    return error;
  }
}
