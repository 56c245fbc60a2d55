import type { Fetch } from "../../lock/mod.ts";
import { randomSession } from "../../lock/system.ts";
import {
  GistLock,
  gistStore,
  type HistoryEntry,
  type Protocol,
  readHistory,
} from "../../gist/mod.ts";
import type { Store } from "../../store/mod.ts";
import { CommandError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import type { GIST_OPTIONS, Values } from "./options.ts";
import { configError, configured } from "./timings.ts";
import { openToken } from "./token.ts";

/** The protocol unless one is chosen. */
export const DEFAULT_PROTOCOL: Protocol = "git";

type GistValues = Values<typeof GIST_OPTIONS[number]>;

/** How to reach a gist, beside the options. */
export interface NetworkOptions {
  /** How long one request may take, in milliseconds. */
  readonly requestTimeout?: number;
  readonly fetch?: Fetch;
}

/**
 * Opens the lock that the options name.
 *
 * @param identity The candidate; a command that only reads needs none.
 * @throws {CommandError} If the gist or the access token is missing, or an option is invalid.
 */
export function openLock(
  values: GistValues,
  { identity = "elector", ...network }: NetworkOptions & { readonly identity?: string } = {},
): GistLock {
  const protocol = values.protocol ?? DEFAULT_PROTOCOL;
  const options = { ...gistOptions(values), identity, protocol, ...network };
  return configured(values, () => new GistLock(options));
}

/**
 * Opens the gist as a store, without a lock: for writes that no candidate makes.
 *
 * @throws {CommandError} If the gist or the access token is missing, or an option is invalid.
 */
export function openStore(
  values: GistValues,
  protocol: Protocol,
  network: NetworkOptions = {},
): Store {
  const options = { ...gistOptions(values), protocol, ...network };
  return configured(values, () => gistStore(options));
}

/**
 * Reads a gist's newest revisions, oldest first.
 *
 * @throws {CommandError} If the gist or the access token is missing, or an option is invalid.
 */
export async function readRevisions(
  values: Omit<GistValues, "protocol" | "git-url">,
  limit: number,
  network: NetworkOptions = {},
): Promise<HistoryEntry[]> {
  const { gitBaseUrl: _, ...options } = gistOptions({ ...values, "git-url": undefined });
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
      "No gist: set GIST_ID, or use --gist ID (`elector init` creates one)",
    );
  }
  const check = (token: string) => configured(values, () => gistStore({ id, token }));
  const token = openToken(values["token-file"], check);
  return { id, token, file, baseUrl, gitBaseUrl };
}

/** A candidate's identity unless it is set: the name of the machine, and a random part for each process. */
export function defaultIdentity(): string {
  return `${hostname()}-${randomSession().slice(0, 6)}`;
}

function hostname(): string {
  try {
    return Deno.hostname().replaceAll(/\p{Cc}/gu, "").slice(0, 100) || "elector";
  } catch {
    // Without the permission, the random part is all that differs.
    return "elector";
  }
}
