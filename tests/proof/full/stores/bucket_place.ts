import { BucketLock } from "../../../../bucket/mod.ts";
import { BucketServer, type Fault, LOCAL_CREDENTIALS } from "../../../../bucket/server/mod.ts";
import type { Clock, Lock } from "../../../../lock/mod.ts";
import { Log } from "./log.ts";
import { BUCKET_FAULTS, makeNetwork, type NetworkOptions } from "./network.ts";
import type { LockParts, Place, PlaceKind, Spent } from "./place.ts";

type Dialect = Exclude<PlaceKind, "git" | "rest">;

const URLS: Readonly<Record<Dialect, string>> = {
  s3: "s3://locks/lock.json",
  gcs: "gs://locks/lock.json",
  azure: "az://account/locks/lock.json",
};

/** Google takes one write of an object a second. */
const QUIRKS = { s3: {}, gcs: { writeInterval: 1_000 }, azure: {} };

const NOTHING: Spent = { writes: 0, polls: 0, changes: 0 };

/** An object on the local bucket server, which somebody has created before. */
export class BucketPlace implements Place {
  readonly protocol = "bucket";
  /** The texts that the object had since the log was last read, each for a while. */
  readonly #news: string[] = [];
  readonly log = new Log(() => this.#news.splice(0));
  readonly #server: BucketServer;
  readonly #dialect: Dialect;
  #spent = NOTHING;

  constructor(dialect: Dialect, clock: Clock, network: NetworkOptions) {
    this.#dialect = dialect;
    this.#server = new BucketServer({ clock, quirks: QUIRKS[dialect] });
    this.#server.edit(URLS[dialect], "{}");
    const faults = makeNetwork(network, BUCKET_FAULTS);
    this.#server.intercept = this.#watched(faults);
  }

  /** Notes each request for the lock's object at the instant when the server has acted on it. */
  #watched(faults: Fault): Fault {
    return (request, proceed, clock) => {
      if (request.url.pathname.endsWith(".probe")) return faults(request, proceed, clock);
      const isWrite = request.method === "PUT";
      return faults(request, async () => {
        const response = await proceed();
        const isDone = response.status < 300;
        if (isWrite && isDone) this.#news.push(new TextDecoder().decode(request.body));
        const { writes, polls, changes } = this.#spent;
        this.#spent = {
          writes: writes + Number(isWrite),
          polls: polls + Number(!isWrite),
          changes: changes + Number(!isWrite && isDone),
        };
        return response;
      }, clock);
    };
  }

  lock({ identity, process, timings, random, reach }: LockParts): Lock {
    return new BucketLock({
      url: URLS[this.#dialect],
      identity,
      region: "eu-central-1",
      credentials: LOCAL_CREDENTIALS[this.#dialect],
      requestTimeout: timings.requestTimeout,
      clock: process,
      random,
      fetch: reach(this.#server.fetch),
      environment: { get: () => undefined, readFile: () => Promise.reject(new Error("no file")) },
    });
  }

  text(): string | undefined {
    return this.#server.object(URLS[this.#dialect])?.content;
  }

  edit(text: string): void {
    this.#server.edit(URLS[this.#dialect], text);
    this.#news.push(text);
  }

  /** An object has nothing beside it. */
  editOther(_text: string): void {}

  headBefore(_back: number): string | undefined {
    return this.#server.object(URLS[this.#dialect])?.version;
  }

  get spent(): Spent {
    return this.#spent;
  }

  resetSpent(): void {
    this.#spent = NOTHING;
  }
}
