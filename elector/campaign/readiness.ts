/** What the workload says about its readiness, asked at each decision of the election. */
export class ReadinessProbe {
  readonly #isReady: (() => boolean) | undefined;
  readonly #onError: (error: unknown) => void;
  #hasFailed = false;

  /** @param onError Gets what the callback throws: once, until it returns normally again. */
  constructor(isReady: (() => boolean) | undefined, onError: (error: unknown) => void) {
    this.#isReady = isReady;
    this.#onError = onError;
  }

  /** Whether the workload is ready: always without a callback, and not if it fails. Never throws. */
  ask(): boolean {
    if (!this.#isReady) return true;
    try {
      const isReady = checkBoolean(this.#isReady());
      this.#hasFailed = false;
      return isReady;
    } catch (error) {
      const isNew = !this.#hasFailed;
      this.#hasFailed = true;
      if (isNew) this.#onError(error);
      return false;
    }
  }
}

/** A promise is always truthy: an asynchronous callback would be ready for good. */
function checkBoolean(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  // A later rejection does not matter.
  Promise.resolve(value).catch(() => {});
  const found = value instanceof Promise ? "a promise" : typeof value;
  throw new TypeError(`isReady must return true or false, got ${found}`);
}
