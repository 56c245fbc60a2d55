import { DEFAULT_TIMINGS, type Timings } from "../../../elector/mod.ts";
import { BUCKET_TIMINGS } from "../../../bucket/mod.ts";
import { ElectorProcess, until } from "../../support/elector_process.ts";
import { type LocalStore, openStore, type StoreName } from "../../support/local_stores.ts";
import { Door } from "./door.ts";

/** What one group of candidates is to do. */
export interface GroupOptions {
  readonly store: StoreName;
  readonly candidates: number;
  /** How long a request takes, in milliseconds. */
  readonly roundTrip: number;
  /** How far into the time between two renewals each leader is killed, from 0 to 1. */
  readonly kills: readonly number[];
  /** The same of those that are stopped by SIGTERM. */
  readonly stops: readonly number[];
  readonly log: (line: string) => void;
}

/** What a group found. Times are from the signal to the first line of the next leader's command, in milliseconds. */
export interface Found {
  readonly crashes: number[];
  readonly stops: number[];
  readonly counts: Counts[];
}

/** Requests while nothing happens. */
export interface Counts {
  readonly ms: number;
  readonly renewals: number;
  readonly ofLeader: number;
  /** Of all followers. */
  readonly ofFollowers: number;
  readonly followers: number;
  readonly polls: number;
  readonly notModified: number;
}

/** How long requests are counted, about. */
const QUIET_MS = 60_000;
const COMMAND = ["sh", "-c", "echo $$; exec sleep 1000000"];

export function timingsOf(store: StoreName): Timings {
  return store === "bucket" ? { ...DEFAULT_TIMINGS, ...BUCKET_TIMINGS } : DEFAULT_TIMINGS;
}

/** Kills and stops one leader after another among real `elector run` processes with the default timings. */
export async function play(options: GroupOptions): Promise<Found> {
  await using group = new Group(options);
  const counts = [await group.countRequests()];
  const [crashes, stops]: [number[], number[]] = [[], []];
  for (const phase of options.kills) crashes.push(await group.end("SIGKILL", phase));
  for (const phase of options.stops) stops.push(await group.end("SIGTERM", phase));
  return { crashes, stops, counts };
}

interface Candidate {
  readonly name: string;
  readonly door: Door;
  process: ElectorProcess;
  startedAt: number;
}

class Group implements AsyncDisposable {
  readonly #options: GroupOptions;
  readonly #store: LocalStore;
  readonly #all: Candidate[] = [];
  readonly #longest: number;
  readonly #R: number;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#store = openStore(options.store);
    const { leaseDuration, requestTimeout, retryPeriod } = timingsOf(options.store);
    this.#longest = leaseDuration + 10 * requestTimeout;
    this.#R = retryPeriod;
    for (let number = 1; number <= options.candidates; number++) {
      const door = new Door(this.#store, options.roundTrip);
      const name = `c${number}`;
      this.#all.push({ name, door, process: this.#run(name, door), startedAt: performance.now() });
    }
  }

  /** Counts requests for some renewals. */
  async countRequests(): Promise<Counts> {
    const leader = await this.#settled();
    const followers = this.#all.filter((one) => one !== leader);
    const renewals = Math.round(QUIET_MS / this.#R);
    // By rest, the first may follow a write that lost the race at the start, and then takes two.
    await this.#renewal(leader);
    const from = await this.#renewal(leader);
    let to = from;
    for (let renewal = 0; renewal < renewals; renewal++) to = await this.#renewal(leader);
    const sum = (...args: Parameters<Door["count"]>) =>
      followers.reduce((total, { door }) => total + door.count(...args), 0);
    return {
      ms: to - from,
      renewals,
      ofLeader: leader.door.count(from, to),
      ofFollowers: sum(from, to),
      followers: followers.length,
      polls: sum(from, to, ({ purpose }) => purpose === "poll"),
      notModified: sum(from, to, ({ status }) => status === 304),
    };
  }

  /** Ends the leader by a signal, and returns after how long the next one's command runs. */
  async end(signal: "SIGKILL" | "SIGTERM", phase: number): Promise<number> {
    const leader = await this.#settled();
    const { process, name } = leader;
    const [campaigner, command] = [await process.campaigner(), await process.group()];
    // Just missed: the next renewal comes first.
    let due = leader.door.last("write") + phase * this.#R;
    if (due < performance.now()) due = await this.#renewal(leader) + phase * this.#R;
    await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    const from = performance.now();
    if (signal === "SIGTERM") Deno.kill(process.pid, signal);
    else for (const pid of [campaigner, process.pid, -command]) Deno.kill(pid, signal);
    const others = this.#all.filter((one) => one !== leader);
    const next = await this.#leader(others);
    const took = performance.now() - from;
    this.#options.log(`${signal} ${name} → ${next.name} after ${(took / 1_000).toFixed(2)} s`);
    await process.end();
    leader.process = this.#run(name, leader.door);
    leader.startedAt = performance.now();
    return took;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#all) await process.end();
    for (const { door } of this.#all) await door[Symbol.asyncDispose]();
    await this.#store[Symbol.asyncDispose]();
  }

  #run(name: string, { url }: Door): ElectorProcess {
    const args = ["run", `--identity=${name}`, "--", ...COMMAND];
    return new ElectorProcess(args, this.#store.env(url));
  }

  /** Waits for a candidate whose command runs. */
  async #leader(among: readonly Candidate[] = this.#all): Promise<Candidate> {
    const words = () => among.flatMap(({ process }) => process.stderr.slice(-3)).join("\n");
    return await until(
      () => among.find(({ process }) => process.stdout.length > 0),
      () => `a leader:\n${words()}`,
      this.#longest,
    );
  }

  /** Waits until one leads and the others, all of them, have looked twice since. */
  async #settled(): Promise<Candidate> {
    const leader = await this.#leader();
    const since = leader.door.last("write");
    const others = this.#all.filter((one) => one !== leader);
    const hasLooked = ({ door, startedAt }: Candidate) =>
      door.count(Math.max(since, startedAt), Infinity, ({ purpose }) => purpose === "poll") >= 2;
    const isSettled = () => others.every(hasLooked);
    await until(isSettled, () => "followers", this.#longest);
    return leader;
  }

  /** Waits for the leader's next write, and returns when it arrived. */
  async #renewal({ door }: Candidate): Promise<number> {
    const before = door.last("write");
    await until(() => door.last("write") > before, () => "a renewal", this.#longest);
    return door.last("write");
  }
}
