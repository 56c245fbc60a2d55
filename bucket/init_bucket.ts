import {
  EMPTY_RECORD,
  formatRecord,
  LockConflictError,
  MAX_LEADER_TRANSITIONS,
  MAX_LEASE_DURATION_SECONDS,
} from "../lock/mod.ts";
import { randomSession, systemClock } from "../lock/system.ts";
import { BucketStore, type BucketStoreOptions } from "./bucket_store.ts";
import type { RaceOptions } from "./probe/probe.ts";
import { BUCKET_TIMINGS } from "./timings.ts";

/** The holder of a record that {@linkcode initBucket} wrote. */
export const INIT_IDENTITY = "elector-init";

/** Options of {@linkcode initBucket}. */
export interface InitBucketOptions extends BucketStoreOptions {
  /**
   * How long the leases of this lock last, in milliseconds: whole seconds. The first leader waits that long, as the
   * leader of a deleted object may still be valid.
   *
   * @default {15_000}
   */
  readonly leaseDuration?: number | undefined;
  /**
   * At least the highest fencing token that was ever used; the next token is higher.
   *
   * @default {0}
   */
  readonly tokenFloor?: number | undefined;
  /** Options of the race that shows whether the store swaps in one step. */
  readonly race?: Pick<RaceOptions, "writers" | "rounds"> | undefined;
  /** Aborts the call. The object may have been created. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of {@linkcode initBucket}. */
export interface InitResult {
  /** Whether the object was created; `false` if it existed, which leaves it unchanged. */
  readonly isCreated: boolean;
  /** The content of the object. */
  readonly content: string;
}

/**
 * Creates the object of a lock, after probing its bucket. An existing object is left as it is.
 *
 * `elector-init` holds the record for one lease: after that, no leader of a deleted object can still be valid.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option has a wrong value.
 * @throws {UnsafeStoreError} If the store does not honour conditions; the object was not created.
 * @throws {UnknownOutcomeError} If it is unknown whether the object was created: call it again.
 * @throws {LockError} If the bucket cannot be read or written.
 *
 * @example Create a lock that continues after the fencing token 41
 * ```ts
 * import assert from "node:assert/strict";
 * import { initBucket } from "@multicluster/leader-election/bucket";
 * import { BucketServer, LOCAL_CREDENTIALS } from "@multicluster/leader-election/bucket/server";
 *
 * const { fetch } = new BucketServer(); // a real bucket needs neither this line nor the last two options
 * const { isCreated, content } = await initBucket({
 *   url: "gs://locks/deploy.json",
 *   tokenFloor: 41,
 *   credentials: LOCAL_CREDENTIALS.gcs,
 *   fetch,
 * });
 * assert.ok(isCreated);
 * assert.equal(JSON.parse(content).holderIdentity, "elector-init");
 * ```
 */
export async function initBucket(options: InitBucketOptions): Promise<InitResult> {
  const { clock = systemClock, session = randomSession, signal } = options;
  const leaseDurationSeconds = checkLeaseDuration(
    options.leaseDuration ?? BUCKET_TIMINGS.leaseDuration,
  );
  const leaderTransitions = checkTokenFloor(options.tokenFloor ?? 0);
  const store = new BucketStore(options);
  const call = signal ? { signal } : {};
  const found = await store.read(call);
  if (found.content !== undefined) return { isCreated: false, content: found.content };
  await store.checkAccess(call);
  await store.race({ ...options.race, ...call });
  const now = clock.wall();
  const content = formatRecord({
    ...EMPTY_RECORD,
    holderIdentity: INIT_IDENTITY,
    leaseDurationSeconds,
    acquireTime: now,
    renewTime: now,
    leaderTransitions,
    session: session(),
    sequence: 1,
    protocol: store.protocol,
  });
  try {
    await store.create(content, call);
    return { isCreated: true, content };
  } catch (error) {
    if (!(error instanceof LockConflictError)) throw error;
    const other = await store.read(call);
    if (other.content === undefined) throw error;
    return { isCreated: false, content: other.content };
  }
}

function checkLeaseDuration(ms: unknown): number {
  if (typeof ms !== "number") {
    throw new TypeError(`leaseDuration must be a number, got ${typeof ms}`);
  }
  const seconds = ms / 1_000;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_LEASE_DURATION_SECONDS) {
    return seconds;
  }
  throw new RangeError(
    `leaseDuration must be a whole number of seconds from 1 to ${MAX_LEASE_DURATION_SECONDS}, got ${ms} ms`,
  );
}

function checkTokenFloor(token: unknown): number {
  if (typeof token !== "number") {
    throw new TypeError(`tokenFloor must be a number, got ${typeof token}`);
  }
  if (Number.isInteger(token) && token >= 0 && token < MAX_LEADER_TRANSITIONS) return token;
  throw new RangeError(
    `tokenFloor must be an integer from 0 to ${MAX_LEADER_TRANSITIONS - 1}, got ${token}`,
  );
}
