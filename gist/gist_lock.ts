import { escapeText } from "../lock/mod.ts";
import { GitStore } from "./git/store.ts";
import { gitBaseUrl } from "./options.ts";
import { RestStore, type RestStoreOptions } from "./rest/store.ts";
import type { GistStore, Protocol } from "../store/store.ts";

/** Options of {@linkcode GistLock}. */
export interface GistLockOptions extends RestStoreOptions {
  /** Who this candidate is: 1 to 128 characters without control characters, unlike every other candidate's. */
  readonly identity: string;
  /**
   * How candidates exclude each other. All candidates of one lock must use the same: `"git"`, where git itself lets exactly
   * one of several racing writes through, or `"rest"`, for networks and tokens that reach only the API.
   *
   * @default {"git"}
   */
  readonly protocol?: Protocol;
  /**
   * Where gists are repositories, for `"git"`.
   *
   * @default {gitBaseUrl(baseUrl)} `https://gist.github.com`, or what belongs to `baseUrl`
   */
  readonly gitBaseUrl?: string;
  /**
   * Makes the name of this lock object's session; no two may be alike.
   *
   * @default {randomSession}
   */
  readonly session?: () => string;
  /** Is told of the election's events, such as "became leader". */
  readonly onEvent?: (message: string) => void;
}

/**
 * Makes the store of the protocol that the options name.
 *
 * @throws {RangeError} If there is no such protocol, or an option has a wrong value.
 * @throws {TypeError} If an option has the wrong type.
 */
export function makeStore(options: GistLockOptions): GistStore {
  const { protocol = "git" } = options;
  switch (protocol) {
    case "git": {
      const { token = "", baseUrl, gitBaseUrl: given } = options;
      return new GitStore({ ...options, token, baseUrl: given ?? gitBaseUrl(baseUrl) });
    }
    case "rest":
      return new RestStore(options);
    default:
      throw new RangeError(
        `Cannot use the protocol as it must be "git" or "rest": it is "${
          escapeText(String(protocol), 20)
        }"`,
      );
  }
}
