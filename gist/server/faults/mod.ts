/**
 * Faults of networks and of GitHub, for {@linkcode GistServer.inject} and {@linkcode GistServer.intercept}.
 *
 * @module
 */

export * from "./responses.ts";
export * from "../../../store/server/faults/mod.ts";
export * from "./replicas.ts";
