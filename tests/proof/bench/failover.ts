import { LeaderElector } from "../../../elector/mod.ts";
import { GistLock, type Protocol } from "../../../gist/mod.ts";
import { GistServer, LOCAL_TOKEN } from "../../../gist/server/mod.ts";
import { FakeClock } from "../../../lock/mod.ts";
import { NO_LIMITS } from "../../support/local_stores.ts";
import { seededRandom } from "../../support/seeded_random.ts";

/** How a lock comes to be free. */
export const CAUSES = ["release", "expiry", "first start"] as const;

/** The ranks of the candidates. */
export const RANKS = [0, 1, 2] as const;

/** One change of leader. */
export interface Round {
  readonly protocol: Protocol;
  /** How long a request takes, there and back, in milliseconds; each takes up to a fifth more or less. */
  readonly roundTrip: number;
  readonly cause: typeof CAUSES[number];
  /** Which of the three candidates are alive and ready, by rank. */
  readonly ready: readonly number[];
  readonly seed: number;
}

/** Who led next, and after how many milliseconds without a leader. */
export interface Failover {
  readonly rank: number;
  readonly after: number;
}

const POLL_MS = 5_000;
/** A change of leader that takes longer has failed. */
const LONGEST_MS = 300_000;

/** Plays one change of leader with the default timings, on the local gist server, in virtual time. */
export async function measure(round: Round): Promise<Failover> {
  const stage = new Stage(round);
  const { random, clock } = stage;
  let leader: Process | undefined;
  if (round.cause !== "first start") {
    leader = stage.start("leader", 0, true);
    await clock.advance(30_000);
  }
  const begun = clock.monotonic();
  const starts = RANKS.map((rank) => ({ rank, at: begun + random() * POLL_MS }))
    .toSorted((one, other) => one.at - other.at);
  for (const { rank, at } of starts) {
    await clock.advance(at - clock.monotonic());
    stage.start(`rank ${rank}`, rank, round.ready.includes(rank));
  }
  if (leader) await clock.advance(60_000 + random() * 60_000);
  const from = leader ? clock.monotonic() : begun;
  // The first leader's own term does not count.
  if (leader) stage.starts.length = 0;
  if (round.cause === "release") leader?.stop.abort();
  if (round.cause === "expiry") leader?.crash();
  while (stage.starts.length === 0 && clock.monotonic() - from < LONGEST_MS) {
    await clock.advance(1_000);
  }
  stage.end();
  const [first] = stage.starts;
  if (!first) throw new Error(`No candidate leads after ${JSON.stringify(round)}`);
  return { rank: first.rank, after: first.at - from };
}

/** A running candidate. */
interface Process {
  readonly stop: AbortController;
  /** Cuts it off: nothing that it sends arrives any more. */
  crash(): void;
}

class Stage {
  readonly clock = new FakeClock();
  readonly random: () => number;
  /** The terms that began. */
  readonly starts: { readonly rank: number; readonly at: number }[] = [];
  readonly #round: Round;
  readonly #server: GistServer;
  readonly #id: string;
  readonly #processes: Process[] = [];

  constructor(round: Round) {
    this.#round = round;
    this.random = seededRandom(round.seed);
    this.#server = new GistServer({ clock: this.clock, limits: NO_LIMITS });
    this.#id = this.#server.createGist({ "notes.txt": "a note" });
  }

  start(identity: string, rank: number, isReady: boolean): Process {
    let isCut = false;
    const fetch = async (request: Request) => {
      await this.#travel(request.signal);
      if (isCut) await this.clock.sleep(Infinity, { signal: request.signal });
      const response = await this.#server.fetch(request);
      await this.#travel(request.signal);
      return response;
    };
    const elector = new LeaderElector({
      lock: new GistLock({
        id: this.#id,
        token: LOCAL_TOKEN,
        identity,
        protocol: this.#round.protocol,
        clock: this.clock,
        fetch,
      }),
      clock: this.clock,
      random: this.random,
      rank,
      isReady: () => isReady,
      onStartedLeading: () => {
        if (!isCut) this.starts.push({ rank, at: this.clock.monotonic() });
      },
    });
    const process = { stop: new AbortController(), crash: () => isCut = true };
    // What ends with the stage ends without a word.
    elector.run({ signal: process.stop.signal }).catch(() => {});
    this.#processes.push(process);
    return process;
  }

  end(): void {
    for (const { stop } of this.#processes) stop.abort();
  }

  async #travel(signal: AbortSignal): Promise<void> {
    await this.clock.sleep(this.#round.roundTrip / 2 * (0.8 + 0.4 * this.random()), { signal });
  }
}
