import type { Fault as StoreFault } from "../../../store/server/mod.ts";

/** How the server responds to a request that a fault lets through. */
export interface ProceedOptions {
  /**
   * By how many moves of the gist's branch the response lags, as a replica's may: its files and by default its history. The
   * response to a write is created after the write, so 1 shows what it replaced. A revision that is requested by its name
   * always has its own content.
   *
   * @default {0}
   */
  readonly staleBy?: number | undefined;
  /**
   * By how many moves of the gist's branch the history in the response, or the list of commits, lags. If it differs from
   * `staleBy`, the response mixes two instants.
   *
   * @default {staleBy}
   */
  readonly historyStaleBy?: number | undefined;
  /**
   * How long after a PATCH took effect its response is created, in milliseconds. It shows what others write meanwhile.
   *
   * @default {0}
   */
  readonly answerAfter?: number | undefined;
}

/** Passes the request to the server. May be called once, never, twice, or late. */
export type Proceed = (options?: ProceedOptions) => Promise<Response>;

/** Handles a request in place of the server. A rejection is a network failure. */
export type Fault = StoreFault<Proceed>;
