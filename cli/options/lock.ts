import type { Fetch } from "../../lock/mod.ts";
import {
  GistLock,
  gistStore,
  type HistoryEntry,
  type Protocol,
  readHistory,
} from "../../gist/mod.ts";
import { BucketLock, type BucketOptions, BucketStore } from "../../bucket/mod.ts";
import type { Store, StoreLock } from "../../store/mod.ts";
import { CommandError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import type { PlanStore } from "../output/cost.ts";
import { printError } from "../output/output.ts";
import type { GIST_OPTIONS, Values } from "./options.ts";
import { configError, configured } from "./timings.ts";
import { withChanges } from "./read.ts";
import { openToken } from "./token.ts";

export const DEFAULT_PROTOCOL: Protocol = "git";

type GistValues = Values<typeof GIST_OPTIONS[number]>;

/** A bucket's object, if the options name one. */
export type BucketValues = Partial<Values<"lock" | "endpoint" | "region" | "path-style">>;

/** How to reach a gist, besides the options. */
export interface NetworkOptions {
  /** How long one request may take, in milliseconds. */
  readonly requestTimeout?: number;
  readonly fetch?: Fetch;
  /** Is called with what an operator should know; by default it is printed. */
  readonly onWarning?: (message: string) => void;
}

/** Opens the lock that the options name. A command that only reads needs no identity. */
export function openLock(
  values: GistValues & BucketValues,
  { identity = "elector", ...network }: NetworkOptions & { readonly identity?: string } = {},
): StoreLock {
  const bucket = bucketOptions(values, network);
  if (bucket) return configured(values, () => new BucketLock({ ...bucket, identity }));
  const { protocol = DEFAULT_PROTOCOL } = values;
  const options = { ...gistOptions(values), identity, protocol, ...network };
  return configured(values, () => new GistLock(options));
}

/** The object that the options name, and how to reach it; `undefined` if they name a gist. */
export function bucketOptions(
  { lock: url, endpoint, region, "path-style": pathStyle }: BucketValues,
  { onWarning = warn, ...network }: NetworkOptions = {},
): BucketOptions | undefined {
  if (url === undefined) return undefined;
  return { url, endpoint, region, pathStyle: pathStyle || undefined, onWarning, ...network };
}

function warn(message: string): void {
  printError(`elector: warning: ${message}`);
}

/** Opens the store of the lock that the options name, without the lock: for writes that no candidate makes. */
export function openStore(values: GistValues & BucketValues, network: NetworkOptions = {}): Store {
  const bucket = bucketOptions(values, network);
  if (bucket) return configured(values, () => new BucketStore(bucket));
  const { protocol = DEFAULT_PROTOCOL } = values;
  const options = { ...gistOptions(values), protocol, ...network };
  return configured(values, () => gistStore(options));
}

/** Reads a gist's newest revisions, oldest first. */
export async function readRevisions(
  values: Omit<GistValues, "protocol" | "git-url">,
  limit: number,
  network: NetworkOptions = {},
): Promise<HistoryEntry[]> {
  const { gitBaseUrl: _, ...options } = gistOptions(
    withChanges(values, { "git-url": undefined }),
  );
  return await readHistory({ ...options, limit, ...network }).catch((error) => {
    throw configError(values, error);
  });
}

/** The gist that the options name, and the access token. */
export function gistOptions(values: Omit<GistValues, "protocol">) {
  const { gist: id, file, "api-url": baseUrl, "git-url": gitBaseUrl } = values;
  if (id === undefined) {
    throw new CommandError(
      EXIT.config,
      "No gist: set GIST_ID, or use --gist ID (`elector init` creates one); for a bucket, use --lock URL",
    );
  }
  const check = (token: string) => configured(values, () => gistStore({ id, token }));
  const token = openToken(values["token-file"], check);
  return { id, token, file, baseUrl, gitBaseUrl };
}

/** What an election costs depends on this. */
export function planStoreOf(
  { lock, protocol }: Partial<Values<"lock">> & Values<"protocol">,
): PlanStore {
  if (lock === undefined) return protocol ?? DEFAULT_PROTOCOL;
  return lock.startsWith("gs:") ? "google bucket" : "bucket";
}
