/** The error of a {@linkcode Fence} that has seen a higher token: another leader has taken over. */
export class StaleTokenError extends Error {
  /** The literal name of this error. */
  override readonly name = "StaleTokenError";
  /** The stable code of this error. */
  readonly code = "ERR_STALE_TOKEN";
  /** The token that was refused. */
  readonly token: number;
  /** The highest token that the resource has seen. */
  readonly highest: number;

  /** Creates the error from the token that was refused and the highest one seen. */
  constructor(token: number, highest: number, options?: ErrorOptions) {
    super(
      `Fencing token ${token} is stale, the highest one seen is ${highest}: another leader has taken over, ` +
        "end the work of this term",
      options,
    );
    this.token = token;
    this.highest = highest;
  }
}

/** Options of {@linkcode Fence}. */
export interface FenceOptions {
  /**
   * Returns the stored token; `undefined` if there is none. Called on the first check, and again if it fails. It must throw if
   * the stored token cannot be read.
   */
  readonly load: () => number | undefined | PromiseLike<number | undefined>;
  /** Stores a higher token. The token must be on disk when the function returns, or its promise resolves. */
  readonly store: (token: number) => void | PromiseLike<void>;
}

/**
 * Remembers the highest fencing token that a resource has seen, and refuses lower ones.
 *
 * For a resource that one process guards, such as a service with its own state. Use one fence for each resource, with the
 * tokens of one lock: tokens of different locks cannot be compared. Several processes that share a database need the
 * condition in the database instead, as a fence reads the stored token only once.
 *
 * @example A leader that was paused is refused, also after a restart
 * ```ts
 * import assert from "node:assert/strict";
 * import { Fence, StaleTokenError } from "@multicluster/leader-election/lock";
 *
 * const disk = new Map<string, number>();
 * const options = {
 *   load: () => disk.get("token"),
 *   store: (token: number) => void disk.set("token", token),
 * };
 * const written: string[] = [];
 *
 * const fence = new Fence(options);
 * await fence.check(33, () => written.push("by the first leader"));
 * await fence.check(34, () => written.push("by the second leader"));
 * await assert.rejects(fence.check(33, () => written.push("too late")), StaleTokenError);
 *
 * const restarted = new Fence(options);
 * await assert.rejects(restarted.check(33), StaleTokenError);
 * await restarted.check(34, () => written.push("by the second leader again"));
 * assert.equal(written.length, 3);
 * ```
 */
export class Fence {
  readonly #options: FenceOptions;
  /** The highest token seen, stored or not. */
  #highest = -1;
  /** The stored token, -1 if there is none; `undefined` before it is loaded. */
  #stored: number | undefined;
  /** The last check, which settles before the next one begins. Never rejects. */
  #previous: Promise<unknown> = Promise.resolve();

  /**
   * Creates a fence. Loads nothing before the first check.
   *
   * @throws {TypeError} If `load` or `store` is missing.
   */
  constructor(options: FenceOptions) {
    for (const name of ["load", "store"] as const) {
      const given: unknown = options?.[name];
      if (typeof given !== "function") {
        throw new TypeError(`${name} must be a function, got ${typeof given}`);
      }
    }
    this.#options = options;
  }

  /**
   * Raises the fence to a token, at the beginning of a term. From then on, lower tokens are refused.
   *
   * @param token The token of the request: `term.token`.
   * @throws {StaleTokenError} If a higher token has been seen.
   * @throws {TypeError} If the token is not a number, or `load` did not return a token.
   * @throws {RangeError} If the token is not a whole number from 0 to `Number.MAX_SAFE_INTEGER`.
   * @throws The error of `load` or `store`. The token did not pass, but counts as seen.
   */
  check(token: number): Promise<void>;
  /**
   * Runs an effect if no higher token has been seen, and returns its result. A token that is higher than the stored one is
   * stored before the effect runs. An equal token passes: it is the same leader's next request.
   *
   * Checks run one after another in the order of the calls, each with its effect, so that no lower token passes after a
   * higher one. Work that begins after `check` has returned is not protected: the next check may have passed by then. An
   * effect that never ends blocks all later checks, and so does one that waits for another check.
   *
   * @param token The token of the request: `term.token`.
   * @param effect The work to do if the token passes.
   * @throws {StaleTokenError} If a higher token has been seen. The effect did not run.
   * @throws {TypeError} If the token is not a number, or `load` did not return a token.
   * @throws {RangeError} If the token is not a whole number from 0 to `Number.MAX_SAFE_INTEGER`.
   * @throws The error of `load` or `store`. The effect did not run, but the token counts as seen.
   * @throws The error of the effect.
   */
  check<T>(token: number, effect: () => T | PromiseLike<T>): Promise<T>;
  async check<T>(token: number, effect?: () => T | PromiseLike<T>): Promise<T | undefined> {
    checkToken(token);
    const turn = this.#previous.then(async () => {
      await this.#raise(token);
      return await effect?.();
    });
    this.#previous = turn.catch(() => {});
    return await turn;
  }

  async #raise(token: number): Promise<void> {
    const { load, store } = this.#options;
    // Before anything can fail: a token that cannot be stored still belongs to another leader.
    this.#highest = Math.max(this.#highest, token);
    this.#stored ??= storedToken(await load());
    this.#highest = Math.max(this.#highest, this.#stored);
    if (token < this.#highest) throw new StaleTokenError(token, this.#highest);
    if (token === this.#stored) return;
    await store(token);
    this.#stored = token;
  }
}

function checkToken(token: unknown): void {
  if (typeof token !== "number") {
    throw new TypeError(`token must be a number, got ${token === null ? "null" : typeof token}`);
  }
  if (!isToken(token)) {
    throw new RangeError(
      `token must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${token}`,
    );
  }
}

/** An invalid value may have been a high token, so it is not treated as "none". */
function storedToken(loaded: unknown): number {
  if (loaded === undefined) return -1;
  if (isToken(loaded)) return loaded;
  const found = loaded === null || typeof loaded === "number" ? loaded : typeof loaded;
  throw new TypeError(
    "The stored fencing token must be a whole number from 0 to " +
      `${Number.MAX_SAFE_INTEGER}, or undefined without a token, got ${found}`,
  );
}

function isToken(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
