import type { Clock } from "../../lock/mod.ts";
import { every } from "../../lock/system.ts";
import { EXIT } from "../exit_codes.ts";
import type { RunTimings } from "../options/timings.ts";
import type { CommandEnd, Ending, StartedCommand } from "./child.ts";
import type { KeeperReports } from "./keeper/reports.ts";
import type { CampaignerMessage, GrantedTerm, KeeperMessage } from "./messages.ts";
import { askToEnd, awaitEnd } from "./process_group.ts";
import { Questions } from "./keeper/questions.ts";

interface KeeperOptions extends KeeperReports, Pick<RunTimings, "grace" | "renewDeadline"> {
  readonly clock: Clock;
  /** Starts the command; returns an exit code if it cannot be started. */
  readonly start: (term: GrantedTerm) => StartedCommand | number;
  readonly send: (message: KeeperMessage) => void;
  /** How many log lines this process has dropped. */
  readonly droppedLines?: () => number;
}

interface Kept {
  readonly token: number;
  readonly command: StartedCommand;
  /** Why the command is being ended. */
  cause: CommandEnd["cause"] | undefined;
  /** Resolves when no process of the group is alive, or with `false` if one cannot be ended. */
  readonly over: PromiseWithResolvers<boolean>;
}

/**
 * Runs the command while a term lasts, and never longer: it ends the command when the campaigner says that the term has
 * ended, when the campaigner is gone, and when the last granted deadline has passed. It sends and reports only after it has
 * acted on the command, so that a failed report cannot prevent that.
 *
 * While there is neither a term nor a command, it waits for a message, without a timer. Otherwise it reads both clocks
 * every second, since timers do not count the time in which a machine is suspended, and asks how long the term lasts.
 */
export class Keeper {
  /** The exit code of the campaign, once the campaigner has sent it. */
  campaignerCode: number | undefined;
  readonly #options: KeeperOptions;
  readonly #questions: Questions;
  #kept: Kept | undefined;
  #lastToken = -1;
  #isStopping = false;
  #isFinished = false;
  #isAlone = false;
  #exitCode: number | undefined;
  readonly #over = Promise.withResolvers<void>();
  readonly #lookPeriod: number;
  #stopLooking: (() => void) | undefined;
  /** A look before the next regular one. */
  #early = new AbortController();

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { clock, renewDeadline } = options;
    this.#lookPeriod = Math.min(1_000, Math.max(50, renewDeadline / 20));
    this.#questions = new Questions(clock, renewDeadline, (n) => {
      const dropped = options.droppedLines?.() ?? 0;
      options.send({ type: "ask", n, ...(dropped > 0 && { dropped }) });
    });
  }

  get isBusy(): boolean {
    return this.#kept !== undefined;
  }

  /**
   * Whether both processes work: the campaigner has answered a question of the last `within` milliseconds, and no
   * command runs in a term that is not known to last. A watchdog that kills an unsound process ends the command soon
   * after its term. Asks a question, so that the next call knows more.
   */
  isSound(within: number): boolean {
    if (this.#isAlone) return false;
    const isSound = this.#questions.hasHeard(within) && (!this.#kept || this.#questions.isValid());
    this.#questions.ask();
    return isSound;
  }

  /**
   * Keeps the command until the campaigner and the command are gone.
   *
   * @returns The exit code of the command if it ended on its own or with this program, 71 if it could not be ended;
   * otherwise `undefined`.
   */
  async run(): Promise<number | undefined> {
    await this.#over.promise;
    return this.#exitCode;
  }

  receive(message: CampaignerMessage): void {
    switch (message.type) {
      case "changed":
        return this.#questions.askAgain();
      case "answer":
        if (this.#questions.answer(message.n, message.term)) this.#check();
        return;
      case "stopped":
        this.stop(message.signal);
        return this.#report(() => this.#options.onStopped?.(message.signal));
      case "over":
        this.campaignerCode = message.code;
    }
  }

  /** The campaigner is gone, and no longer renews the lease. */
  onCampaignerGone(): void {
    this.#isAlone = true;
    this.#check();
  }

  /** Ends the command with this signal, and then the campaign. */
  stop(signal: Deno.Signal): void {
    this.#isStopping = true;
    if (this.#kept && this.#kept.cause === undefined) this.#end(this.#kept, "stop", signal);
    else this.forward(signal);
    this.#options.send({ type: "stop" });
    this.#finish();
  }

  forward(signal: Deno.Signal): void {
    this.#kept?.command.group.signal(signal);
  }

  /** The last duty before a crash: if the campaigner is gone, too, no other process ends the command. */
  abandon(): void {
    if (this.#isAlone) this.forward("SIGKILL");
  }

  #hasTerm(): boolean {
    return this.#questions.isValid() && !this.#isAlone;
  }

  #check(): void {
    this.#compare();
    this.#planLook();
  }

  #look(): void {
    this.#compare();
    // At the look that is nearest to the time of the question.
    if (this.#questions.dueIn() <= this.#lookPeriod / 2) this.#questions.ask();
    this.#planLook();
  }

  /** Compares the command that runs with the term that is valid. */
  #compare(): void {
    const isValid = this.#hasTerm();
    const last = this.#questions.lastTerm;
    const kept = this.#kept;
    if (kept && kept.cause === undefined && (isValid ? last?.token : undefined) !== kept.token) {
      this.#end(kept, "loss", "SIGTERM");
      this.#report(() => this.#options.onLoss?.(kept.token));
    }
    if (!this.#kept && last) this.#consider(last, isValid);
  }

  #planLook(): void {
    this.#early.abort();
    const hasTerm = this.#hasTerm();
    if (!this.#kept && !hasTerm) {
      this.#stopLooking?.();
      this.#stopLooking = undefined;
      if (this.#isAlone) this.#over.resolve();
      return;
    }
    const { clock } = this.#options;
    this.#stopLooking ??= every(clock, this.#lookPeriod, () => this.#look());
    const remaining = this.#questions.remaining();
    // Looks are not exact. The end of a term is, and so are the questions shortly before it.
    if (!hasTerm || remaining > 2 * this.#lookPeriod) return;
    const ms = Math.min(remaining, this.#questions.dueIn());
    this.#early = new AbortController();
    clock.sleep(ms, { signal: this.#early.signal }).then(() => this.#look(), () => {});
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
    this.#check();
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
    const overdue = Math.max(0, -this.#questions.remaining());
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
