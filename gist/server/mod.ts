/**
 * GitHub's gists on this machine, in memory, for tests and for trying things out: {@linkcode GistServer} answers as
 * GitHub's REST API and git server do, {@linkcode serveGists} puts it on a port, and {@linkcode faults} make it fail the
 * way networks and servers fail.
 *
 * What it does not do: it is no model of GitHub's speed or consistency beyond the faults that are asked for, it keeps
 * everything in memory and for ever, and it knows one kind of token only, which may do everything.
 *
 * @module
 */

export type { RequestCounts } from "./counts.ts";
export type { AppliedOptions, Fault, Proceed, ProceedOptions } from "./faults/fault.ts";
export type { LimitOptions } from "./faults/responses.ts";
export * as faults from "./faults/mod.ts";
export { GistServer } from "./server.ts";
export {
  type CreateGistOptions,
  type GistServerOptions,
  type InjectOptions,
  LOCAL_TOKEN,
  type Revision,
} from "./options.ts";
export { GITHUB_LIMITS, type RateLimits } from "./limits/limits.ts";
export type { TwoInstantsOptions } from "./faults/replicas.ts";
export type { ReceivedRequest, RequestKind } from "./request.ts";
export { type ServedGists, serveGists, type ServeGistsOptions } from "./serve.ts";
