import type { Clock } from "../../../lock/mod.ts";
import type { ReceivedRequest } from "../request.ts";

/** How the server is to answer a request that a fault lets through. */
export interface ProceedOptions {
  /**
   * How many moves of the gist's branch the answer is behind, as a replica's may be: its files and, where nothing else is
   * said, its history. The answer to a write is put together after the write, so that 1 shows what it replaced. A revision
   * that is asked for by its name has the text it always has.
   *
   * @default {0}
   */
  readonly staleBy?: number | undefined;
  /**
   * How many moves of the gist's branch the history in the answer, or the list of commits, is behind: where it differs from
   * `staleBy`, the answer is put together from two instants.
   *
   * @default {staleBy}
   */
  readonly historyStaleBy?: number | undefined;
  /**
   * How long after the request took effect the answer to a PATCH is put together, in milliseconds: what others write
   * meanwhile is in it.
   *
   * @default {0}
   */
  readonly answerAfter?: number | undefined;
}

/** Lets the server act on the request. May be called once, never, twice, or late. */
export type Proceed = (options?: ProceedOptions) => Promise<Response>;

/** What stands between a request and its answer. Rejecting is a network that fails. */
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
