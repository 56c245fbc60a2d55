import { type Clock, escapeText } from "../../lock/mod.ts";
import { messageOf } from "../errors.ts";
import { harmless, type Log } from "../output/log.ts";
import type { Ending } from "../run/child.ts";
import type { CandidateStatus } from "./status.ts";

export interface SeenLeader {
  /** `null` if there is none. */
  readonly leader: string | null;
  /** The fencing token of its term, or of the last one. */
  readonly token: number | null;
}

export interface RunningHook {
  readonly exited: Promise<Ending>;
  /** Ends it, with its children; resolves when it has ended, or cannot be ended. */
  end(): Promise<void>;
}

interface ChangeHookOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly status: () => Pick<CandidateStatus, "leader" | "token" | "lastContactSeconds">;
  /** Starts the command; throws if that fails. */
  readonly start: (seen: SeenLeader) => RunningHook;
}

/** How often to check for a change, in milliseconds. */
const CHECK_MS = 200;

/** How long the command may take, in milliseconds. */
export const HOOK_TIMEOUT_MS = 30_000;

/** How long the end of the program waits for the command, in milliseconds. The lock is released before. */
export const LAST_HOOK_MS = 5_000;

/**
 * Runs a command at each change of the leader: one at a time, and if the leader changed several times meanwhile, then
 * only for the last change. It only reads the candidate's status periodically, so that no command can delay the
 * election.
 */
export class ChangeHook {
  readonly #options: ChangeHookOptions;
  #reported: string | undefined;
  #next: SeenLeader | undefined;
  #running: Promise<void> | undefined;
  /** Aborts when the program ends, whether or not a command runs. */
  readonly #over = new AbortController();

  constructor(options: ChangeHookOptions) {
    this.#options = { ...options, log: harmless(options.log) };
  }

  /** Looks for changes until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.check();
      await this.#options.clock.sleep(CHECK_MS, { signal }).catch(() => {});
    }
  }

  /** Starts the command if the leader is another one than at the last check, as soon as no command runs. */
  check(): void {
    const { leader, token, lastContactSeconds } = this.#options.status();
    // Nothing is known yet.
    if (lastContactSeconds === null) return;
    const seen = { leader, token };
    const key = JSON.stringify(leader === null ? null : [leader, token]);
    if (key === this.#reported) return;
    this.#reported = key;
    this.#next = seen;
    this.#running ??= this.#runAll();
  }

  /** Runs the command for the last change, after the candidate has ended, and waits a little for its end. */
  async close(): Promise<void> {
    this.check();
    const done = new AbortController();
    const late = this.#options.clock.sleep(LAST_HOOK_MS, { signal: done.signal });
    late.then(() => this.#over.abort(), () => {});
    await this.#running;
    done.abort();
  }

  async #runAll(): Promise<void> {
    // `check()` must assign `#running` before this can end.
    await Promise.resolve();
    for (let seen = this.#next; seen && !this.#over.signal.aborted; seen = this.#next) {
      this.#next = undefined;
      await this.#runOne(seen);
    }
    this.#running = undefined;
  }

  async #runOne(seen: SeenLeader): Promise<void> {
    try {
      const hook = this.#options.start(seen);
      const ending = await this.#inTime(hook);
      if (ending === undefined) {
        this.#report(seen, "took too long and was ended");
        await hook.end();
      } else if (ending.code !== 0) {
        const { code, signal } = ending;
        this.#report(seen, signal ? `was ended by ${signal}` : `failed with exit code ${code}`);
      }
    } catch (error) {
      this.#report(seen, `cannot be run: ${messageOf(error)}`);
    }
  }

  /** Waits for the end of a command; `undefined` if it takes too long. */
  async #inTime({ exited }: RunningHook): Promise<Ending | undefined> {
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, this.#over.signal]);
    const overdue = this.#options.clock.sleep(HOOK_TIMEOUT_MS, { signal }).catch(() => {});
    const ending = await Promise.race([exited, overdue.then(() => undefined)]);
    done.abort();
    return ending;
  }

  #report({ leader, token }: SeenLeader, what: string): void {
    const who = leader === null ? "no leader" : escapeText(leader);
    const text = `the command of --on-change ${what} (${who})`;
    this.#options.log("hook", text, { leader, token });
  }
}
