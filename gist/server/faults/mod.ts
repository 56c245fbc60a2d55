/**
 * Faults of networks and of GitHub, for {@linkcode GistServer.inject} and {@linkcode GistServer.intercept}.
 *
 * @module
 */

export * from "./responses.ts";
export {
  answerLost,
  appliedLate,
  appliedTwice,
  delayed,
  hanging,
  networkFailure,
  requestLost,
} from "../../../store/server/mod.ts";
export * from "./replicas.ts";
