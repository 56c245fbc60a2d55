import {
  type BucketOptions,
  bucketOrigin,
  BucketStore,
  type RaceOptions,
} from "../../bucket/mod.ts";
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
import type { Lock } from "../../lock/mod.ts";
import { type Store, StoreLock } from "../../store/mod.ts";

/** A host that the lock talks to. */
export interface Host {
  readonly name: string;
  readonly url: URL;
  /** Whether the lock can do without it. */
  readonly isOptional?: boolean;
}

/** What GitHub's API reveals about the access token and the gist. */
export interface AccountReader {
  readAccount(): Promise<TokenAccount>;
  /** `undefined` if it is not revealed. */
  readOwner(): Promise<string | undefined>;
}

/** Tries a stale write in the way of the store. What is not refused is an `UnsafeStoreError`. */
export type StaleWrite =
  | { readonly kind: "git"; push(): Promise<string> }
  | { readonly kind: "rest"; edit(): Promise<StaleEdit> }
  | {
    readonly kind: "bucket";
    probe(): Promise<void>;
    race(options: RaceOptions): Promise<void>;
  };

/** The lock to check, and its store. */
export interface Target {
  readonly lock: Lock;
  readonly store: Store;
  /** The hosts, the store's own first. */
  readonly hosts: readonly Host[];
  /** `undefined` if the store has no accounts, as a bucket. */
  readonly account?: AccountReader | undefined;
  readonly staleWrite: StaleWrite;
}

/** Returns what to check of a lock in a gist. */
export function gistTarget(
  options: GistStoreOptions & { readonly protocol: Protocol },
  identity: string,
): Target {
  const { protocol, ...gist } = options;
  // Refuses an API's address that is invalid, also where only git is used.
  const gitAddress = gitBaseUrl(gist.baseUrl);
  const store = gistStore(options);
  const api: Host = { name: "API", url: new URL(gist.baseUrl ?? DEFAULT_BASE_URL) };
  const common = {
    store,
    lock: new StoreLock(store, { identity }),
    account: { readAccount: () => readTokenAccount(gist), readOwner: () => readGistOwner(gist) },
  };
  if (protocol === "rest") {
    return {
      ...common,
      hosts: [api],
      staleWrite: { kind: "rest", edit: () => tryStaleEdit(gist) },
    };
  }
  const git: Host = {
    name: "git host",
    url: new URL(gist.gitBaseUrl ?? gitAddress),
  };
  return {
    ...common,
    hosts: [git, { ...api, isOptional: true }],
    staleWrite: { kind: "git", push: () => tryStalePush(gist) },
  };
}

/** Returns what to check of a lock in a bucket. */
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
