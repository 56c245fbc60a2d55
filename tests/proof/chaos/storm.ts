import { Random } from "../sim/random.ts";
import { until } from "../../support/elector_process.ts";
import type { StderrKind } from "../../support/hostile_stderr.ts";
import { type LocalStore, openStore, type StoreName } from "../../support/local_stores.ts";
import { HOSTILE_KINDS, isMissing } from "../../support/hostile_stderr.ts";
import { BeatLog, type Span, uptimeClock } from "./beats.ts";
import { Candidate } from "./candidate.ts";
import { FaultyProxy } from "./proxy.ts";
import { BOUND, CLEAN_BOUND, LAST_EXIT, START, TIMINGS } from "./settings.ts";
import { Deck, type Kind } from "./strikes.ts";
import { judge, type Strike, type Verdict } from "./verdict.ts";

/** What is to happen. */
export interface StormOptions {
  /** Draws what is done, to whom, and for how long. Real processes do not replay to the millisecond. */
  readonly seed: number;
  /** What the lock lives in. */
  readonly store: StoreName;
  /** How many candidates there are. */
  readonly candidates: number;
  /** It is over when there were so many terms, */
  readonly terms: number;
  /** or so many strikes. */
  readonly strikes: number;
  /** Whether the outside is hostile, too: stderr blocked or gone, signals to all processes, frozen connections. */
  readonly isHostile?: boolean;
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** Told of each strike. */
  readonly tell?: (line: string) => void;
}

/** What came of it. */
export interface StormResult extends Verdict {
  /** How many commands ran, each under a token of its own. */
  readonly terms: number;
  /** What was done. */
  readonly strikes: readonly Strike[];
}

/** Longer than a lease: some faults are survived, others are not. */
const SHORTEST = 200;
const LONGEST = 5_500;

/** Independent streams of a seed. */
const STREAM = { deck: 1, timing: 2, stderr: 3, signals: 4, proxy: 10 };

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Elects a leader among real processes, and harms them one at a time until there were enough terms. */
export async function playStorm(options: StormOptions): Promise<StormResult> {
  await using storm = new Storm(options, await uptimeClock());
  const deck = new Deck(new Random(options.seed, STREAM.deck), options.isHostile ?? false);
  const random = new Random(options.seed, STREAM.timing);
  while (!storm.isOver) {
    const first = await storm.awaitLeader();
    if (!first) break;
    await sleep(random.between(100, 800));
    const kind = deck.draw();
    const found = kind.isClean ? await storm.awaitSettled() : await storm.awaitLeader();
    if (!found) break;
    await storm.strike(kind, found, random.between(SHORTEST, LONGEST));
  }
  await storm.awaitLeader();
  return await storm.end();
}

/** What becomes of each start's stderr: in a hostile outside, one in three is read. */
function drawStderr(random: Random, isHostile: boolean): () => StderrKind {
  const kinds = HOSTILE_KINDS.filter((kind) => !isMissing(kind));
  return () => {
    if (!isHostile || kinds.length === 0 || random.between(0, 3) < 1) return "read";
    return kinds[random.index(kinds.length)] ?? "read";
  };
}

interface Leading {
  readonly command: Span;
  readonly leader: Candidate;
}

class Storm implements AsyncDisposable {
  readonly #options: StormOptions;
  readonly #now: () => number;
  readonly #store: LocalStore;
  readonly #log = new BeatLog();
  readonly #candidates: Candidate[] = [];
  readonly #proxies: FaultyProxy[] = [];
  readonly #strikes: Strike[] = [];
  readonly #broken: string[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #signals: Random;
  readonly #mark = `chaos${crypto.randomUUID().slice(0, 8)}`;
  #isEnding = false;

