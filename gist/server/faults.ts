/**
 * Faults as networks and GitHub have them, for {@linkcode GistServer.inject} and {@linkcode GistServer.intercept}.
 *
 * @module
 */

export * from "./fault_answers.ts";
export * from "./network_faults.ts";
export * from "./replica_faults.ts";
