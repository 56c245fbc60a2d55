import type {
  CallOptions,
  Clock,
  LeaderElectionRecord,
  Lock,
  LockTimings,
  Observed,
  Quota,
  RequestCounts,
} from "../../lock/mod.ts";
import { unlessAborted } from "../../store/unless_aborted.ts";

/** One call of a lock. */
export interface Call {
  readonly verb: "get" | "create" | "update";
  /** Counts the calls of this verb, from 1. */
  readonly nth: number;
  /** When the call was made, in milliseconds of the lock's monotonic clock. */
  readonly at: number;
  /** What was to be written. */
  readonly record: LeaderElectionRecord | undefined;
  /** The version that an update follows. */
  readonly seen: string | undefined;
  /** Whether a get asks for proof. */
  readonly proof: boolean;
  /** What gives the call up. */
  readonly signal: AbortSignal | undefined;
}

/** What befalls one call. */
export interface Fate {
  /** How long the request travels before the store acts on it, in milliseconds. */
  readonly before?: number;
  /** How long the answer travels, in milliseconds. */
  readonly after?: number;
  /** The store does not act, and answers with this error. */
  readonly refuse?: Error;
  /** The store acts, but this error is what comes back. */
  readonly lose?: Error;
  /** The request never arrives, or the answer never does; the caller's signal is not heeded either. */
  readonly hang?: "before" | "after";
  /** The caller's signal does not end the call. */
  readonly ignoresSignal?: boolean;
  /** The store acts, but this is what comes back. */
  readonly answer?: { readonly is: Observed | undefined };
}

/** What befalls the calls of one verb: all of them, or only the `nth`. */
export function on(
  verb: Call["verb"],
  fate: Fate | (() => Fate),
  nth?: number,
): (call: Call) => Fate | undefined {
  return (call) => {
    if (call.verb !== verb || (nth ?? call.nth) !== call.nth) return undefined;
    return typeof fate === "function" ? fate() : fate;
  };
}

/** The first of several fates that a call has. */
export function either(...fates: ProbeLock["fate"][]): ProbeLock["fate"] {
  return (call) => fates.map((fate) => fate(call)).find((fate) => fate !== undefined);
}

/** How often a lock may be called at one instant: more is a loop that never lets time pass. */
const MOST_CALLS = 1_000;

/** A lock that notes every call made to it, and lets a test decide what befalls it. */
export class ProbeLock implements Lock {
  readonly identity: string;
  readonly calls: Call[] = [];
  readonly recorded: string[] = [];
  /** See {@linkcode Lock.requests}. */
  requests?: RequestCounts;
  /** See {@linkcode Lock.defaultTimings}. */
  defaultTimings?: LockTimings;
  /** See {@linkcode Lock.keepsLostWrites}. */
  keepsLostWrites?: boolean;
  /** See {@linkcode Lock.prepare}. */
  prepare?: (options?: CallOptions) => Promise<void>;
  /** See {@linkcode Lock.checkAccess}. */
  checkAccess?: () => Promise<void>;
  /** See {@linkcode Lock.accessCheckPeriod}. */
  accessCheckPeriod?: number;
  /** See {@linkcode Lock.quota}. */
  quota?: () => Quota | undefined;
  /** Decides what befalls a call; by default nothing does. */
  fate: (call: Call) => Fate | undefined = () => undefined;
  /** Hears of each call as it is made. */
  onCall: (call: Call) => void = () => {};
  readonly #inner: Lock;
  readonly #clock: Clock;

  constructor(inner: Lock, clock: Clock) {
    this.identity = inner.identity;
    this.#inner = inner;
    this.#clock = clock;
  }

  get(options?: CallOptions): Promise<Observed | undefined> {
    return this.#call("get", options, () => this.#inner.get());
  }

  create(record: LeaderElectionRecord, options?: CallOptions): Promise<Observed> {
    const answer = this.#call("create", options, () => this.#inner.create(record), record);
    return answer as Promise<Observed>;
  }

  update(
    record: LeaderElectionRecord,
    seen: Pick<Observed, "version">,
    options?: CallOptions,
  ): Promise<Observed> {
    const act = () => this.#inner.update(record, seen);
    return this.#call("update", options, act, record, seen.version) as Promise<Observed>;
  }

  recordEvent(message: string): void {
    this.recorded.push(message);
  }

  describe(): string {
    return `the probe of ${this.identity}`;
  }

  async #call(
    verb: Call["verb"],
    options: CallOptions | undefined,
    act: () => Promise<Observed | undefined>,
    record?: LeaderElectionRecord,
    seen?: string,
  ): Promise<Observed | undefined> {
    const nth = this.calls.filter((earlier) => earlier.verb === verb).length + 1;
    const { proof = false, signal } = options ?? {};
    const call: Call = { verb, nth, at: this.#clock.monotonic(), record, seen, proof, signal };
    this.calls.push(call);
    if (this.#isLoop(call)) return await failTest(call);
    this.onCall(call);
    const fate = this.fate(call) ?? {};
    const travel = this.#travel(fate, act);
    const isDeaf = fate.hang !== undefined || fate.ignoresSignal;
    return await unlessAborted(travel, isDeaf ? undefined : signal);
  }

  #isLoop({ at }: Call): boolean {
    return this.calls.at(-MOST_CALLS - 1)?.at === at;
  }

  /** A request that has left cannot be called back: the caller's signal does not reach the store. */
  async #travel(
    fate: Fate,
    act: () => Promise<Observed | undefined>,
  ): Promise<Observed | undefined> {
    if (fate.before !== undefined) await this.#clock.sleep(fate.before);
    if (fate.hang === "before") await new Promise(() => {});
    if (fate.refuse) throw fate.refuse;
    const outcome = await act().then((value) => ({ value }), (error: Error) => ({ error }));
    if (fate.after !== undefined) await this.#clock.sleep(fate.after);
    if (fate.hang === "after") await new Promise(() => {});
    if (fate.lose) throw fate.lose;
    if ("error" in outcome) throw outcome.error;
    return fate.answer ? fate.answer.is : outcome.value;
  }
}

/** Fails the test whatever the caller catches, and never answers, as only that ends the loop. */
function failTest({ verb, at }: Call): Promise<never> {
  queueMicrotask(() => {
    throw new Error(
      `The lock was called more than ${MOST_CALLS} times at ${at} ms, last by ${verb}(): let the loop wait longer`,
    );
  });
  return new Promise(() => {});
}
