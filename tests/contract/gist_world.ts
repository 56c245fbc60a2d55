import { GistLock, type GistLockOptions, type GistOptions, type Protocol } from "../../gist/mod.ts";
import { GitStore } from "../../gist/git/store.ts";
import { RestStore } from "../../gist/rest/store.ts";
import type { Store } from "../../store/mod.ts";
import {
  faults,
  GistServer,
  type GistServerOptions,
  LOCAL_TOKEN,
  type RequestKind,
} from "../../gist/server/mod.ts";
import { FakeClock } from "../../lock/mod.ts";
import { NO_LIMITS } from "../support/local_stores.ts";
import type { GistWorld, WriteFault } from "./world.ts";

const FILE = "leader-election.json";
const OTHER_FILE = "notes.txt";
/** Late enough to come after everything that a test does meanwhile, in milliseconds. */
const LATE = 30_000;

const FAULTS = {
  "request lost": faults.requestLost(),
  "answer lost": faults.answerLost(),
  "applied twice": faults.appliedTwice(),
  "applied late": faults.appliedLate(LATE),
};

/** The kinds of requests that a protocol writes and reads with. */
export const KINDS: Record<Protocol, { write: RequestKind; read: RequestKind }> = {
  rest: { write: "write", read: "read" },
  git: { write: "git-push", read: "git-poll" },
};

/** A gist on the local gist server, whose handler is the network, in virtual time. */
export class LocalGistWorld implements GistWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly protocol: Protocol;
  readonly server: GistServer;
  readonly id: string;
  #notes = 0;

  constructor(protocol: Protocol, content?: string, options: GistServerOptions = {}) {
    this.protocol = protocol;
    this.server = new GistServer({ clock: this.clock, limits: NO_LIMITS, ...options });
    this.id = this.server.createGist({
      [OTHER_FILE]: "a note",
      ...(content !== undefined && { [FILE]: content }),
    });
  }

  lock(identity: string, options: Partial<GistLockOptions> = {}): GistLock {
    return new GistLock({ ...this.#options, identity, protocol: this.protocol, ...options });
  }

  store(options: Partial<GistOptions> = {}): Store {
    const all = { ...this.#options, ...options };
    return this.protocol === "git" ? new GitStore(all) : new RestStore(all);
  }

  /** The file's texts, newest first. */
  texts(): (string | undefined)[] {
    return this.server.revisions(this.id).map(({ files }) => files[FILE]);
  }

  edit(content: string | null): void {
    this.server.editGist(this.id, { [FILE]: content });
  }

  editOtherFile(): void {
    this.#notes++;
    this.server.editGist(this.id, { [OTHER_FILE]: `note ${this.#notes}` });
  }

  otherFile(): string {
    return this.server.revisions(this.id)[0]?.files[OTHER_FILE] ?? "";
  }

  failNextWrite(fault: WriteFault): void {
    this.server.inject(FAULTS[fault], { kind: KINDS[this.protocol].write });
  }

  async arriveLate(): Promise<void> {
    await this.clock.advance(LATE);
  }

  staleNextRead(): void {
    this.server.inject(faults.staleRead(), { kind: KINDS[this.protocol].read });
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  get #options() {
    return { id: this.id, token: LOCAL_TOKEN, clock: this.clock, fetch: this.server.fetch };
  }
}
