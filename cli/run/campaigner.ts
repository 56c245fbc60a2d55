import type { Clock } from "../../lock/mod.ts";
import type { Term } from "../../elector/mod.ts";
import type { CampaignerMessage, KeeperMessage } from "./messages.ts";
import { askToEnd, awaitEnd, type ProcessGroup } from "./process_group.ts";

/** How much later than the keeper this side kills, in milliseconds, so that it only does if the keeper does not. */
const BACKUP_DELAY_MS = 50;

/** How long the keeper has to report that it could not end the command either, in milliseconds. */
const REPORT_MS = 1_000;

/** How often to check for messages of the keeper within the time that it may be silent. */
const CHECKS_PER_STALL = 4;

/** Why a campaign ends. */
export type StopReason =
  /** The keeper asked for it. */
  | "asked"
  /** The command ended on its own. */
  | "finished"
  /** The keeper is gone, and so is its command. */
  | "keeper gone"
  /** The keeper is silent, and its command is gone. */
  | "keeper stopped"
  /** The command cannot be ended, so the lock may not be released. The keeper reports it. */
  | "unended"
  /** The same, and there is no keeper to report it. */
  | "unended alone";

interface CampaignerOptions {
  readonly clock: Clock;
  /** How long the command has from TERM to KILL, in milliseconds. */
  readonly grace: number;
  /** How long the keeper may be silent before it counts as stopped, in milliseconds. */
  readonly stallTimeout: number;
  readonly send: (message: CampaignerMessage) => void;
  readonly group: (pid: number) => ProcessGroup;
  /** Steps down from the term: the keeper's command for it has ended. */
  readonly resign: () => void;
  readonly stop: (why: StopReason) => void;
}

interface Work {
  readonly term: Term;
  readonly since: number;
  readonly ended: PromiseWithResolvers<void>;
  /** Aborts when the command is gone. */
  readonly done: AbortController;
  /**
   * Until when the keeper may start a command, by the last answer to it (monotonic, milliseconds); `undefined` if it was
   * granted no term.
   */
  grantedUntil: number | undefined;
  pid: number | undefined;
}

/**
 * The campaigner's side of `elector run`: grants terms to the keeper, and ends the command in its place if the keeper is
 * gone, stopped, or late.
 */
export class Campaigner {
  /** How many log lines the keeper has dropped, by its last message. */
  droppedLines = 0;
  readonly #options: CampaignerOptions;
  #work: Work | undefined;
  #messages = 0;
  #isKeeperGone = false;

  constructor(options: CampaignerOptions) {
    this.#options = options;
  }

  /** Does the work of one term: resolves when its command is gone. */
  async lead(term: Term): Promise<void> {
    if (this.#isKeeperGone) return;
    const work: Work = {
      term,
      since: this.#options.clock.wall(),
      ended: Promise.withResolvers<void>(),
      done: new AbortController(),
      grantedUntil: undefined,
      pid: undefined,
    };
    this.#work = work;
    this.#options.send({ type: "changed" });
    term.signal.addEventListener("abort", () => this.#onTermEnd(work), { once: true });
    this.#watchKeeper(work);
    await work.ended.promise;
    work.done.abort();
    this.#work = undefined;
  }

  receive(message: KeeperMessage): void {
    this.#messages++;
    const work = this.#work;
    switch (message.type) {
      case "ask":
        this.droppedLines = message.dropped ?? 0;
        return this.#options.send({ type: "answer", n: message.n, term: this.#grant(work) });
      case "spawned":
        if (work?.term.token === message.token) work.pid = message.pid;
        return;
      case "ended":
        if (message.byItself) this.#options.stop("finished");
        if (work?.term.token !== message.token) return;
        // The keeper may lose sight of a term that is renewed anyway: without a command, it must not be held.
        if (work.term.isValid()) this.#options.resign();
        return work.ended.resolve();
      case "unended":
        return this.#options.stop("unended");
      case "stop":
        return this.#options.stop("asked");
    }
  }

  /** The keeper is gone, or stopped: its command must not outlive it. */
  async onKeeperGone(why: "keeper gone" | "keeper stopped" = "keeper gone"): Promise<void> {
    if (this.#isKeeperGone) return;
    this.#isKeeperGone = true;
    const { clock, grace, stop } = this.#options;
    const work = this.#work;
    if (work && why === "keeper stopped") await this.#untilNoStart(work);
    if (work?.pid !== undefined) {
      const group = this.#options.group(work.pid);
      askToEnd(group);
      if (!await awaitEnd(group, clock.monotonic() + grace, clock)) return stop("unended alone");
    }
    work?.ended.resolve();
    stop(why);
  }

  #grant(work: Work | undefined): Extract<CampaignerMessage, { type: "answer" }>["term"] {
    const remaining = work?.term.remaining() ?? 0;
    if (!work || remaining <= 0 || this.#isKeeperGone) return null;
    work.grantedUntil = this.#options.clock.monotonic() + remaining;
    return { token: work.term.token, remaining, since: work.since };
  }

  async #onTermEnd(work: Work): Promise<void> {
    this.#options.send({ type: "changed" });
    if (work.grantedUntil === undefined) return work.ended.resolve();
    const { clock, grace } = this.#options;
    try {
      await clock.sleep(grace + BACKUP_DELAY_MS, { signal: work.done.signal });
    } catch {
      return;
    }
    await this.#untilNoStart(work);
    if (work.done.signal.aborted) return;
    // The keeper is late. If it has not started the command yet, it will find that its term has ended.
    if (work.pid !== undefined) {
      const group = this.#options.group(work.pid);
      if (!await awaitEnd(group, clock.monotonic(), clock)) {
        await clock.sleep(REPORT_MS);
        return this.#options.stop("unended alone");
      }
    }
    work.ended.resolve();
  }

  /** A keeper that was stopped before it read the answer may still start its command, as long as the answer allows. */
  async #untilNoStart(work: Work): Promise<void> {
    const { clock } = this.#options;
    while (work.pid === undefined && clock.monotonic() < (work.grantedUntil ?? 0)) {
      await clock.sleep(BACKUP_DELAY_MS, { signal: work.done.signal }).catch(() => {});
      if (work.done.signal.aborted) return;
    }
  }

  /**
   * Counts checks rather than time: when this process was itself stopped, much time has passed, and the keeper's questions
   * are still unread.
   */
  async #watchKeeper(work: Work): Promise<void> {
    const { clock, stallTimeout } = this.#options;
    for (let silentChecks = 0; silentChecks < CHECKS_PER_STALL;) {
      const messages = this.#messages;
      try {
        await clock.sleep(stallTimeout / CHECKS_PER_STALL, { signal: work.done.signal });
      } catch {
        return;
      }
      silentChecks = messages === this.#messages ? silentChecks + 1 : 0;
    }
    await this.onKeeperGone("keeper stopped");
  }
}

/** Whether, how and with what exit code a campaign ends. */
export class CampaignEnd {
  readonly #stop = new AbortController();
  readonly #abandoned = Promise.withResolvers<void>();
  /** The first exit code other than 0. */
  exitCode = 0;
  /** Aborts when the campaign is to end: the work first, then the lock is released. */
  readonly signal: AbortSignal = this.#stop.signal;
  /** Resolves when the process is to end without a release: the command cannot be ended. */
  readonly abandoned: Promise<void> = this.#abandoned.promise;

  finish(code: number): void {
    this.exitCode ||= code;
    this.#stop.abort();
  }

  /** Ends the process; the lease expires. */
  abandon(code: number): void {
    this.exitCode = code;
    this.#abandoned.resolve();
  }
}
