import { type Fault, faults } from "../../bucket/server/mod.ts";

/** The store responds with 500 at once, and makes the write later anyway. */
function respondsBefore(ms: number): Fault {
  return (request, proceed, clock) => {
    clock.sleep(ms).then(() => proceed()).catch(() => {});
    return faults.storeError(500)(request, proceed, clock);
  };
}

/**
 * Faults of a network and a store, each of which a write may meet.
 *
 * @param late How much later a write may be made than its sender gave up, in milliseconds.
 * @param slow How long a request and its response may take, each, in milliseconds.
 */
export function storm(late: number, slow: number): Fault[] {
  return [
    respondsBefore(late),
    faults.requestLost(),
    faults.answerLost(),
    faults.appliedTwice(),
    faults.appliedLate(late),
    faults.delayed(slow, slow),
    faults.storeError(500, "InternalError", { applied: true }),
    faults.conflict(),
    faults.conflict({ applied: true }),
    faults.slowDown({ applied: true }),
    faults.refusedAs500(),
    faults.storeError(429, "SlowDown"),
  ];
}
