import { type Clock, type Fetch, systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { type EndReason, LeaderElector, type Term, type Timings } from "../../elector/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { Observations } from "./page/observations.ts";
import { leaseOf, type PageData } from "./page/data.ts";
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
  readonly #observations = new Observations();
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
    const fetch = this.#observedFetch();
    this.#lock = new RecordingLock(
      openLock(values, { identity, requestTimeout, fetch }),
      this.#clock,
    );
    this.elector = new LeaderElector({
      ...timings,
      lock: this.#lock,
      onStartedLeading: (term) => {
        this.#terms++;
        this.#observe();
        const { token } = term;
        log("leads", `${identity} leads with fencing token ${token}`, { identity, token });
        return lead(term);
      },
      onStoppedLeading: ({ token }, reason) => {
        this.#termsEnded.set(reason, (this.#termsEnded.get(reason) ?? 0) + 1);
        this.#observe();
        this.#observations.ownTermEnded(token, reason, this.#clock.monotonic());
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
        const at = this.#clock.monotonic();
        if (!this.#errorLines.isNew(error, at)) return;
        const message = error instanceof Error ? error.message : String(error);
        this.#observations.sawFailure({ at, message });
        log("error", message);
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

  /** How it stands, with what it has seen, for its page. */
  page(): PageData {
    const { timings } = this.elector;
    this.#observe();
    const now = this.#clock.monotonic();
    const figures = this.figures();
    return {
      figures,
      fault: this.elector.check(timings.requestTimeout)?.message,
      wall: this.#clock.wall(),
      now,
      lease: leaseOf(figures, this.elector.status().observed?.record, timings),
      requestTimeout: timings.requestTimeout,
      terms: this.#observations.terms(now),
      requests: this.#observations.requests,
      failures: this.#observations.failures,
    };
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

  /** Notes what was seen last. Before each request, so that nothing is missed that a read found. */
  #observe(): void {
    const { observed } = this.elector.status();
    if (observed) this.#observations.sawRecord(observed, this.#clock.monotonic() - observed.age);
  }

  /** Counts requests by their result, and notes how long they take. */
  #observedFetch(): Fetch {
    const note = (key: string, isOk: boolean, startedAt: number) => {
      this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
      this.#observations.sawRequest({ ms: this.#clock.monotonic() - startedAt, isOk });
    };
    return async (request) => {
      this.#observe();
      const startedAt = this.#clock.monotonic();
      try {
        const response = await systemFetch(request);
        note(`${request.method} ${response.status}`, response.status < 500, startedAt);
        return response;
      } catch (error) {
        note(`${request.method} error`, false, startedAt);
        throw error;
      }
    };
  }
}

const REASONS: Readonly<Record<EndReason, string>> = {
  expired: "its deadline passed without a renewal",
  lost: "another holder was seen",
  stopped: "it ends its campaign",
  finished: "its work is done",
  failed: "a callback failed",
  resigned: "it stepped down",
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
