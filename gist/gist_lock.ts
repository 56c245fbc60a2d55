import { checkFunctions, escapeText } from "../lock/mod.ts";
import { checkBaseUrl, checkOptions } from "../store/kit.ts";
import { type Store, StoreLock, type StoreLockOptions } from "../store/mod.ts";
import { GitStore } from "./git/store.ts";
import { type GistOptions, gitBaseUrl, type Protocol } from "./options.ts";
import { RestStore } from "./rest/store.ts";

/** Options of {@linkcode GistLock}. */
export interface GistLockOptions extends GistOptions, StoreLockOptions {
  /**
   * How candidates exclude each other. All candidates of one lock must use the same protocol: `"git"`, by which git accepts
   * exactly one of several racing writes, or `"rest"`, for networks and tokens that reach only the API.
   *
   * @default {"git"}
   */
  readonly protocol?: Protocol | undefined;
  /**
   * The address of the gists' repositories, for `"git"`.
   *
   * @default {gitBaseUrl(baseUrl)} `https://gist.github.com`, or the address that belongs to `baseUrl`
   */
  readonly gitBaseUrl?: string | undefined;
}

/**
 * A lock in a file of a GitHub gist.
 *
 * @example One candidate of an election
 * ```ts
 * import { GistLock } from "@multicluster/leader-election/gist";
 * import { GistServer, LOCAL_TOKEN } from "@multicluster/leader-election/gist/server";
 * import { EMPTY_RECORD } from "@multicluster/leader-election/lock";
 *
 * const server = new GistServer(); // a real gist needs neither this line nor `fetch`
 * const lock = new GistLock({
 *   id: server.createGist({ "leader-election.json": "{}" }),
 *   token: LOCAL_TOKEN,
 *   identity: "eu-west-1",
 *   fetch: server.fetch,
 * });
 * const seen = await lock.get();
 * if (seen) await lock.update({ ...EMPTY_RECORD, holderIdentity: lock.identity }, seen);
 * ```
 */
export class GistLock extends StoreLock {
  readonly #protocol: Protocol;

  /**
   * Creates a candidate's lock. Sends nothing.
   *
   * @throws {TypeError} If an option is missing or has the wrong type.
   * @throws {RangeError} If an option has an invalid value. The token is never quoted.
   */
  constructor(options: GistLockOptions) {
    checkOptions(options, "id, token and identity");
    super(gistStore(options), options);
    this.#protocol = options.protocol ?? DEFAULT_PROTOCOL;
  }

  /** Returns a name of the lock for logs and errors, without secrets. */
  override describe(): string {
    return `${super.describe()} by ${this.#protocol}`;
  }
}

const DEFAULT_PROTOCOL: Protocol = "git";

/** Options of {@linkcode gistStore}. */
export type GistStoreOptions = Omit<GistLockOptions, keyof StoreLockOptions>;

/**
 * Returns a gist's file as a store, without a lock over it: for changes that no candidate may make, such as a repair.
 *
 * @throws {RangeError} If the protocol is unknown, or an option has an invalid value.
 * @throws {TypeError} If an option has the wrong type.
 */
export function gistStore(options: GistStoreOptions): Store {
  const { protocol = DEFAULT_PROTOCOL } = options;
  checkFunctions(options, ["fetch", "session", "onEvent"]);
  switch (protocol) {
    case "git": {
      const { baseUrl, gitBaseUrl: given } = options;
      const address = given === undefined ? gitBaseUrl(baseUrl) : checkBaseUrl(given, "gitBaseUrl");
      return new GitStore({ ...options, baseUrl: address });
    }
    case "rest":
      return new RestStore(options);
    default:
      throw new RangeError(
        `protocol must be "git" or "rest", got "${escapeText(String(protocol), 20)}"`,
      );
  }
}
