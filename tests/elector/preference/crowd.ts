import { requestHandover } from "../../../elector/mod.ts";
import { FakeClock, type LeaderElectionRecord } from "../../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../../store/mod.ts";
import { byBing, Candidate, type CandidateOptions, recordIn, writeAs } from "../candidate.ts";

/** h: how much longer each rank waits than the one before, with the default timings. */
export const H = 7_500;

/** Candidates of one lock in memory, in one virtual time. */
export class Crowd implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly store = new MemoryStore();
  readonly all: Candidate[] = [];

  /** Starts a candidate. */
  async run(identity: string, options: CandidateOptions = {}): Promise<Candidate> {
    return await this.make(identity, options).run();
  }

  /** Creates a candidate that has yet to run. */
  make(identity: string, options: CandidateOptions = {}): Candidate {
    const candidate = new Candidate({ identity, clock: this.clock, store: this.store, ...options });
    this.all.push(candidate);
    return candidate;
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** Lets time pass until somebody leads, and returns who and after how long; `undefined` if nobody does within `most`. */
  async next(most: number): Promise<{ who: string; after: number } | undefined> {
    for (let after = 0; after <= most; after += 100) {
      const leader = this.all.find(({ elector }) => elector.isLeader());
      if (leader) return { who: leader.lock.identity, after };
      await this.advance(100);
    }
    return undefined;
  }

  /** The record in effect. */
  get record(): LeaderElectionRecord | undefined {
    return recordIn(this.store);
  }

  /** Puts a record in place, whatever is there. */
  async write(keys: Partial<LeaderElectionRecord>): Promise<void> {
    await writeAs(this.store, keys);
  }

  /** Asks for a handover from outside, as an operator does. */
  async ask(identity: string, requestedBy = "an operator"): Promise<string> {
    const lock = new MemoryLock("operator", this.store);
    const asked = requestHandover(lock, identity, { clock: this.clock, requestedBy });
    const outcome = asked.then(({ outcome }) => outcome, (error) => error);
    await this.advance(0);
    return await outcome;
  }

  /** Kills a candidate: nothing that it sends arrives any more. */
  kill(candidate: Candidate): void {
    candidate.lock.fate = () => ({ hang: "before" });
    this.all.splice(this.all.indexOf(candidate), 1);
    this.dead.push(candidate);
  }
  readonly dead: Candidate[] = [];

  /** Stops all of them. */
  async end(): Promise<void> {
    for (const candidate of [...this.all, ...this.dead]) await candidate.stop();
    await this.advance(200_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** A holder's record, as this version writes it. */
export function held(keys: Partial<LeaderElectionRecord> = {}): Partial<LeaderElectionRecord> {
  return { ...byBing(60, 4), session: "bing's", sequence: 7, rank: 0, ...keys };
}
