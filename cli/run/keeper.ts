import { type Clock, elapsedSince, type Instant, readClock } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import type { CommandEnd, Ending, StartedCommand } from "./child.ts";
import type { KeeperReports } from "./keeper_reports.ts";
import type { CampaignerMessage, GrantedTerm, KeeperMessage } from "./messages.ts";
import { askToEnd, awaitEnd } from "./process_group.ts";

/** Options of {@linkcode Keeper}. */
export interface KeeperOptions extends KeeperReports {
  readonly clock: Clock;
  /** How long the command has from TERM to KILL, in milliseconds. */
  readonly grace: number;
  /** How often to ask the campaigner, in milliseconds. */
  readonly askPeriod: number;
  /** Starts the command; returns an exit code if it cannot be started. */
  readonly start: (term: GrantedTerm) => StartedCommand | number;
  readonly send: (message: KeeperMessage) => void;
  /** How many log lines this process has dropped. */
  readonly droppedLines?: () => number;
}

interface Kept {
  readonly token: number;
  readonly command: StartedCommand;
  /** What ended the command, once it is being ended. */
  cause: CommandEnd["cause"] | undefined;
  /** Resolves when no process of the group is alive, or with `false` if one cannot be ended. */
  readonly over: PromiseWithResolvers<boolean>;
}

