import { type Lock, systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { type EndReason, LeaderElector, type Term, type Timings } from "../../elector/mod.ts";
import { failureOf, messageOf } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { type BucketValues, openLock } from "../options/lock.ts";
import type { GIST_OPTIONS, PREFERENCE_OPTIONS, Values } from "../options/options.ts";
import { readPreference } from "../options/preference.ts";
import { defaultIdentity } from "../options/values.ts";
import { END_REASONS } from "../output/leadership.ts";
import { harmless, type Log, Repeats } from "../output/log.ts";
import { stderrLines } from "../output/output.ts";
import { Readiness } from "./readiness.ts";
import { Reporter } from "./reporter.ts";
import { type CandidateStatus, type Counters, statusOf } from "./status.ts";

interface CandidateOptions {
  readonly values:
    & Values<typeof GIST_OPTIONS[number] | typeof PREFERENCE_OPTIONS[number] | "identity">
    & BucketValues
    & Partial<Values<"observe">>;
  readonly timings: Timings;
  /** May throw: the candidate continues. */
  readonly log: Log;
  readonly lead: (term: Term) => Promise<void>;
  readonly onEnd?: (reason: EndReason) => void;
  /** How many log lines another process of this candidate has dropped. */
  readonly droppedLines?: () => number;
}

/** A candidate of the program: an elector on a lock, with its log, its status and its metrics. */
export class Candidate extends Reporter {
  readonly elector: LeaderElector;
  readonly identity: string;
  readonly #errorLines = new Repeats();
  readonly #droppedLines: () => number;
  readonly #readiness: Readiness | undefined;
  readonly #isObserver: boolean;
  #lastError: unknown;
  #role = "idle";
  readonly #log: Log;

  /** Creates a candidate; nothing is sent yet. */
  constructor({ values, timings, log: write, lead, onEnd, droppedLines }: CandidateOptions) {
    const log = harmless(write);
    super(systemClock, log);
    this.#log = log;
    const { clock, counts } = this;
    const { identity = defaultIdentity(), observe: isObserver = false } = values;
    const preference = readPreference(values, timings.leaseDuration);
    const readyUrl = isObserver ? undefined : values["ready-url"];
    this.identity = identity;
    this.#droppedLines = droppedLines ?? (() => 0);
    this.#isObserver = isObserver;
    const readiness = readyUrl && this.#probe(readyUrl, timings.pollPeriod, log);
    this.#readiness = readiness;
    const isReady = isObserver ? () => false : readiness && (() => readiness.isReady());
    const lock = openLock(values, {
      identity,
      requestTimeout: timings.requestTimeout,
      fetch: this.fetch,
      onWarning: (text) => log("bucket", text),
    });
    this.elector = new LeaderElector({
      ...timings,
      ...preference,
      ...(isReady && { isReady }),
      lock: isObserver ? neverChecked(lock) : lock,
      onStartedLeading: (term) => {
        counts.terms++;
        this.observe();
        const { token } = term;
        log("leads", `${identity} leads with fencing token ${token}`, { identity, token });
        return lead(term);
      },
      onStoppedLeading: ({ token }, reason) => {
        counts.termsEnded.set(reason, (counts.termsEnded.get(reason) ?? 0) + 1);
        this.observe();
        this.observations.ownTermEnded(token, reason, clock.monotonic());
        const text = `${identity} stopped leading: ${END_REASONS[reason]}`;
        log("ended", text, { identity, token, reason });
        onEnd?.(reason);
      },
      onNewLeader: (holder) => {
        counts.leaderChanges++;
        if (holder === identity) return;
        const leader = holder === "" ? null : holder;
        log("leader", leader === null ? "no leader" : `${leader} leads`, { leader });
      },
      onError: (error) => {
        counts.errors++;
        this.#lastError = error;
        const at = clock.monotonic();
        if (!this.#errorLines.isNew(error, at)) return;
        const message = messageOf(error);
        this.observations.sawFailure({ at, message });
        log("error", message);
      },
    });
  }

  /** Campaigns until the signal aborts. Returns the exit code of a failure that was logged already, or 0. */
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

  get terms(): number {
    return this.counts.terms;
  }

  status(): CandidateStatus {
    return statusOf(this.elector.status(), this.elector.timings, this.#isObserver);
  }

  resign(to: string | undefined): boolean {
    return to === undefined ? this.elector.stepDown() : this.elector.handover(to);
  }

  fault(): Error | undefined {
    return this.elector.check(this.elector.timings.requestTimeout);
  }

  protected seen() {
    return { record: this.elector.status().observed?.record, ...this.elector.timings };
  }

  protected override counters(): Counters {
    const logLinesDropped = stderrLines.dropped + this.#droppedLines();
    return { ...super.counters(), logLinesDropped };
  }

  protected override observe(): void {
    const { observed, role } = this.elector.status();
    if (role !== this.#role) this.#log("role", `role: ${role}, was ${this.#role}`, { role });
    this.#role = role;
    if (observed) this.observations.sawRecord(observed, this.clock.monotonic() - observed.age);
  }

  #probe(url: URL, period: number, log: Log): Readiness {
    return new Readiness({
      url,
      period,
      clock: this.clock,
      fetch: systemFetch,
      onChange: (isReady, reason) => {
        const text = isReady ? "the workload is ready" : `the workload is not ready: ${reason}`;
        log(isReady ? "ready" : "not ready", text);
      },
    });
  }
}

/** The lock of an observer, whose access token need not write. */
function neverChecked<L extends Lock>(lock: L): L {
  return Object.defineProperties(lock, {
    checkAccess: { value: undefined },
    prepare: { value: undefined },
  });
}
