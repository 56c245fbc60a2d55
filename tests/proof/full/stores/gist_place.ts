import { DEFAULT_FILE, GistLock, type Protocol } from "../../../../gist/mod.ts";
import { GistServer, LOCAL_TOKEN, type Revision } from "../../../../gist/server/mod.ts";
import type { Clock, Lock } from "../../../../lock/mod.ts";
import { NO_LIMITS } from "../../../support/local_stores.ts";
import { Log, objectOf } from "./log.ts";
import { GIST_FAULTS, makeNetwork, type NetworkOptions } from "./network.ts";
import type { LockParts, Place, Spent } from "./place.ts";

const OTHER_FILE = "notes.txt";

/** A gist on the local gist server. */
export class GistPlace implements Place {
  readonly protocol: Protocol;
  readonly log = new Log(() => this.#takeNew());
  readonly #server: GistServer;
  readonly #gist: string;
  readonly #seen = new Set<string>();

  constructor(protocol: Protocol, clock: Clock, random: () => number, network: NetworkOptions) {
    this.protocol = protocol;
    this.#server = new GistServer({ clock, random, limits: NO_LIMITS });
    this.#gist = this.#server.createGist({ [OTHER_FILE]: "a note" });
    this.#server.intercept = makeNetwork(network, GIST_FAULTS);
  }

  lock({ identity, process, timings, nonce, reach }: LockParts): Lock {
    const options = {
      id: this.#gist,
      identity,
      protocol: this.protocol,
      token: LOCAL_TOKEN,
      clock: process,
      requestTimeout: timings.requestTimeout,
      // Passed on to the git store.
      nonce,
      fetch: reach(this.#server.fetch),
    };
    return new GistLock(options);
  }

  text(): string | undefined {
    return this.#server.revisions(this.#gist)[0]?.files[DEFAULT_FILE];
  }

  edit(text: string): void {
    this.#server.editGist(this.#gist, { [DEFAULT_FILE]: text });
  }

  editOther(text: string): void {
    this.#server.editGist(this.#gist, { [OTHER_FILE]: text });
  }

  headBefore(back: number): string | undefined {
    const revisions = this.#server.revisions(this.#gist);
    return revisions[Math.min(back, revisions.length - 1)]?.version;
  }

  get spent(): Spent {
    const { writes, gitPushes, reads, notModified, gitPolls, gitFetches } = this.#server.counts;
    return {
      writes: writes + gitPushes,
      polls: notModified + reads + gitPolls,
      changes: reads + gitFetches,
    };
  }

  resetSpent(): void {
    this.#server.resetCounts();
  }

  /** The revisions that were in effect, of those that are new. */
  #takeNew(): (string | undefined)[] {
    const revisions = this.#server.revisions(this.#gist);
    const fresh = revisions.findIndex(({ version }) => this.#seen.has(version));
    const news: (string | undefined)[] = [];
    for (let index = (fresh < 0 ? revisions.length : fresh) - 1; index >= 0; index--) {
      const revision = revisions[index];
      if (!revision) continue;
      this.#seen.add(revision.version);
      const before = revisions[index + 1];
      if (this.#isInEffect(revision, before)) news.push(revision.files[DEFAULT_FILE]);
    }
    return news;
  }

  /** By git every commit that the branch came to is in effect; by rest one that follows what its writer had read. */
  #isInEffect(revision: Revision, before: Revision | undefined): boolean {
    const text = revision.files[DEFAULT_FILE];
    if (before !== undefined && before.files[DEFAULT_FILE] === text) return false;
    if (this.protocol === "git" || before === undefined) return true;
    const base = objectOf(text).base;
    return base === undefined || base === before.version;
  }
}
