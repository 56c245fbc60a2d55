/**
 * Faults as networks and GitHub have them, for {@linkcode GistServer.inject} and {@linkcode GistServer.intercept}.
 *
 * @module
 */

export * from "./responses.ts";
export * from "./network.ts";
export * from "./replicas.ts";
