/**
 * What a lock is: the {@linkcode Lock} interface, the {@linkcode LeaderElectionRecord} that it keeps, the errors that it
 * rejects with, the {@linkcode Clock} that everything above it counts with. And the
 * {@linkcode Fence}, by which a resource refuses a leader whose term is over.
 *
 * @module
 */

export * from "./clock.ts";
export * from "./errors.ts";
export * from "./escape.ts";
export * from "./fake_clock.ts";
export * from "./fence.ts";
export * from "./identity.ts";
export * from "./lock.ts";
export * from "./record.ts";
export { type Fetch, systemClock } from "./system.ts";
