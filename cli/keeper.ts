import { type Clock, elapsedSince, type Instant, readClock } from "../lock/mod.ts";
import type { CampaignerMessage, GrantedTerm, KeeperMessage } from "./partner.ts";
import { askToEnd, awaitEnd, type ProcessGroup } from "./process_group.ts";

/** A command that runs. */
export interface StartedCommand {
  /** The process, and the id of the group that it leads. */
  readonly pid: number;
  /** The group. */
  readonly group: ProcessGroup;
  /** Resolves with the exit code, 128 + n for signal n, once the process has ended. Its children may go on. */
  readonly exited: Promise<number>;
}

/** Options of {@linkcode Keeper}. */
export interface KeeperOptions {
  /** The clocks. */
  readonly clock: Clock;
  /** How long the command has from TERM to KILL, in milliseconds. */
  readonly grace: number;
  /** How often the campaigner is asked, in milliseconds. */
  readonly askPeriod: number;
  /** Starts the command; returns an exit code where it cannot be started. */
  readonly start: (term: GrantedTerm) => StartedCommand | number;
  /** Sends a message to the campaigner. */
  readonly tell: (message: KeeperMessage) => void;
  /** Is told that the command is ended as its lease is over, or no longer known to be running. */
  readonly onLoss?: (token: number) => void;
}

interface Kept {
  readonly token: number;
  readonly command: StartedCommand;
  /** Resolves when nothing of the group is left; `undefined` while it may run. */
  over: Promise<void> | undefined;
}

/**
 * Runs the command while a term lasts, and never longer: it is ended when the campaigner says that the term is over, when
 * the campaigner is gone, and when the deadline that it last told has passed.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  #questions = 0;
  #open: { readonly n: number; readonly at: Instant } | undefined;
  /** The last term that was told, and when it was asked for. */
  #grant: { readonly term: GrantedTerm; readonly at: Instant } | undefined;
  /** Whether the campaigner has said since that it is over. */
  #isRevoked = false;
  #kept: Kept | undefined;
  #lastToken = -1;
  #isStopping = false;
  #isAlone = false;
  #exitCode: number | undefined;
  #pause = new AbortController();

  /** Makes a keeper that does nothing yet. */
  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Whether a command runs, or is being ended. */
  get isBusy(): boolean {
    return this.#kept !== undefined;
  }

  /**
   * Keeps the command until the campaigner is gone and nothing of the command is left.
   *
   * @returns The exit code of the command, where it ended by itself or with this program; otherwise `undefined`.
   */
  async run(): Promise<number | undefined> {
    while (!this.#isAlone || this.#kept) {
      this.#ask();
      await this.#sleep();
      this.#check();
    }
    return this.#exitCode;
  }

  /** Takes a message of the campaigner's. */
  receive(message: CampaignerMessage): void {
    if (message.type === "news") {
      // An answer under way was given before the news.
      this.#open = undefined;
      return this.#ask();
    }
    if (message.n !== this.#open?.n) return;
    // Counted from the question, not from the answer, which may have lain in the pipe.
    const { at } = this.#open;
    this.#open = undefined;
    this.#isRevoked = !message.term;
    if (message.term) this.#grant = { term: message.term, at };
    this.#check();
  }

  /** The campaigner has ended; nobody renews the lease any more. */
  onCampaignerGone(): void {
    this.#isAlone = true;
    this.#check();
    this.#pause.abort();
  }

  /** Ends the command with this signal and, once nothing is left of it, the campaign. */
  stop(signal: Deno.Signal): void {
    this.#isStopping = true;
    if (this.#kept && !this.#kept.over) this.#end(this.#kept, signal);
    else this.forward(signal);
    this.#options.tell({ type: "stop" });
  }

  /** Passes a signal on to the command. */
  forward(signal: Deno.Signal): void {
    this.#kept?.command.group.signal(signal);
  }

  /** One question at a time: a campaigner that is stopped does not find a heap of them. */
  #ask(): void {
    if (this.#open || this.#isAlone) return;
    this.#questions++;
    this.#open = { n: this.#questions, at: readClock(this.#options.clock) };
    this.#options.tell({ type: "ask", n: this.#questions });
  }

  async #sleep(): Promise<void> {
    const { clock, askPeriod } = this.#options;
    const remaining = this.#remaining();
    const ms = remaining > 0 ? Math.min(askPeriod, remaining) : askPeriod;
    this.#pause = new AbortController();
    await clock.sleep(ms, { signal: this.#pause.signal }).catch(() => {});
  }

  /** How long the term lasts for certain, in milliseconds; negative where it is over by so much. */
  #remaining(): number {
    if (!this.#grant) return 0;
    const { term, at } = this.#grant;
    return term.remaining - elapsedSince(at, readClock(this.#options.clock));
  }

  /** Compares what runs with what may run. */
  #check(): void {
    const isValid = this.#remaining() > 0 && !this.#isRevoked && !this.#isAlone;
    const term = isValid ? this.#grant?.term : undefined;
    const kept = this.#kept;
    if (kept && !kept.over && term?.token !== kept.token) {
      this.#options.onLoss?.(kept.token);
      this.#end(kept, "SIGTERM");
    }
    if (!this.#kept && this.#grant) this.#consider(this.#grant.term, isValid);
  }

  /** A term that has not been seen before: its command is started, or the campaigner told that it never will be. */
  #consider(term: GrantedTerm, isValid: boolean): void {
    if (term.token <= this.#lastToken) return;
    this.#lastToken = term.token;
    if (isValid && !this.#isStopping) this.#begin(term);
    else this.#options.tell({ type: "ended", token: term.token, byItself: false });
  }

  #begin(term: GrantedTerm): void {
    const { token } = term;
    const command = this.#options.start(term);
    if (typeof command === "number") {
      this.#exitCode = command;
      return this.#options.tell({ type: "ended", token, byItself: true });
    }
    this.#options.tell({ type: "spawned", token, pid: command.pid });
    this.#kept = { token, command, over: undefined };
    this.#keep(this.#kept);
  }

  async #keep(kept: Kept): Promise<void> {
    const exitCode = await kept.command.exited;
    const byItself = kept.over === undefined;
    // What it left behind in its group does not outlive it.
    if (!kept.over) this.#end(kept, "SIGTERM");
    await kept.over;
    if (byItself || this.#isStopping) this.#exitCode = exitCode;
    this.#kept = undefined;
    this.#options.tell({ type: "ended", token: kept.token, byItself });
    this.#pause.abort();
  }

  #end(kept: Kept, signal: Deno.Signal): void {
    const { clock, grace } = this.#options;
    // Where this process noticed too late, the grace has begun without it.
    const overdue = Math.max(0, -this.#remaining());
    const killAt = clock.monotonic() + grace - overdue;
    askToEnd(kept.command.group, signal);
    kept.over = awaitEnd(kept.command.group, killAt, clock);
  }
}
