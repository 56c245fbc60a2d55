const CLOCK = ["monotonic", "wall", "sleep"] as const;

/**
 * Checks optional functions and an optional `clock`: a wrong one would fail only when it is needed, such as during a
 * term.
 *
 * @throws {TypeError} If one has another type.
 */
export function checkFunctions(options: object, names: readonly string[]): void {
  for (const name of names) {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`${name} must be a function, got ${kindOf(value)}`);
  }
  const clock: unknown = Reflect.get(options, "clock");
  if (clock === undefined) return;
  const isClock = CLOCK.every((name) => typeof Object(clock)[name] === "function");
  if (isClock) return;
  throw new TypeError(
    `clock must have the functions ${CLOCK.join(", ")}, got ${kindOf(clock)} without them`,
  );
}

/**
 * Checks the time between two reads, in milliseconds: with any other value, reads would have no pause, or never happen.
 *
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is not more than 0.
 */
export function checkPeriod(name: string, ms: unknown): number {
  if (typeof ms !== "number") throw new TypeError(`${name} must be a number, got ${kindOf(ms)}`);
  if (ms > 0) return ms;
  throw new RangeError(`${name} must be more than 0 ms, got ${ms}`);
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}