  constructor(options: StormOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.#signals = new Random(options.seed, STREAM.signals);
    const stderr = drawStderr(new Random(options.seed, STREAM.stderr), options.isHostile ?? false);
    this.#store = openStore(options.store);
    for (let number = 0; number < options.candidates; number++) {
      const random = new Random(options.seed, STREAM.proxy + number);
      const proxy = new FaultyProxy(this.#store.url, random);
      this.#proxies.push(proxy);
      const env = this.#store.env(proxy.url);
      const args = Object.entries(TIMINGS).map(([name, ms]) => `--${name}=${ms}ms`);
      const [mark, log] = [this.#mark, this.#log.path];
      this.#candidates.push(new Candidate({ mark, number, proxy, log, stderr, env, args }));
    }
  }

  /** Whether enough has happened; a promise that was broken is enough, too. */
  get isOver(): boolean {
    const { terms, strikes, signal } = this.#options;
    return this.#broken.length > 0 || this.#strikes.length >= strikes ||
      this.#log.read().length >= terms || signal?.aborted === true;
  }

  /** Waits until all candidates run, and the command of one of them is heard; in vain once a promise is broken. */
  async awaitLeader(): Promise<Leading | undefined> {
    if (this.#broken.length > 0) return undefined;
    const tell = () => this.#candidates.map(({ lastWords }) => lastWords).join("\n  ");
    try {
      return await until(() => this.#leading(), tell, 3 * BOUND);
    } catch (error) {
      this.#broken.push(`No leader came, though nothing was wrong any more: ${error}`);
      return undefined;
    }
  }

  /**
   * Waits for a leader whose term goes on: one that was cut off before may be ending its command, which is still heard for
   * its grace.
   */
  async awaitSettled(): Promise<Leading | undefined> {
    for (;;) {
      const first = await this.awaitLeader();
      await sleep(TIMINGS.grace + TIMINGS["retry-period"]);
      const found = await this.awaitLeader();
      if (!found || found.command.token === first?.command.token) return found;
    }
  }

  /** Does the next thing that happens. */
  async strike(kind: Kind, { command, leader }: Leading, duration: number): Promise<void> {
    const { name, hindersAll, isClean } = kind;
    const strike: Strike = { kind: name, hindersAll, isClean, from: this.#now(), to: Infinity };
    this.#strikes.push(strike);
    const all = this.#candidates;
    const random = this.#signals;
    const ask = (one: Candidate) => this.#ask(one);
    await kind.strike({ command, leader, all, duration, random, sleep, ask });
    strike.to = this.#now();
    await Promise.all(all.map((candidate) => this.#ask(candidate)));
    const took = Math.round(strike.to - strike.from);
    this.#options.tell?.(`${this.#strikes.length}. ${name} (${took} ms), token ${command.token}`);
    if (leader.isStruck) this.#later(this.#expectEnd(leader, leader.name));
  }

  /** Ends everything, and judges. */
  async end(): Promise<StormResult> {
    await Promise.all(this.#pending);
    this.#isEnding = true;
    await Promise.all(this.#candidates.map((candidate) => candidate.end()));
    const spans = this.#log.read();
    const { broken, failovers } = judge(spans, this.#strikes, BOUND, CLEAN_BOUND);
    return {
      terms: spans.length,
      strikes: this.#strikes,
      failovers,
      broken: [...this.#broken, ...broken],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    await Promise.allSettled(this.#pending);
    if (this.#candidates.some(({ hasEnded }) => !hasEnded)) {
      await Promise.all(this.#candidates.map((candidate) => candidate.end()));
    }
    await Promise.all(this.#proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    await this.#store[Symbol.asyncDispose]();
    this.#log[Symbol.dispose]();
  }

  async #leading(): Promise<Leading | undefined> {
    for (const candidate of this.#candidates) {
      if (candidate.hasEnded) this.#restart(candidate);
    }
    if (this.#candidates.some(({ isStruck }) => isStruck)) return undefined;
    const areUp = await Promise.all(this.#candidates.map((candidate) => candidate.isUp()));
    if (areUp.includes(false)) return undefined;
    const command = this.#log.latest;
    const leader = this.#candidates.find(({ name }) => name === command?.name);
    const isHeard = command && this.#now() - command.last < 200;
    return isHeard && leader ? { command, leader } : undefined;
  }

  #restart(candidate: Candidate): void {
    if (this.#isEnding) return;
    const { name } = candidate;
    candidate.start();
    this.#later(this.#expectNothingLeft(candidate, name));
  }

  /** Each harmed candidate is gone in time, to its last process. */
  async #expectEnd(candidate: Candidate, name: string): Promise<void> {
    const isOver = () => candidate.hasEnded || candidate.name !== name;
    try {
      await until(isOver, () => name, LAST_EXIT);
    } catch {
      this.#broken.push(`${name} has not ended: ${(await candidate.left(name)).length} are left`);
    }
  }

  async #expectNothingLeft(candidate: Candidate, name: string): Promise<void> {
    try {
      await until(async () => (await candidate.left(name)).length === 0, () => name, START);
    } catch {
      this.#broken.push(`${name} has left processes behind`);
    }
  }

  /** Nobody says that it leads with a token below one that a command had already been given. */
  async #ask(candidate: Candidate): Promise<void> {
    const highest = Math.max(-1, ...this.#log.read().map(({ token }) => token));
    const claimed = await candidate.claims();
    if (claimed === undefined || claimed >= highest) return;
    this.#broken.push(
      `${candidate.name} says that it leads with token ${claimed}, after token ${highest}`,
    );
  }

  #later(work: Promise<void>): void {
    this.#pending.add(work);
    work.finally(() => this.#pending.delete(work));
  }
}
