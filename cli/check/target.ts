import {
  type BucketOptions,
  bucketOrigin,
  BucketStore,
  type RaceOptions,
} from "../../bucket/mod.ts";
import type { Timings } from "../../elector/mod.ts";
import {
  DEFAULT_BASE_URL,
  gistStore,
  type GistStoreOptions,
  gitBaseUrl,
  type Protocol,
  readGistOwner,
  readTokenAccount,
  type StaleEdit,
  type TokenAccount,
  tryStaleEdit,
  tryStalePush,
} from "../../gist/mod.ts";
import type { Clock, Fetch, Lock } from "../../lock/mod.ts";
import { type Store, StoreLock } from "../../store/mod.ts";
import type { DateObserver } from "./clock.ts";
import type { Dialer } from "./network.ts";
import type { ReadVariable } from "./proxy.ts";

export interface CheckOptions {
  readonly target: Target;
  /** Whether the identity was set, and is not partly random. */
  readonly hasIdentity: boolean;
  /** Reads the timings; what it throws is the finding. */
  readonly readTimings: () => Timings;
  readonly candidates: number;
  /** The rank of this candidate: it delays a failover to it. */
  readonly rank?: number;
  readonly isReadOnly: boolean;
  readonly readyUrl: URL | undefined;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Has seen the responses of the store. */
  readonly dates: Pick<DateObserver, "samples">;
  readonly dialer: Dialer;
  readonly env: ReadVariable;
}

export interface Target {
  readonly lock: Lock;
  readonly store: Store;
  /** The hosts that the lock talks to, the store's own first. It can do without an optional one. */
  readonly hosts: readonly { name: string; url: URL; isOptional?: boolean }[];
  /** `undefined` if the store has no accounts, as a bucket. */
  readonly account?: AccountReader;
  readonly staleWrite: StaleWrite;
}

/** What GitHub's API reveals about the access token and the gist. */
export interface AccountReader {
  readAccount(): Promise<TokenAccount>;
  /** `undefined` if it is not revealed. */
  readOwner(): Promise<string | undefined>;
}

/** Tries a stale write in the way of the store. What is not refused is an `UnsafeStoreError`. */
type StaleWrite =
  | { readonly kind: "git"; push(): Promise<string> }
  | { readonly kind: "rest"; edit(): Promise<StaleEdit> }
  | { readonly kind: "bucket"; probe(): Promise<void>; race(options: RaceOptions): Promise<void> };

export function gistTarget(
  options: GistStoreOptions & { readonly protocol: Protocol },
  identity: string,
): Target {
  const { protocol, ...gist } = options;
  // Refuses an API's address that is invalid, also where only git is used.
  const gitAddress = gitBaseUrl(gist.baseUrl);
  const store = gistStore(options);
  const api = { name: "API", url: new URL(gist.baseUrl ?? DEFAULT_BASE_URL) };
  const common = {
    store,
    lock: new StoreLock(store, { identity }),
    account: { readAccount: () => readTokenAccount(gist), readOwner: () => readGistOwner(gist) },
  };
  if (protocol === "rest") {
    const edit = () => tryStaleEdit(gist);
    return { ...common, hosts: [api], staleWrite: { kind: "rest", edit } };
  }
  const git = { name: "git host", url: new URL(gist.gitBaseUrl ?? gitAddress) };
  const push = () => tryStalePush(gist);
  return {
    ...common,
    hosts: [git, { ...api, isOptional: true }],
    staleWrite: { kind: "git", push },
  };
}

export function bucketTarget(options: BucketOptions, identity: string): Target {
  const store = new BucketStore(options);
  return {
    store,
    lock: new StoreLock(store, { identity }),
    hosts: [{ name: "bucket host", url: new URL(bucketOrigin(options)) }],
    staleWrite: {
      kind: "bucket",
      probe: () => store.checkAccess(),
      race: (race) => store.race(race),
    },
  };
}

/**
 * Lists what no output may contain: the access token in each form that is sent, and the gist's id. A token that a function
 * returns is removed from errors where it is used.
 */
export function secretsOf({ id, token }: Pick<GistStoreOptions, "id" | "token">): string[] {
  const ids = [id, id.toLowerCase()];
  return typeof token === "string" ? [token, btoa(`x-access-token:${token}`), ...ids] : ids;
}
