import { type Clock, elapsedSince, type Instant, readClock } from "../../lock/mod.ts";
import type { CommandEnd, Ending, StartedCommand } from "./command_end.ts";
import { EXIT } from "../exit_codes.ts";
import type { KeeperReports } from "./keeper_reports.ts";
import type { CampaignerMessage, GrantedTerm, KeeperMessage } from "./messages.ts";
import { askToEnd, awaitEnd } from "./process_group.ts";

/** Options of {@linkcode Keeper}. */
export interface KeeperOptions extends KeeperReports {
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
  /** How many log lines of this process were dropped. */
  readonly droppedLines?: () => number;
}

interface Kept {
  readonly token: number;
  readonly command: StartedCommand;
  /** What ended the command, once something has. */
  cause: CommandEnd["cause"] | undefined;
  /** Resolves when nothing of the group is alive, or with `false` where it cannot be ended. */
  readonly over: PromiseWithResolvers<boolean>;
}

/**
 * Runs the command while a term lasts, and never longer: it is ended when the campaigner says that the term is over, when
 * the campaigner is gone, and when the deadline that it last told has passed. What is told to others, or reported, comes
 * after what ends the command, and cannot fail it.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  #questions = 0;
  #open: { readonly n: number; readonly at: Instant } | undefined;
  /** The last term that was told, and when it was asked for. */
  #grant: { readonly term: GrantedTerm; readonly at: Instant } | undefined;
  /** When the last question was asked that the campaigner has answered. */
  #heardAt: Instant | undefined;
  /** Whether the campaigner has said since that it is over. */
  #isRevoked = false;
  #kept: Kept | undefined;
  #lastToken = -1;
  #isStopping = false;
  #isFinished = false;
  #isAlone = false;
  #exitCode: number | undefined;
  #campaignerCode: number | undefined;
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
   * Whether both processes are sound: the campaigner has answered a question of the last so many milliseconds, and no
   * command runs under a term that is not known to last. So who kills this process when it has not been sound for some time
   * does so within that time after the end of the term.
   */
  isSound(within: number): boolean {
    if (!this.#heardAt || this.#isAlone) return false;
    const isHeard = elapsedSince(this.#heardAt, readClock(this.#options.clock)) <= within;
    return isHeard && (!this.#kept || (this.#remaining() > 0 && !this.#isRevoked));
  }

  /** The exit code that the campaigner told, once its campaign was over. */
  get campaignerCode(): number | undefined {
    return this.#campaignerCode;
  }

  /**
   * Keeps the command until the campaigner is gone and nothing of the command is left.
   *
   * @returns The exit code of the command, where it ended by itself or with this program, 71 where it could not be ended;
   * otherwise `undefined`.
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
    switch (message.type) {
      case "news":
        // An answer under way was given before the news.
        this.#open = undefined;
        return this.#ask();
      case "answer":
        return this.#hear(message.n, message.term);
      case "stopped":
        this.stop(message.signal);
        return this.#report(() => this.#options.onStopped?.(message.signal));
      case "over":
        this.#campaignerCode = message.code;
    }
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
    if (this.#kept && this.#kept.cause === undefined) this.#end(this.#kept, "stop", signal);
    else this.forward(signal);
    this.#options.tell({ type: "stop" });
    this.#finish();
  }

  /** Passes a signal on to the command. */
  forward(signal: Deno.Signal): void {
    this.#kept?.command.group.signal(signal);
  }

  /** The last duty of a process that cannot go on: where the campaigner is gone, too, nobody else ends the command. */
  abandon(): void {
    if (this.#isAlone) this.forward("SIGKILL");
  }

  #hear(n: number, term: GrantedTerm | null): void {
    if (n !== this.#open?.n) return;
    // Counted from the question, not from the answer, which may have lain in the pipe.
    const { at } = this.#open;
    this.#open = undefined;
    this.#heardAt = at;
    this.#isRevoked = !term;
    if (term) this.#grant = { term, at };
    this.#check();
  }

  /** One question at a time: a campaigner that is stopped does not find a heap of them. */
  #ask(): void {
    if (this.#open || this.#isAlone) return;
    const n = ++this.#questions;
    const dropped = this.#options.droppedLines?.() ?? 0;
    this.#open = { n, at: readClock(this.#options.clock) };
    this.#options.tell({ type: "ask", n, ...(dropped > 0 && { dropped }) });
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
    if (kept && kept.cause === undefined && term?.token !== kept.token) {
      this.#end(kept, "loss", "SIGTERM");
      this.#report(() => this.#options.onLoss?.(kept.token));
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
      this.#options.tell({ type: "ended", token, byItself: true });
      return this.#finish();
    }
    this.#options.tell({ type: "spawned", token, pid: command.group.id });
    this.#kept = { token, command, cause: undefined, over: Promise.withResolvers() };
    this.#keep(this.#kept);
  }

  async #keep(kept: Kept): Promise<void> {
    const { command: { exited }, over } = kept;
    // Whoever may not be killed may go on for ever: its end is not waited for.
    await Promise.race([exited, over.promise]);
    // What it left behind in its group does not outlive it.
    if (kept.cause === undefined) this.#end(kept, "itself", "SIGTERM");
    const { cause = "itself" } = kept;
    if (await over.promise) this.#onEnd(kept.token, cause, await exited);
    else this.#onUnended(kept);
    this.#kept = undefined;
    this.#pause.abort();
  }

  #onEnd(token: number, cause: CommandEnd["cause"], ending: Ending): void {
    if (cause === "itself" || this.#isStopping) this.#exitCode = ending.code;
    this.#options.tell({ type: "ended", token, byItself: cause === "itself" });
    this.#report(() => this.#options.onEnd?.({ ...ending, token, cause }));
    if (cause === "itself") this.#finish();
  }

  /** The lock must not be released under it, and nothing else can be done. */
  #onUnended({ token, command }: Kept): void {
    this.#exitCode = EXIT.notEnded;
    this.#isStopping = true;
    this.#options.tell({ type: "unended", token });
    this.#report(() => this.#options.onUnended?.(token, command.group.id));
    this.#finish();
  }

  #end(kept: Kept, cause: CommandEnd["cause"], signal: Deno.Signal): void {
    const { clock, grace } = this.#options;
    const { group } = kept.command;
    kept.cause = cause;
    // Where this process noticed too late, the grace has begun without it.
    const overdue = Math.max(0, -this.#remaining());
    const killAt = clock.monotonic() + grace - overdue;
    askToEnd(group, signal);
    awaitEnd(group, killAt, clock).then(kept.over.resolve, kept.over.reject);
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#report(() => this.#options.onFinish?.());
  }

  /** What is reported must not decide what happens. */
  #report(report: () => void): void {
    try {
      report();
    } catch {
      // There is nobody to tell.
    }
  }
}
