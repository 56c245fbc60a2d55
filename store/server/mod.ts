/**
 * What the local servers of gists and of buckets share. Internal: for `gist/server/` and `bucket/server/`.
 *
 * @module
 */

export {
  type AppliedOptions,
  type Fault,
  InjectedFaults,
  type InjectOptions,
  type Proceed,
} from "./fault.ts";
export { giantAnswer } from "./giant_answer.ts";
export { receive, type ReceivedRequest } from "./request.ts";
export { type ListenOptions, serve, type Served } from "./serve.ts";
