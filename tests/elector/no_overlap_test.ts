import assert from "node:assert/strict";
import { LeaderElector, type Term, type Timings } from "../../elector/mod.ts";
import { UnknownOutcomeError } from "../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../store/mod.ts";
import { DriftClock, TrueTime } from "./drift_clock.ts";
import { type Fate, ProbeLock } from "./probe_lock.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** How long each of the seeded campaigns runs, in true milliseconds. */
const SPAN = 200_000;
const SEEDS = 12;

/** Valid configurations at the very edge of their rules. */
const EDGES: Record<string, Partial<Timings>> = {
  "L - D of exactly 5 % of L, τ = D / 2, D just over 1.2 R": {
    leaseDuration: 20_000,
    renewDeadline: 19_000,
    retryPeriod: 15_833,
    pollPeriod: 1_000,
    requestTimeout: 9_500,
  },
  "L - D of exactly 5 % of L, quick renewals and polls": {
    leaseDuration: 10_000,
    renewDeadline: 9_500,
    retryPeriod: 2_000,
    pollPeriod: 300,
    requestTimeout: 4_750,
  },
  "a second's lease": {
    leaseDuration: 1_000,
    renewDeadline: 950,
    retryPeriod: 791,
    pollPeriod: 40,
    requestTimeout: 475,
  },
};

interface Machine {
  readonly lock: ProbeLock;
  readonly elector: LeaderElector;
  readonly terms: Term[];
  readonly running: Promise<void>;
}

/** Answers are delayed by up to τ, some for ever, some are lost; now and then a machine is cut off for a while. */
function weather(timings: Partial<Timings>, random: () => number, time: TrueTime) {
  const { requestTimeout = 0, leaseDuration = 0 } = timings;
  let cutOffUntil = 0;
  return (): Fate => {
    if (time.now >= cutOffUntil && random() < 0.03) {
      cutOffUntil = time.now + 2 * leaseDuration * random();
    }
    const before = random() * requestTimeout;
    const after = random() * (requestTimeout - before);
    if (time.now < cutOffUntil) return random() < 0.5 ? { hang: "before" } : { hang: "after" };
    if (random() < 0.05) return { before, after, lose: new UnknownOutcomeError("cut off") };
    // Some take effect only after they were given up.
    return random() < 0.05 ? { before: 3 * requestTimeout * random(), after } : { before, after };
  };
}

function start(
  name: string,
  { store, time, rate, random, timings, signal }: {
    store: MemoryStore;
    time: TrueTime;
    rate: number;
    random: () => number;
    timings: Partial<Timings>;
    signal: AbortSignal;
  },
): Machine {
  const clock = new DriftClock(time, rate);
  // The network's delays are true time, whatever the machine's own clock says.
  const lock = new ProbeLock(new MemoryLock(name, store), {
    monotonic: () => time.now,
    wall: () => time.now,
    sleep: (ms, options) => time.sleep(ms, options),
  });
  lock.fate = weather(timings, random, time);
  const terms: Term[] = [];
  const elector = new LeaderElector({
    lock,
    clock,
    random,
    ...timings,
    drainTimeout: 10 * SPAN,
    onStartedLeading: (term) => void terms.push(term),
  });
  return { lock, elector, terms, running: elector.run({ signal }) };
}

/** Runs two electors for a while. Validity only ever begins at an event, so looking at each event finds any overlap. */
async function campaign(seed: number, timings: Partial<Timings>, rates: readonly number[]) {
  const time = new TrueTime();
  const store = new MemoryStore();
  const random = seededRandom(seed);
  const stop = new AbortController();
  const machines = rates.map((rate, index) =>
    start(`machine ${index}`, { store, time, rate, random, timings, signal: stop.signal })
  );
  let overlap: number | undefined;
  const ended = new Set<Term>();
  const look = () => {
    let valid = 0;
    for (const { elector, terms } of machines) {
      for (const term of terms) {
        if (!term.isValid()) ended.add(term);
        else if (ended.has(term)) throw new Error(`a term came back to life at ${time.now}`);
        else valid++;
      }
      if (elector.isLeader() && !terms.some((term) => term.isValid())) {
        throw new Error(`a leader without a term at ${time.now}`);
      }
    }
    if (valid > 1) overlap ??= time.now;
  };
  await time.runUntil(SPAN * (timings.leaseDuration ?? 0) / 20_000, look);
  for (const { lock } of machines) lock.fate = () => undefined;
  await time.runUntil(time.now + 10 * (timings.leaseDuration ?? 0), look);
  assert.equal(machines.filter(({ elector }) => elector.isLeader()).length, 1);
  stop.abort();
  await time.runUntil(time.now + 10 * (timings.leaseDuration ?? 0), look);
  await Promise.all(machines.map(({ running }) => running));
  return { overlap, machines };
}

/** Runs all seeds; returns the seeds that saw an overlap, and how many terms there were. */
async function campaigns(timings: Partial<Timings>, rates: readonly number[]) {
  const overlaps: string[] = [];
  const leaders = new Set<number>();
  let terms = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { overlap, machines } = await campaign(seed, timings, rates);
    if (overlap !== undefined) overlaps.push(`seed ${seed} at ${overlap} ms`);
    machines.forEach((machine, index) => machine.terms.length > 0 && leaders.add(index));
    const tokens = machines.flatMap((machine) => machine.terms.map(({ token }) => token));
    assert.equal(new Set(tokens).size, tokens.length, `seed ${seed}: a token was given twice`);
    terms += tokens.length;
  }
  return { overlaps, terms, leaders: leaders.size };
}

const RATES = {
  "perfect clocks": [1, 1],
  "the first clock 2 % slower": [0.98, 1],
  "the first clock 2 % faster": [1.02, 1],
  "clocks 1 % off either way": [0.99, 1.01],
} as const;

for (const [edge, timings] of Object.entries(EDGES)) {
  for (const [name, rates] of Object.entries(RATES)) {
    Deno.test(`two electors never both hold a valid term: ${name}, ${edge}`, async () => {
      const { overlaps, terms, leaders } = await campaigns(timings, rates);
      assert.deepEqual(overlaps, []);
      // Without changes of leadership there would be nothing to see.
      assert.equal(leaders, 2);
      assert.ok(terms >= 2 * SEEDS, `${terms} terms`);
    });
  }
}

Deno.test("the search for overlaps finds them where clocks break the bound", async () => {
  const [timings] = Object.values(EDGES);
  const { overlaps } = await campaigns(timings ?? {}, [0.85, 1.15]);
  assert.ok(overlaps.length > 0);
});
