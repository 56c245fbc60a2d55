import type { Clock } from "../../lock/mod.ts";
import type { Term } from "../../elector/mod.ts";
import type { CampaignerMessage, KeeperMessage } from "./messages.ts";
import { askToEnd, awaitEnd, type ProcessGroup } from "./process_group.ts";

/** How much later than the keeper this side kills, in milliseconds, so that it need not where the keeper does. */
const BACKUP_DELAY_MS = 50;

/** How long the keeper has to report that it could not end the command either, in milliseconds. */
const REPORT_MS = 1_000;

/** How often it is looked for a sign of the keeper within the time that it may be silent. */
const LOOKS_PER_STALL = 4;

/** Why a campaign is ended. */
export type StopReason =
  /** The keeper asks for it. */
  | "asked"
  /** The command has ended by itself. */
  | "finished"
  /** The keeper has ended; nothing is left of its command. */
  | "keeper gone"
  /** The keeper is silent; nothing is left of its command. */
  | "keeper stopped"
  /** The command cannot be ended: nothing may be released under it. The keeper reports it. */
  | "unended"
  /** The same, and the keeper is not there to report it. */
  | "unended alone";

/** Options of {@linkcode CampaignerDesk}. */
export interface CampaignerDeskOptions {
  /** The clocks. */
  readonly clock: Clock;
  /** How long the command has from TERM to KILL, in milliseconds. */
  readonly grace: number;
  /** How long the keeper may be silent before it counts as stopped, in milliseconds. */
  readonly stallTimeout: number;
  /** Sends a message to the keeper. */
  readonly tell: (message: CampaignerMessage) => void;
  /** The process group with this id. */
  readonly group: (pid: number) => ProcessGroup;
  /** Gives up the term, which the keeper has no command for any more, so that another may lead. */
  readonly resign: () => void;
  /** Ends the campaign. */
  readonly stop: (why: StopReason) => void;
}

interface Work {
  readonly term: Term;
  readonly since: number;
  readonly ended: PromiseWithResolvers<void>;
  /** Aborts when nothing is left of the command. */
  readonly done: AbortController;
  /**
   * When the last term that the keeper was told of is over for it (monotonic, milliseconds): until then it may start a
   * command. `undefined` where it was told of none.
   */
  grantedUntil: number | undefined;
  pid: number | undefined;
}

/**
 * The campaigner's side of `elector run`: tells the keeper how long the term lasts, and does the keeper's duty where the
 * keeper is gone, stopped, or late.
 */
export class CampaignerDesk {
  readonly #options: CampaignerDeskOptions;
  #work: Work | undefined;
  #messages = 0;
  #droppedLines = 0;
  #isKeeperGone = false;

  /** Makes a desk. */
  constructor(options: CampaignerDeskOptions) {
    this.#options = options;
  }

  /** How many log lines the keeper could not write, as it last told. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  /** The work of one term: resolves when nothing is left of its command. */
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
    this.#options.tell({ type: "news" });
    term.signal.addEventListener("abort", () => this.#onTermEnd(work), { once: true });
    this.#watchKeeper(work);
    await work.ended.promise;
    work.done.abort();
    this.#work = undefined;
  }

  /** Takes a message of the keeper's. */
  receive(message: KeeperMessage): void {
    this.#messages++;
    const work = this.#work;
    switch (message.type) {
      case "ask":
        this.#droppedLines = message.dropped ?? 0;
        return this.#options.tell({ type: "answer", n: message.n, term: this.#grant(work) });
      case "spawned":
        if (work?.term.token === message.token) work.pid = message.pid;
        return;
      case "ended":
        if (message.byItself) this.#options.stop("finished");
        if (work?.term.token !== message.token) return;
        // The keeper may lose sight of a term that is renewed all the same: it must not be held for nothing.
        if (work.term.isValid()) this.#options.resign();
        return work.ended.resolve();
      case "unended":
        return this.#options.stop("unended");
      case "stop":
        return this.#options.stop("asked");
    }
  }

  /** The keeper has ended, or is stopped: nothing of its command may outlive it. */
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
    this.#options.tell({ type: "news" });
    if (work.grantedUntil === undefined) return work.ended.resolve();
    const { clock, grace } = this.#options;
    try {
      await clock.sleep(grace + BACKUP_DELAY_MS, { signal: work.done.signal });
    } catch {
      return;
    }
    await this.#untilNoStart(work);
    if (work.done.signal.aborted) return;
    // The keeper is late. Should it have started nothing yet, it will find its term over.
    if (work.pid !== undefined) {
      const group = this.#options.group(work.pid);
      if (!await awaitEnd(group, clock.monotonic(), clock)) {
        await clock.sleep(REPORT_MS);
        return this.#options.stop("unended alone");
      }
    }
    work.ended.resolve();
  }

  /** A keeper that was stopped before it read of the term may still start its command, for as long as it was told. */
  async #untilNoStart(work: Work): Promise<void> {
    const { clock } = this.#options;
    while (work.pid === undefined && clock.monotonic() < (work.grantedUntil ?? 0)) {
      await clock.sleep(BACKUP_DELAY_MS, { signal: work.done.signal }).catch(() => {});
      if (work.done.signal.aborted) return;
    }
  }

  /**
   * Counts looks rather than time: a process that was itself stopped finds that much time has passed, and the keeper's
   * questions still unread.
   */
  async #watchKeeper(work: Work): Promise<void> {
    const { clock, stallTimeout } = this.#options;
    for (let silentLooks = 0; silentLooks < LOOKS_PER_STALL;) {
      const messages = this.#messages;
      try {
        await clock.sleep(stallTimeout / LOOKS_PER_STALL, { signal: work.done.signal });
      } catch {
        return;
      }
      silentLooks = messages === this.#messages ? silentLooks + 1 : 0;
    }
    await this.onKeeperGone("keeper stopped");
  }
}
