import { BucketStore } from "../../bucket/bucket_store.ts";
import { BucketLock, type BucketOptions } from "../../bucket/mod.ts";
import { FakeClock, type Fetch, type Lock, systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import type { Store } from "../../store/mod.ts";
import { NO_ENVIRONMENT } from "../bucket/bucket_world.ts";
import { ObjectWorld } from "../bucket/object_world.ts";
import { Probes } from "../bucket/probed.ts";
import type { GistWorld, WriteFault } from "../contract/world.ts";
import type { RealServer } from "./real_server.ts";

/** How many worlds there were: each has a key of its own. */
let worlds = 0;

/** An object on a real server, behind a network that can be told to fail. */
export class RealWorld extends ObjectWorld implements GistWorld {
  /** Nothing here is in virtual time. */
  readonly clock: FakeClock = new FakeClock();
  readonly server: RealServer;
  readonly bucket: string;
  readonly key: string;
  readonly #probes = new Probes();
  #fault: WriteFault | undefined;
  #late: Request | undefined;

  private constructor(server: RealServer, bucket: string) {
    super();
    this.server = server;
    this.bucket = bucket;
    this.key = `lock-${++worlds}.json`;
  }

  /** Makes a world in a bucket; the object holds `content`, or is not there. */
  static async create(server: RealServer, bucket: string, content?: string): Promise<RealWorld> {
    const world = new RealWorld(server, bucket);
    if (content !== undefined) await world.edit(content);
    return world;
  }

  /** What a lock or store of this world is made with. */
  options(fetch: Fetch = systemFetch): BucketOptions {
    return {
      url: this.server.lockUrl(this.bucket, this.key),
      endpoint: this.server.endpoint,
      credentials: this.server.credentials,
      environment: NO_ENVIRONMENT,
      clock: systemClock,
      requestTimeout: 5_000,
      fetch,
    };
  }

  /** The same for the program. */
  env(): Record<string, string> {
    const { server, bucket, key } = this;
    const lock = { ELECTOR_LOCK: server.lockUrl(bucket, key), ELECTOR_ENDPOINT: server.endpoint };
    return { ...server.env, ...lock, AWS_REGION: "us-east-1", GIST_ID: "", NO_COLOR: "1" };
  }

  freshStore(): BucketStore {
    return new BucketStore(this.options(this.#fetch));
  }

  store(): Store {
    return this.#probes.store(this.freshStore());
  }

  freshLock(identity: string): BucketLock {
    return new BucketLock({ ...this.options(this.#fetch), identity });
  }

  lock(identity: string): Lock {
    return this.#probes.lock(this.freshLock(identity));
  }

  async edit(content: string | null): Promise<void> {
    await this.server.edit(this.bucket, this.key, content ?? undefined);
  }

  failNextWrite(fault: WriteFault): void {
    this.#fault = fault;
  }

  async arriveLate(): Promise<void> {
    if (!this.#late) throw new Error("no write is late");
    await (await systemFetch(this.#late)).body?.cancel();
    this.#late = undefined;
  }

  readonly #fetch: Fetch = async (request) => {
    const fault = this.#fault;
    const isWrite = request.method === "PUT" && !request.url.endsWith(".probe");
    if (!isWrite || fault === undefined) return await systemFetch(request);
    this.#fault = undefined;
    if (fault === "applied late") this.#late = request.clone();
    if (fault === "applied twice") await (await systemFetch(request.clone())).body?.cancel();
    if (fault === "answer lost") await (await systemFetch(request)).body?.cancel();
    if (fault === "applied twice") return await systemFetch(request);
    throw new TypeError("connection reset");
  };
}
