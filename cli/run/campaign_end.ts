import { EXIT } from "../exit_codes.ts";

/** Whether, how and with what exit code a campaign is to end. */
export class CampaignEnd {
  readonly #stop = new AbortController();
  readonly #abandoned = Promise.withResolvers<void>();
  #exitCode: number = EXIT.ok;

  /** Aborts when the campaign is to end: the work first, then the lock is released. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Resolves when the process is to end without it: the work cannot be ended, so nothing may be released. */
  get abandoned(): Promise<void> {
    return this.#abandoned.promise;
  }

  /** The first exit code that was not 0. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Ends the campaign. */
  finish(code: number): void {
    this.#exitCode ||= code;
    this.#stop.abort();
  }

  /** Ends the process; the lease lapses. */
  abandon(code: number): void {
    this.#exitCode = code;
    this.#abandoned.resolve();
  }
}
