/** What the workload says about its readiness, asked at each decision of the election. */
export class ReadinessProbe {
  readonly #isReady: (() => boolean) | undefined;
  readonly #onError: (error: unknown) => void;
  #hasFailed = false;

  /**
   * Creates a probe.
   *
   * @param isReady Asks the workload; always ready if it is left out.
   * @param onError Gets what the callback throws: once, until it returns normally again.
   */
  constructor(isReady: (() => boolean) | undefined, onError: (error: unknown) => void) {
    this.#isReady = isReady;
    this.#onError = onError;
  }

  /** Whether the workload is ready; a callback that fails counts as not ready. Never throws. */
  ask(): boolean {
    if (!this.#isReady) return true;
    try {
      const isReady = checkBoolean(this.#isReady());
      this.#hasFailed = false;
      return isReady;
    } catch (error) {
      if (!this.#hasFailed) this.#report(error);
      return false;
    }
  }

  #report(error: unknown): void {
    this.#hasFailed = true;
    this.#onError(error);
  }
}

/** A promise is always truthy: an asynchronous callback would be ready for good. */
function checkBoolean(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  // What it may yet reject with is of no account.
  Promise.resolve(value).catch(() => {});
  const found = value instanceof Promise ? "a promise" : typeof value;
  throw new TypeError(`isReady must return true or false, got ${found}`);
}
