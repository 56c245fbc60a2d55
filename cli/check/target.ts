import type { StaleEdit, TokenAccount } from "../../gist/mod.ts";
import type { RaceOptions } from "../../bucket/mod.ts";
import type { Lock } from "../../lock/mod.ts";
import type { Store } from "../../store/mod.ts";

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
