/**
 * What the workload says about its readiness, to be asked at each decision of the election: always ready without a callback,
 * and not ready if it fails. Never throws.
 *
 * @param onError Gets what the callback throws: once, until it returns normally again.
 */
export function readinessOf(
  isReady: (() => boolean) | undefined,
  onError: (error: unknown) => void,
): () => boolean {
  if (!isReady) return () => true;
  let hasFailed = false;
  return () => {
    try {
      const answer = checkBoolean(isReady());
      hasFailed = false;
      return answer;
    } catch (error) {
      const isNew = !hasFailed;
      hasFailed = true;
      if (isNew) onError(error);
      return false;
    }
  };
}

/** A promise is always truthy: an asynchronous callback would be ready for good. */
function checkBoolean(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  // A later rejection does not matter.
  Promise.resolve(value).catch(() => {});
  const found = value instanceof Promise ? "a promise" : typeof value;
  throw new TypeError(`isReady must return true or false, got ${found}`);
}
