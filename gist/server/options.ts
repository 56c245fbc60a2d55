import type { Clock } from "../../lock/mod.ts";
import type { RateLimits } from "./limits/limits.ts";
import type { ReceivedRequest, RequestKind } from "./request.ts";

/** The token that a gist server accepts where nothing else is said. */
export const LOCAL_TOKEN = "local-token";

/** Options of a gist server. */
export interface GistServerOptions {
  /**
   * What time it is, and how delays pass.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * The token of the account that owns the gists, `local`.
   *
   * @default {"local-token"}
   */
  readonly token?: string | undefined;
  /**
   * Tokens of other accounts: the account's name by token. They can read every gist, and write none but their own.
   *
   * @default {{}}
   */
  readonly tokens?: Readonly<Record<string, string>> | undefined;
  /**
   * Random numbers from 0 to 1, for ids.
   *
   * @default {Math.random}
   */
  readonly random?: (() => number) | undefined;
  /**
   * The limits to enforce, where they differ from GitHub's.
   *
   * @default {GITHUB_LIMITS}
   */
  readonly limits?: Partial<RateLimits> | undefined;
  /**
   * How long a write takes, in milliseconds. Two PATCHes of one gist that overlap in time: the second is refused.
   *
   * @default {0}
   */
  readonly writeDuration?: number | undefined;
  /**
   * How many revisions an answer lists.
   *
   * @default {30}
   */
  readonly historyLength?: number | undefined;
}

/** Options of `GistServer.createGist`. */
export interface CreateGistOptions {
  /**
   * The branch that the gist is on: `main`, or `master` for old ones.
   *
   * @default {"main"}
   */
  readonly branch?: string | undefined;
  /**
   * What the gist says about itself.
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

/** One revision of a gist, as it is. */
export interface Revision {
  /** The commit's id. */
  readonly version: string;
  /** When it was committed, in milliseconds since the Unix epoch. */
  readonly committedAt: number;
  /** The files' contents by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Options of `GistServer.inject`. */
export interface InjectOptions {
  /** Only requests of this kind meet the fault. */
  readonly kind?: RequestKind | undefined;
  /** Only requests that this is true of meet the fault. */
  readonly when?: ((request: ReceivedRequest) => boolean) | undefined;
  /**
   * How many requests meet the fault.
   *
   * @default {1}
   */
  readonly times?: number | undefined;
}
