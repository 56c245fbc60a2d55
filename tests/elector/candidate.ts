import assert from "node:assert/strict";
import {
  type CampaignControl,
  LeaderElector,
  type LeaderElectorOptions,
  type Term,
} from "../../elector/mod.ts";
import {
  EMPTY_RECORD,
  FakeClock,
  formatRecord,
  type LeaderElectionRecord,
  type Lock,
  type Observed,
  parseRecord,
} from "../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../store/mod.ts";
import { ProbeLock } from "./probe_lock.ts";

/** Options of {@linkcode Candidate}: the elector's own, and where it runs. */
export interface CandidateOptions extends Partial<Omit<LeaderElectorOptions, "lock" | "clock">> {
  readonly identity?: string;
  readonly clock?: FakeClock;
  readonly store?: MemoryStore;
  /** The record that is stored before. */
  readonly stored?: Partial<LeaderElectionRecord>;
  /** Decides what befalls a call; by default nothing does. */
  readonly fate?: ProbeLock["fate"];
  /** What `onStartedLeading` does once it is noted. By default it waits until the term's signal aborts. */
  readonly work?: (term: Term) => unknown;
}

/** An elector on a lock in memory, in virtual time, with a timeline of all that it does and says. */
export class Candidate implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  readonly lock: ProbeLock;
  readonly elector: LeaderElector;
  /** Calls, callbacks and aborts, in order: `"15000 update"`, `"15000 started 1"`. */
  readonly timeline: string[] = [];
  readonly terms: Term[] = [];
  readonly errors: unknown[] = [];
  /** What came of the campaign: `"running"`, `"ended"`, or the error that it was rejected with. */
  outcome: unknown = "idle";
  #stop = new AbortController();

  constructor(
    { identity = "baz", clock, store, stored, fate, work, ...options }: CandidateOptions = {},
  ) {
    this.clock = clock ?? new FakeClock();
    this.store = store ?? new MemoryStore();
    this.lock = new ProbeLock(new MemoryLock(identity, this.store), this.clock);
    this.lock.onCall = ({ verb }) => this.note(verb);
    if (fate) this.lock.fate = fate;
    if (stored) put(this.store, stored);
    this.elector = new LeaderElector({
      lock: this.lock,
      clock: this.clock,
      random: () => 0,
      onStartedLeading: (term) => this.begin(term, work),
      onStoppedLeading: (term, reason) => {
        this.note(`stopped ${term.token} ${reason}`);
      },
      onNewLeader: (leader) => this.note(`new leader "${leader}"`),
      onError: (error) => {
        this.errors.push(error);
        this.note(`error ${(error as Error).name}`);
      },
      ...options,
    });
  }

  /** Starts a campaign, and lets it take its first steps and then some time pass. */
  async run(ms = 0): Promise<this> {
    this.#stop = new AbortController();
    await this.follow(this.elector.run({ signal: this.#stop.signal }));
    await this.clock.advance(ms);
    return this;
  }

  /** Leads for one term, and lets it take its first steps. */
  async lead(work: (term: Term) => unknown, control?: CampaignControl): Promise<this> {
    return await this.follow(this.elector.lead(work, control));
  }

  /** Notes what comes of a campaign. */
  async follow(campaign: Promise<unknown>): Promise<this> {
    this.outcome = "running";
    campaign.then((value) => this.outcome = value ?? "ended", (error) => this.outcome = error);
    await this.clock.advance(0);
    return this;
  }

  /** The work of a term: noted, and by default as long as the term. */
  begin(term: Term, work: (term: Term) => unknown = untilAborted): unknown {
    this.terms.push(term);
    this.note(`started ${term.token}`);
    term.signal.addEventListener("abort", () => this.note(`aborted ${term.token}`));
    return work(term);
  }

  /** Adds to the timeline. */
  note(event: string): void {
    this.timeline.push(`${this.clock.monotonic()} ${event}`);
  }

  /** The calls of the lock, out of the timeline. */
  get calls(): string[] {
    return this.timeline.filter((line) => /^[\d.]+ (get|create|update)$/.test(line));
  }

  /** When the lock was asked to update its record. */
  get updates(): number[] {
    return this.lock.calls.filter(({ verb }) => verb === "update").map(({ at }) => at);
  }

  /** All but the calls of the lock, out of the timeline. */
  get events(): string[] {
    return this.timeline.filter((line) => !this.calls.includes(line));
  }

  /** The term that began last. */
  get term(): Term {
    const term = this.terms.at(-1);
    if (!term) throw new Error("no term has begun");
    return term;
  }

  /** The record in effect. */
  get record(): LeaderElectionRecord | undefined {
    return recordIn(this.store);
  }

  /** Compares some of what there is to see of the candidate, each looked at in the order in which it is expected. */
  shows(expected: Partial<Shown>): void {
    const looks = Object.keys(expected) as (keyof Shown)[];
    assert.deepEqual(Object.fromEntries(looks.map((look) => [look, LOOKS[look](this)])), expected);
  }

  /** Tells the campaign to stop, and lets some time pass. */
  async stop(ms = 0): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(0);
    await this.clock.advance(ms);
  }

  /** Stops the campaign and waits, in virtual time, until nothing of it is left. */
  async end(): Promise<void> {
    await this.stop(120_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** Two candidates of one lock, in one virtual time. */
export class Pair implements AsyncDisposable {
  readonly one: Candidate;
  readonly two: Candidate;

  constructor(stored?: Partial<LeaderElectionRecord>) {
    this.one = new Candidate({ identity: "one", ...(stored && { stored }) });
    const { clock, store } = this.one;
    this.two = new Candidate({ identity: "two", clock, store });
  }

  /** Starts the first, and then the second. */
  async run(): Promise<this> {
    await this.one.run();
    await this.two.run();
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.two.end();
    await this.one.end();
  }
}

/** What {@linkcode Candidate.shows} can look at. */
const LOOKS = {
  outcome: ({ outcome }: Candidate) => outcome,
  isLeader: ({ elector }: Candidate) => elector.isLeader(),
  leader: ({ elector }: Candidate) => elector.leader(),
  fault: ({ elector }: Candidate) => elector.check(),
  role: ({ elector }: Candidate) => elector.status().role,
  /** How many terms have begun. */
  terms: ({ terms }: Candidate) => terms.length,
  token: ({ term }: Candidate) => term.token,
  isValid: ({ term }: Candidate) => term.isValid(),
  isAborted: ({ term }: Candidate) => term.signal.aborted,
  validUntil: ({ term }: Candidate) => term.validUntil,
  remaining: ({ term }: Candidate) => term.remaining(),
  /** How many writes have taken effect, anybody's. */
  writes: ({ store }: Candidate) => store.writes,
  /** Who holds the record that is stored, and at how many transitions. */
  holder: ({ record }: Candidate) => record?.holderIdentity,
  transitions: ({ record }: Candidate) => record?.leaderTransitions,
  /** How many errors were reported. */
  errors: ({ errors }: Candidate) => errors.length,
  timeline: ({ timeline }: Candidate) => timeline,
  calls: ({ calls }: Candidate) => calls,
  updates: ({ updates }: Candidate) => updates,
  events: ({ events }: Candidate) => events,
  lastEvent: ({ events }: Candidate) => events.at(-1),
};
type Shown = { [Look in keyof typeof LOOKS]: ReturnType<typeof LOOKS[Look]> };

/** Work that ends when it is told to. */
export function untilAborted(term: Term): Promise<void> {
  return new Promise((resolve) => {
    if (term.signal.aborted) resolve();
    term.signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Work that is told to end, and then does something else. */
export function afterwards(clean: () => unknown): (term: Term) => Promise<void> {
  return async (term) => {
    await untilAborted(term);
    await clean();
  };
}

/** Random numbers that fail once: what is ended over and over after that must not hang the test. */
export function randomThatFails() {
  const source = {
    isBroken: false,
    error: new Error("no random numbers"),
    random: () => {
      if (!source.isBroken) return 0;
      source.isBroken = false;
      throw source.error;
    },
  };
  return source;
}

/** A record with some keys set. */
export function record(keys: Partial<LeaderElectionRecord>): LeaderElectionRecord {
  return { ...EMPTY_RECORD, ...keys };
}

/** The record of another candidate's lease. */
export function byBing(leaseDurationSeconds: number, leaderTransitions = 0) {
  return { holderIdentity: "bing", leaseDurationSeconds, leaderTransitions };
}

/** Another candidate's write: it replaces whatever is stored. Without its lock, exactly these keys are written. */
export async function writeAs(
  store: MemoryStore,
  keys: Partial<LeaderElectionRecord>,
  lock?: Lock,
): Promise<Observed> {
  const version = store.current?.version;
  if (lock) {
    return version === undefined
      ? await lock.create(record(keys))
      : await lock.update(record(keys), { version });
  }
  return { record: record(keys), version: put(store, keys), own: false };
}

function put(store: MemoryStore, keys: Partial<LeaderElectionRecord>): string {
  const version = String(++store.writes);
  store.current = { content: formatRecord(record(keys)), version };
  return version;
}

/** The record in effect in a store. */
export function recordIn({ current }: MemoryStore): LeaderElectionRecord | undefined {
  return current && parseRecord(current.content);
}
