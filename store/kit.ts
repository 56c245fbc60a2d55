/**
 * The parts that stores over HTTP share. Internal: for `gist/` and `bucket/`.
 *
 * @module
 */

export type { Authorization } from "./http/authorization.ts";
export { checkBaseUrl, checkOptions, checkRequestTimeout, isLoopback } from "./http/base_url.ts";
export { concatBytes } from "./bytes.ts";
export { unknownOutcome } from "./errors.ts";
export { baseOf, parseText, tokenOf } from "./parser.ts";
export { RecentMap } from "./recent_map.ts";
export { redact } from "./http/redact.ts";
export { MAX_ANSWER_BYTES, textOf } from "./http/response_body.ts";
export { rateLimitWait, readDate, readSeconds } from "./http/retry_after.ts";
export {
  type HttpAnswer,
  type HttpRequest,
  Transport,
  type TransportOptions,
} from "./http/transport.ts";
export { unlessAborted } from "./unless_aborted.ts";