/**
 * Runs the command while a term lasts, and never longer: it ends the command when the campaigner says that the term has
 * ended, when the campaigner is gone, and when the last granted deadline has passed. It sends and reports only after it has
 * acted on the command, so that a failed report cannot prevent that.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  #questions = 0;
  /** The question that is not answered yet. */
  #open: { readonly n: number; readonly at: Instant } | undefined;
  /** The last granted term, and when it was asked for. */
  #grant: { readonly term: GrantedTerm; readonly at: Instant } | undefined;
  /** When the last question was asked that the campaigner has answered. */
  #heardAt: Instant | undefined;
  /** Whether the campaigner has said since that it has ended. */
  #isRevoked = false;
  #kept: Kept | undefined;
  #lastToken = -1;
  #isStopping = false;
  #isFinished = false;
  #isAlone = false;
  #exitCode: number | undefined;
  #campaignerCode: number | undefined;
  #pause = new AbortController();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Whether there is a command. */
  get isBusy(): boolean {
    return this.#kept !== undefined;
  }

  /**
   * Whether both processes are sound: the campaigner has answered a question of the last `within` milliseconds, and no command
   * runs in a term that is not known to last. A watchdog that kills an unsound process ends the command soon after its term.
   */
  isSound(within: number): boolean {
    if (!this.#heardAt || this.#isAlone) return false;
    const isHeard = elapsedSince(this.#heardAt, readClock(this.#options.clock)) <= within;
    return isHeard && (!this.#kept || (this.#remaining() > 0 && !this.#isRevoked));
  }

  /** The exit code of the campaign, once the campaigner has sent it. */
  get campaignerCode(): number | undefined {
    return this.#campaignerCode;
  }

  /**
   * Keeps the command until the campaigner and the command are gone.
   *
   * @returns The exit code of the command if it ended on its own or with this program, 71 if it could not be ended;
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

  /** Handles a message of the campaigner. */
  receive(message: CampaignerMessage): void {
    switch (message.type) {
      case "news":
        // An answer on its way is older than the news.
        this.#open = undefined;
        return this.#ask();
      case "answer":
        return this.#onAnswer(message.n, message.term);
      case "stopped":
        this.stop(message.signal);
        return this.#report(() => this.#options.onStopped?.(message.signal));
      case "over":
        this.#campaignerCode = message.code;
    }
  }

  /** The campaigner is gone, and does not renew the lease any more. */
  onCampaignerGone(): void {
    this.#isAlone = true;
    this.#check();
    this.#pause.abort();
  }

  /** Ends the command with this signal, and then the campaign. */
  stop(signal: Deno.Signal): void {
    this.#isStopping = true;
    if (this.#kept && this.#kept.cause === undefined) this.#end(this.#kept, "stop", signal);
    else this.forward(signal);
    this.#options.send({ type: "stop" });
    this.#finish();
  }

  /** Passes a signal on to the command. */
  forward(signal: Deno.Signal): void {
    this.#kept?.command.group.signal(signal);
  }

  /** The last duty before a crash: if the campaigner is gone, too, no other process ends the command. */
  abandon(): void {
    if (this.#isAlone) this.forward("SIGKILL");
  }

  #onAnswer(n: number, term: GrantedTerm | null): void {
    if (n !== this.#open?.n) return;
    // Counted from the question: the answer may have lain in the pipe.
    const { at } = this.#open;
    this.#open = undefined;
    this.#heardAt = at;
    this.#isRevoked = !term;
    if (term) this.#grant = { term, at };
    this.#check();
  }

  /** Asks one question at a time, so that they do not pile up for a campaigner that is stopped. */
  #ask(): void {
    if (this.#open || this.#isAlone) return;
    const n = ++this.#questions;
    const dropped = this.#options.droppedLines?.() ?? 0;
    this.#open = { n, at: readClock(this.#options.clock) };
    this.#options.send({ type: "ask", n, ...(dropped > 0 && { dropped }) });
  }

  async #sleep(): Promise<void> {
    const { clock, askPeriod } = this.#options;
    const remaining = this.#remaining();
    const ms = remaining > 0 ? Math.min(askPeriod, remaining) : askPeriod;
    this.#pause = new AbortController();
    await clock.sleep(ms, { signal: this.#pause.signal }).catch(() => {});
  }

  /** How long the term still lasts, in milliseconds; negative after its end. */
  #remaining(): number {
    if (!this.#grant) return 0;
    const { term, at } = this.#grant;
    return term.remaining - elapsedSince(at, readClock(this.#options.clock));
  }

  /** Compares the command that runs with the term that is valid. */
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

  /** Starts the command of a new term, or reports to the campaigner that it never will. */
  #consider(term: GrantedTerm, isValid: boolean): void {
    if (term.token <= this.#lastToken) return;
    this.#lastToken = term.token;
    if (isValid && !this.#isStopping) this.#begin(term);
    else this.#options.send({ type: "ended", token: term.token, byItself: false });
  }

  #begin(term: GrantedTerm): void {
    const { token } = term;
    const command = this.#options.start(term);
    if (typeof command === "number") {
      this.#exitCode = command;
      this.#options.send({ type: "ended", token, byItself: true });
      return this.#finish();
    }
    this.#options.send({ type: "spawned", token, pid: command.group.id });
    this.#kept = { token, command, cause: undefined, over: Promise.withResolvers() };
    this.#keep(this.#kept);
  }

  async #keep(kept: Kept): Promise<void> {
    const { command: { exited }, over } = kept;
    // A command that may not be killed may never end: do not wait for it.
    await Promise.race([exited, over.promise]);
    // Its children in the group must not outlive it.
    if (kept.cause === undefined) this.#end(kept, "itself", "SIGTERM");
    const { cause = "itself" } = kept;
    if (await over.promise) this.#onEnd(kept.token, cause, await exited);
    else this.#onUnended(kept);
    this.#kept = undefined;
    this.#pause.abort();
  }

  #onEnd(token: number, cause: CommandEnd["cause"], ending: Ending): void {
    if (cause === "itself" || this.#isStopping) this.#exitCode = ending.code;
    this.#options.send({ type: "ended", token, byItself: cause === "itself" });
    this.#report(() => this.#options.onEnd?.({ ...ending, token, cause }));
    if (cause === "itself") this.#finish();
  }

  /** The lock must not be released under a command that cannot be ended. */
  #onUnended({ token, command }: Kept): void {
    this.#exitCode = EXIT.notEnded;
    this.#isStopping = true;
    this.#options.send({ type: "unended", token });
    this.#report(() => this.#options.onUnended?.(token, command.group.id));
    this.#finish();
  }

  #end(kept: Kept, cause: CommandEnd["cause"], signal: Deno.Signal): void {
    const { clock, grace } = this.#options;
    const { group } = kept.command;
    kept.cause = cause;
    // If this process noticed late, part of the grace period has passed already.
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

  /** A failed report must not change what happens. */
  #report(report: () => void): void {
    try {
      report();
    } catch {
      // There is no other place to report to.
    }
  }
}
