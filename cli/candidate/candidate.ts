import { type Clock, type Fetch, systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { type EndReason, LeaderElector, type Term, type Timings } from "../../elector/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { failureOf } from "../errors.ts";
import { type Counters, type Figures, figuresOf } from "./status.ts";
import { openLock } from "../options/lock.ts";
import type { Log } from "../output/log.ts";
import { type Metric, metricsOf } from "./metrics.ts";
import type { GIST_OPTIONS, Values } from "../options/options.ts";
import { RecordingLock } from "./recording_lock.ts";
import { Repeats } from "../output/repeats.ts";
import { stderrLines } from "../output/output.ts";

/** Options of {@linkcode Candidate}. */
export interface CandidateOptions {
  /** Which gist, and how it is reached. */
  readonly values: Values<typeof GIST_OPTIONS[number]>;
  /** Who this is. */
  readonly identity: string;
  /** The timings. */
  readonly timings: Timings;
  /** Told of what happens. It may throw: nothing depends on it. */
  readonly log: Log;
  /** The work of a term. */
  readonly lead: (term: Term) => Promise<void>;
  /** The term has ended. */
  readonly onEnd?: (reason: EndReason) => void;
  /** How many log lines of a process beside this one were dropped. */
  readonly droppedLines?: () => number;
}

/** A candidate of the program: an elector on a gist, with its log and its figures. */
export class Candidate {
  /** The elector. */
  readonly elector: LeaderElector;
  readonly #lock: RecordingLock;
  readonly #clock: Clock = systemClock;
  readonly #termsEnded = new Map<string, number>();
  readonly #requests = new Map<string, number>();
  readonly #errorLines = new Repeats();
  readonly #droppedLines: () => number;
  #terms = 0;
  #leaderChanges = 0;
  #errors = 0;
  #lastTold: unknown;

  /**
   * Makes a candidate; nothing is sent yet.
   *
   * @throws {CommandError} If an option has a wrong value.
   */
  constructor(
    { values, identity, timings, log: write, lead, onEnd, droppedLines }: CandidateOptions,
  ) {
    const log = harmless(write);
    this.#droppedLines = droppedLines ?? (() => 0);
    const { requestTimeout } = timings;
    const fetch = countingFetch(this.#requests);
    this.#lock = new RecordingLock(
      openLock(values, { identity, requestTimeout, fetch }),
      this.#clock,
    );
    this.elector = new LeaderElector({
      ...timings,
      lock: this.#lock,
      onStartedLeading: (term) => {
        this.#terms++;
        const { token } = term;
        log("leads", `${identity} leads with fencing token ${token}`, { identity, token });
        return lead(term);
      },
      onStoppedLeading: ({ token }, reason) => {
        this.#termsEnded.set(reason, (this.#termsEnded.get(reason) ?? 0) + 1);
        log("ended", `${identity} leads no more: ${REASONS[reason]}`, { identity, token, reason });
        onEnd?.(reason);
      },
      onNewLeader: (leader) => {
        this.#leaderChanges++;
        if (leader === identity) return;
        log("leader", leader === "" ? "nobody leads" : `${leader} leads`, { leader });
      },
      onError: (error) => {
        this.#errors++;
        this.#lastTold = error;
        if (!this.#errorLines.isNew(error, this.#clock.monotonic())) return;
        log("error", error instanceof Error ? error.message : String(error));
      },
    });
  }

  /** How many terms it has led. */
  get terms(): number {
    return this.#terms;
  }

  /** For how long the store has refused every write, in milliseconds; `undefined` if it does not. */
  get refusedFor(): number | undefined {
    return this.elector.status().refusedFor;
  }

  /**
   * Campaigns until the signal aborts.
   *
   * @returns The exit code of a failure that has been told already; otherwise 0.
   */
  async campaign(signal: AbortSignal): Promise<number> {
    try {
      await this.elector.run({ signal });
      return EXIT.ok;
    } catch (error) {
      if (error !== this.#lastTold) throw error;
      return failureOf(error).exitCode;
    }
  }

  /** How it stands at this moment. */
  figures(): Figures {
    const { elector } = this;
    return figuresOf(elector.status(), this.#lock.last, this.#clock.monotonic(), elector.timings);
  }

  /** Its metrics at this moment. */
  metrics(): Metric[] {
    const counters: Counters = {
      terms: this.#terms,
      termsEnded: this.#termsEnded,
      leaderChanges: this.#leaderChanges,
      errors: this.#errors,
      requests: this.#requests,
      logLinesDropped: stderrLines.dropped + this.#droppedLines(),
    };
    return metricsOf(this.figures(), counters);
  }
}

const REASONS: Readonly<Record<EndReason, string>> = {
  expired: "its deadline passed without a renewal",
  lost: "another holder was seen",
  stopped: "it ends its campaign",
  finished: "its work is done",
  failed: "a callback failed",
  resigned: "it stepped down",
  handover: "it hands over to another candidate",
  unready: "it is not ready to lead",
};

/** A log that never throws: what is reported must not end a term. */
function harmless(log: Log): Log {
  return (...line) => {
    try {
      log(...line);
    } catch {
      // There is nobody to tell.
    }
  };
}

function countingFetch(counts: Map<string, number>): Fetch {
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  return async (request) => {
    try {
      const response = await systemFetch(request);
      count(`${request.method} ${response.status}`);
      return response;
    } catch (error) {
      count(`${request.method} error`);
      throw error;
    }
  };
}
