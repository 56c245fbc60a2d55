/**
 * The {@linkcode Lock} interface with its {@linkcode LeaderElectionRecord} and errors, the {@linkcode Clock} that measures
 * every timeout, and the {@linkcode Fence}, with which a resource refuses a leader whose term has ended.
 *
 * @module
 */

export * from "./checks.ts";
export * from "./clock.ts";
export * from "./errors.ts";
export * from "./escape.ts";
export * from "./fake_clock.ts";
export * from "./fence.ts";
export * from "./identity.ts";
export * from "./lock.ts";
export * from "./record.ts";
export { type Fetch, systemClock } from "./system.ts";
