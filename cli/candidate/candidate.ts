import { type Clock, type Lock, systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import {
  type EndReason,
  LeaderElector,
  type Preference,
  type Term,
  type Timings,
} from "../../elector/mod.ts";
import { failureOf, messageOf } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { type BucketValues, openLock } from "../options/lock.ts";
import type { GIST_OPTIONS, Values } from "../options/options.ts";
import { END_REASONS } from "../output/leadership.ts";
import { harmless, type Log, Repeats } from "../output/log.ts";
import { stderrLines } from "../output/output.ts";
import { listen, type Listening } from "./http.ts";
import { type Metric, metricsOf } from "./metrics.ts";
import { observedFetch } from "./observed_fetch.ts";
import { leaseOf, type PageData } from "./page/data.ts";
import { Observations } from "./page/observations.ts";
import { Readiness } from "./readiness.ts";
import { type CandidateStatus, statusOf } from "./status.ts";

export { MOST_REFUSED_LEASES, type RefusalOptions, untilRefused } from "./refusals.ts";

export interface CandidateOptions {
  /** Which lock, and how to reach it. */
  readonly values: Values<typeof GIST_OPTIONS[number]> & BucketValues;
  readonly identity: string;
  readonly timings: Timings;
  /** Who should lead, where there is a choice. */
  readonly preference?: Preference;
  /** Where the workload says whether it could lead. */
  readonly readyUrl?: URL | undefined;
  /** Whether it never leads, and only reports. */
  readonly isObserver?: boolean;
  /** May throw: the candidate goes on. */
  readonly log: Log;
  /** Does the work of a term. */
  readonly lead: (term: Term) => Promise<void>;
  /** A term has ended. */
  readonly onEnd?: (reason: EndReason) => void;
  /** How many log lines another process of this candidate has dropped. */
  readonly droppedLines?: () => number;
}

/** A candidate of the program: an elector on a lock, with its log, its status and its metrics. */
export class Candidate {
  readonly elector: LeaderElector;
  readonly #clock: Clock = systemClock;
  readonly #termsEnded = new Map<string, number>();
  readonly #requests = new Map<string, number>();
  readonly #errorLines = new Repeats();
  readonly #observations = new Observations();
  readonly #droppedLines: () => number;
  readonly #readiness: Readiness | undefined;
  readonly #isObserver: boolean;
  /** How many terms it has led. */
  terms = 0;
  #leaderChanges = 0;
  #errors = 0;
  #lastError: unknown;
  #role = "idle";
  readonly #log: Log;

  /**
   * Creates a candidate; nothing is sent yet.
   *
   * @throws {CommandError} If an option is invalid.
   */
  constructor(
    { values, identity, timings, preference, log: write, lead, onEnd, ...options }:
      CandidateOptions,
  ) {
    const log = this.#log = harmless(write);
    const { readyUrl, isObserver = false } = options;
    this.#droppedLines = options.droppedLines ?? (() => 0);
    this.#isObserver = isObserver;
    this.#readiness = readyUrl && this.#probe(readyUrl, timings.pollPeriod, log);
    const isReady = isObserver ? () => false : this.#readiness && (() => this.#isReady());
    const { requestTimeout } = timings;
    const lock = openLock(values, {
      identity,
      requestTimeout,
      fetch: observedFetch({
        clock: this.#clock,
        fetch: systemFetch,
        log,
        observations: this.#observations,
        counts: this.#requests,
        onStart: () => this.#observe(),
      }),
      onWarning: (text) => log("bucket", text),
    });
    this.elector = new LeaderElector({
      ...timings,
      ...preference,
      ...(isReady && { isReady }),
      lock: isObserver ? neverChecked(lock) : lock,
      onStartedLeading: (term) => {
        this.terms++;
        this.#observe();
        const { token } = term;
        log("leads", `${identity} leads with fencing token ${token}`, { identity, token });
        return lead(term);
      },
      onStoppedLeading: ({ token }, reason) => {
        this.#termsEnded.set(reason, (this.#termsEnded.get(reason) ?? 0) + 1);
        this.#observe();
        this.#observations.ownTermEnded(token, reason, this.#clock.monotonic());
        const text = `${identity} stopped leading: ${END_REASONS[reason]}`;
        log("ended", text, { identity, token, reason });
        onEnd?.(reason);
      },
      onNewLeader: (holder) => {
        this.#leaderChanges++;
        if (holder === identity) return;
        const leader = holder === "" ? null : holder;
        log("leader", leader === null ? "no leader" : `${leader} leads`, { leader });
      },
      onError: (error) => {
        this.#errors++;
        this.#lastError = error;
        const at = this.#clock.monotonic();
        if (!this.#errorLines.isNew(error, at)) return;
        const message = messageOf(error);
        this.#observations.sawFailure({ at, message });
        log("error", message);
      },
    });
  }

  /**
   * Campaigns until the signal aborts.
   *
   * @returns The exit code of a failure that was logged already; otherwise 0.
   */
  async campaign(signal: AbortSignal): Promise<number> {
    const over = new AbortController();
    const readiness = this.#readiness;
    const signals = AbortSignal.any([signal, over.signal]);
    try {
      // The first claim must not wait for a poll more, as the workload was not asked yet.
      await readiness?.ask(signals);
      const probing = readiness?.run(signals);
      await this.elector.run({ signal });
      over.abort();
      await probing;
      return EXIT.ok;
    } catch (error) {
      if (error !== this.#lastError) throw error;
      return failureOf(error).exitCode;
    } finally {
      over.abort();
    }
  }

  /**
   * Hands over to a candidate, or to any.
   *
   * @returns Whether it led another candidate than that.
   */
  resign(to: string | undefined): boolean {
    return to === undefined ? this.elector.stepDown() : this.elector.handover(to);
  }

  status(): CandidateStatus {
    return statusOf(this.elector.status(), this.elector.timings, this.#isObserver);
  }

  /** Its status and what it has seen, for its page. */
  page(): PageData {
    const { timings } = this.elector;
    this.#observe();
    const now = this.#clock.monotonic();
    const figures = this.status();
    return {
      figures,
      fault: this.#fault()?.message,
      wall: this.#clock.wall(),
      now,
      lease: leaseOf(figures, this.elector.status().observed?.record, timings),
      requestTimeout: timings.requestTimeout,
      terms: this.#observations.terms(now),
      requests: this.#observations.requests,
      failures: this.#observations.failures,
    };
  }

  metrics(): Metric[] {
    return metricsOf(this.status(), {
      terms: this.terms,
      termsEnded: this.#termsEnded,
      leaderChanges: this.#leaderChanges,
      errors: this.#errors,
      requests: this.#requests,
      logLinesDropped: stderrLines.dropped + this.#droppedLines(),
    });
  }

  /**
   * Serves its status over HTTP.
   *
   * @throws {CommandError} If nothing can listen at the address.
   */
  serve(address: Deno.NetAddr): Listening {
    return listen(address, {
      status: () => this.status(),
      metrics: () => this.metrics(),
      page: () => this.page(),
      fault: () => this.#fault(),
      resign: (to) => this.resign(to),
    });
  }

  #fault(): Error | undefined {
    return this.elector.check(this.elector.timings.requestTimeout);
  }

  #isReady(): boolean {
    return this.#readiness?.isReady() ?? true;
  }

  #probe(url: URL, period: number, log: Log): Readiness {
    return new Readiness({
      url,
      period,
      clock: this.#clock,
      fetch: systemFetch,
      onChange: (isReady, reason) => {
        const text = isReady ? "the workload is ready" : `the workload is not ready: ${reason}`;
        log(isReady ? "ready" : "not ready", text);
      },
    });
  }

  /** Records what was seen last. Called before each request, so that no record is missed. */
  #observe(): void {
    const { observed, role } = this.elector.status();
    if (role !== this.#role) this.#log("role", `role: ${role}, was ${this.#role}`, { role });
    this.#role = role;
    if (observed) this.#observations.sawRecord(observed, this.#clock.monotonic() - observed.age);
  }
}

/** The lock of an observer, whose access token need not write. */
function neverChecked<L extends Lock>(lock: L): L {
  return Object.defineProperties(lock, {
    checkAccess: { value: undefined },
    prepare: { value: undefined },
  });
}
