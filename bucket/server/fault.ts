import type { Clock } from "../../lock/mod.ts";
import type { ReceivedRequest } from "./request.ts";

/** Lets the server act on the request. May be called once, never, twice, or late. */
export type Proceed = () => Promise<Response>;

/** What stands between a request and its response. Rejecting is a network that fails. */
export type Fault = (
  request: ReceivedRequest,
  proceed: Proceed,
  clock: Clock,
) => Promise<Response>;

/** Whether the server acts on the request that it answers with an error. */
export interface AppliedOptions {
  /**
   * Whether the request takes effect.
   *
   * @default {false}
   */
  readonly applied?: boolean | undefined;
}
