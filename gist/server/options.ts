import type { Clock } from "../../lock/mod.ts";
import type { RateLimits } from "./limits/limits.ts";

/** The default access token of a gist server. */
export const LOCAL_TOKEN = "local-token";

/** Options of a gist server. */
export interface GistServerOptions {
  /**
   * Provides the time and delays.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * The access token of `local`, the account that owns the gists.
   *
   * @default {"local-token"}
   */
  readonly token?: string | undefined;
  /**
   * The names of other accounts by token. They can read every gist and write their own.
   *
   * @default {{}}
   */
  readonly tokens?: Readonly<Record<string, string>> | undefined;
  /**
   * Returns random numbers from 0 to 1, for ids.
   *
   * @default {Math.random}
   */
  readonly random?: (() => number) | undefined;
  /**
   * The rate limits that differ from GitHub's.
   *
   * @default {GITHUB_LIMITS}
   */
  readonly limits?: Partial<RateLimits> | undefined;
  /**
   * How long a write takes, in milliseconds. Of two overlapping PATCHes of one gist, the second is refused.
   *
   * @default {0}
   */
  readonly writeDuration?: number | undefined;
  /**
   * The number of revisions that a response lists.
   *
   * @default {30}
   */
  readonly historyLength?: number | undefined;
}

/** Options of `GistServer.createGist`. */
export interface CreateGistOptions {
  /**
   * The branch of the gist: `main`, or `master` for old ones.
   *
   * @default {"main"}
   */
  readonly branch?: string | undefined;
  /**
   * The description of the gist.
   *
   * @default {null}
   */
  readonly description?: string | null | undefined;
  /**
   * Whether the gist is listed.
   *
   * @default {false}
   */
  readonly public?: boolean | undefined;
}

/** One revision of a gist. */
export interface Revision {
  /** The commit's id. */
  readonly version: string;
  /** When it was committed, in milliseconds since the Unix epoch. */
  readonly committedAt: number;
  /** The files' contents by name. */
  readonly files: Readonly<Record<string, string>>;
}
