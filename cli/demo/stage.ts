import { requestHandover } from "../../elector/mod.ts";
import { systemClock } from "../../lock/mod.ts";
import { formatDuration } from "../output/terminal.ts";
import { settleWithin } from "../run/settle.ts";
import type { CandidateConfig } from "./candidate.ts";
import type { DemoEvent, DemoSignal } from "./events.ts";
import { openLock } from "./place.ts";
import { CandidateProcess } from "./process.ts";
import { type DemoTerm, termsOf } from "./terms.ts";

/** The candidates, named after the regions that they would run in. */
export const REGIONS = ["eu-west-1", "us-east-1", "ap-south-1"] as const;

/**
 * Plays the demo: an election; a leader that is killed, whose lease has to expire; one that is stopped and releases the
 * lock; and, once the killed one was started again, a planned handover home to it.
 */
export async function playScript(stage: Stage): Promise<void> {
  for (const region of REGIONS) stage.start(region);
  await stage.leader();
  await stage.pause(2_500);
  const home = await stage.endLeader("SIGKILL");
  await stage.leader();
  await stage.pause(2_500);
  await stage.endLeader("SIGTERM");
  await stage.leader();
  await stage.pause(1_500);
  stage.start(home);
  await stage.pause(2_000);
  await stage.handOver(home);
  await stage.pause(2_500);
}

/** The demo cannot continue. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}

/** Options of {@linkcode Stage}. */
interface StageOptions {
  /** The configuration of every candidate, without its name. */
  readonly config: Omit<CandidateConfig, "region">;
  /** How long to wait for a leader before the demo fails, in milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DemoEvent) => void;
}

/** How long a candidate may take to end after SIGTERM, in milliseconds: a release, and time for a busy machine. */
const GRACE_MS = 5_000;
const CHECK_MS = 20;

/** The candidates' processes, and what happened to them. */
export class Stage {
  readonly #options: StageOptions;
  readonly events: DemoEvent[] = [];
  /** A sentence for each failure. */
  readonly failures: string[] = [];
  readonly #failed = new AbortController();
  readonly #signal: AbortSignal;
  readonly #processes = new Map<string, CandidateProcess>();

  constructor(options: StageOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#failed.signal]);
  }

  start(region: string): void {
    const config = { ...this.#options.config, region };
    const process = new CandidateProcess(config, (event) => this.#emit(event));
    this.#processes.set(region, process);
    process.exited.then((status) => this.#checkExit(process, status));
  }

  /**
   * Waits, in milliseconds.
   *
   * @throws {DemoError} If the demo fails meanwhile.
   */
  async pause(ms: number): Promise<void> {
    await systemClock.sleep(ms, { signal: this.#signal });
  }

  /**
   * Waits until there is a leader.
   *
   * @throws {DemoError} If there is none in time.
   */
  async leader(): Promise<DemoTerm> {
    const { timeout } = this.#options;
    const giveUpAt = systemClock.monotonic() + timeout;
    while (systemClock.monotonic() < giveUpAt) {
      const last = termsOf(this.events).at(-1);
      if (last && last.end === undefined) return last;
      await this.pause(CHECK_MS);
    }
    throw this.#fail(`No candidate led within ${formatDuration(timeout)}`);
  }

  /**
   * Ends the leader, and waits until its process is gone.
   *
   * @returns Its region.
   * @throws {DemoError} If there is no leader in time, or the process does not end.
   */
  async endLeader(signal: DemoSignal): Promise<string> {
    const { region } = await this.leader();
    const process = this.#processes.get(region);
    process?.signal(signal);
    if (process && !await settleWithin(process.exited, GRACE_MS)) {
      throw this.#fail(`${region} did not end within ${formatDuration(GRACE_MS)}`);
    }
    return region;
  }

  /**
   * Asks the leader to hand over to a region, as an operator does, and waits until that one leads.
   *
   * @throws {DemoError} If it does not lead in time.
   */
  async handOver(to: string): Promise<void> {
    const { config, timeout } = this.#options;
    const { region, token } = await this.leader();
    const lock = openLock(config.lock, "operator", config.timings.requestTimeout);
    this.#emit({ type: "asked", region, at: systemClock.wall(), to });
    await requestHandover(lock, to, { signal: this.#signal });
    const giveUpAt = systemClock.monotonic() + timeout;
    while (systemClock.monotonic() < giveUpAt) {
      if (termsOf(this.events).some((term) => term.region === to && term.token > token)) return;
      await this.pause(CHECK_MS);
    }
    throw this.#fail(`${to} did not lead within ${formatDuration(timeout)}`);
  }

  /** Ends every candidate that still runs, by SIGKILL if necessary. */
  async close(): Promise<void> {
    const running = this.#processes.values().filter(({ isRunning }) => isRunning).toArray();
    for (const process of running) process.signal("SIGTERM");
    await Promise.all(running.map(async (process) => {
      if (await settleWithin(process.exited, GRACE_MS)) return;
      this.#fail(`${process.region} did not end within ${formatDuration(GRACE_MS)}`);
      process.signal("SIGKILL");
      await process.exited;
    }));
  }

  #emit(event: DemoEvent): void {
    this.events.push(event);
    this.#options.onEvent(event);
  }

  #checkExit({ region, sent }: CandidateProcess, { code, signal }: Deno.CommandStatus): void {
    // One that has hardly started does not listen to SIGTERM yet, and is ended by it anyway.
    const wasSignalled = sent !== undefined && (code === 0 || signal === sent);
    if (wasSignalled || this.#options.signal.aborted) return;
    this.#fail(`${region} ended on its own, with ${signal ?? `exit code ${code}`}`);
  }

  /** Ends the demo: pending waits fail with the error. */
  #fail(sentence: string): DemoError {
    const error = new DemoError(sentence);
    this.failures.push(sentence);
    this.#failed.abort(error);
    return error;
  }
}
