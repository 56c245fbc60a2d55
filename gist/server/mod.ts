/**
 * A local gist server for tests and experiments: {@linkcode GistServer} behaves as GitHub's REST API and git server for
 * gists, {@linkcode serveGists} serves it on a port, and {@linkcode faults} make it fail as networks and servers do.
 *
 * Limits: it does not model GitHub's speed, or its consistency beyond the injected faults; it keeps everything in memory
 * until the process ends; every token has full access to its account.
 *
 * @module
 */

export type { Clock, SleepOptions } from "../../lock/mod.ts";
export type { RequestCounts } from "./counts.ts";
export type {
  AppliedOptions,
  Fault as StoreFault,
  InjectOptions,
  ListenOptions,
  Proceed as StoreProceed,
  ReceivedRequest,
  Served,
} from "../../store/server/mod.ts";
export type { Fault, Proceed, ProceedOptions } from "./faults/fault.ts";
export type { LimitOptions } from "./faults/responses.ts";
export * as faults from "./faults/mod.ts";
export { GistServer } from "./server.ts";
export {
  type CreateGistOptions,
  type GistServerOptions,
  LOCAL_TOKEN,
  type Revision,
} from "./options.ts";
export { GITHUB_LIMITS, type RateLimits } from "./limits/limits.ts";
export type { TwoInstantsOptions } from "./faults/replicas.ts";
export type { RequestKind } from "./request.ts";
export { type ServedGists, serveGists, type ServeGistsOptions } from "./serve.ts";
