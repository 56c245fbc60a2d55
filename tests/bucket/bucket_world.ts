import type { Store } from "../../store/mod.ts";
import { FakeClock, formatRecord, type LeaderElectionRecord, type Lock } from "../../lock/mod.ts";
import { BucketLock, type BucketLockOptions } from "../../bucket/bucket_lock.ts";
import { BucketStore, type BucketStoreOptions } from "../../bucket/bucket_store.ts";
import type { Dialect } from "../../bucket/address.ts";
import {
  BucketServer,
  type BucketServerOptions,
  faults,
  LOCAL_CREDENTIALS,
} from "../../bucket/server/mod.ts";
import { ObjectWorld } from "./object_world.ts";
import { Probes } from "./probed.ts";
import { type GistWorld, held, type WriteFault } from "../contract/world.ts";

/** Late enough to come after everything that a test does meanwhile, in milliseconds. */
const LATE = 30_000;

const FAULTS = {
  "request lost": faults.requestLost(),
  "answer lost": faults.answerLost(),
  "applied twice": faults.appliedTwice(),
  "applied late": faults.appliedLate(LATE),
};

/** The address of the lock in each dialect. */
export const URLS: Readonly<Record<Dialect, string>> = {
  s3: "s3://locks/folder/lock 1.json",
  gcs: "gs://locks/folder/lock 1.json",
  azure: "az://account/locks/folder/lock 1.json",
};

/** All dialects. */
export const DIALECTS = Object.keys(URLS) as readonly Dialect[];

/** Returns what registers a test over each kind of bucket, or some, each with parts of its own. */
export function testOver<T>(what: string, make: (dialect: Dialect) => T | Promise<T>) {
  return (does: string, body: (parts: T) => Promise<void>, dialects = DIALECTS): void => {
    for (const dialect of dialects) {
      Deno.test(`${what} over ${dialect} ${does}`, async () => await body(await make(dialect)));
    }
  };
}

/** An environment without variables and files. */
export const NO_ENVIRONMENT = {
  get: () => undefined,
  readFile: () => Promise.reject(new Error("no file")),
};

/** A bucket on the local bucket server, whose handler is the network, in virtual time. */
export class LocalBucketWorld extends ObjectWorld implements GistWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly dialect: Dialect;
  readonly server: BucketServer;
  readonly url: string;
  /** What stores have warned of. */
  readonly warnings: string[] = [];
  #sessions = 0;
  readonly #probes = new Probes();

  constructor(dialect: Dialect, content?: string, options: BucketServerOptions = {}) {
    super();
    this.dialect = dialect;
    this.url = URLS[dialect];
    this.server = new BucketServer({ clock: this.clock, ...options });
    if (content !== undefined) this.server.edit(this.url, content);
  }

  /** Creates a store whose bucket has yet to be probed. */
  freshStore(options: Partial<BucketStoreOptions> = {}): BucketStore {
    return new BucketStore({ ...this.options(), ...options });
  }

  /** What a store, a lock or `initBucket()` of this world is made with. */
  options(): BucketStoreOptions {
    return {
      url: this.url,
      region: "eu-central-1",
      credentials: LOCAL_CREDENTIALS[this.dialect],
      clock: this.clock,
      fetch: this.server.fetch,
      random: () => 0.5,
      session: () => `session-${++this.#sessions}`,
      environment: NO_ENVIRONMENT,
      onWarning: (message) => this.warnings.push(message),
    };
  }

  /** Creates a store whose bucket was probed. */
  async probedStore(options?: Partial<BucketStoreOptions>): Promise<BucketStore> {
    const store = this.freshStore(options);
    await store.checkAccess();
    return store;
  }

  /** Creates a store whose first call probes the bucket. */
  store(): Store {
    return this.#probes.store(this.freshStore());
  }

  /** Creates a lock whose bucket has yet to be probed. */
  freshLock(identity: string, options: Partial<BucketLockOptions> = {}): BucketLock {
    return new BucketLock({ ...this.options(), ...options, identity });
  }

  /** Creates a lock whose first call probes the bucket. */
  lock(identity: string): Lock {
    return this.#probes.lock(this.freshLock(identity));
  }

  /** The text of the lock's object. */
  content(): string | undefined {
    return this.server.object(this.url)?.content;
  }

  edit(content: string | null): void {
    this.server.edit(this.url, content ?? undefined);
  }

  failNextWrite(fault: WriteFault): void {
    this.server.inject(FAULTS[fault], { kind: "write", when: isLock });
  }

  async arriveLate(): Promise<void> {
    await this.clock.advance(LATE);
  }
}

/** Whether a request is about the lock's own object. */
export function isLock({ url }: { readonly url: URL }): boolean {
  return !url.pathname.endsWith(".probe");
}

/** Whether a request is about the probe's object. */
export function isProbe(request: { readonly url: URL }): boolean {
  return !isLock(request);
}

/** A record's text like no other. */
export function recordText(
  holder: string,
  token: number,
  parts: Partial<LeaderElectionRecord> = {},
): string {
  return formatRecord({ ...held(holder, token), session: holder, sequence: 1, ...parts });
}
