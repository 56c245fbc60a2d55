import type { Clock } from "../../lock/mod.ts";
import type { ReceivedRequest } from "./request.ts";

/** Passes the request to the server. May be called once, never, twice, or late. */
export type Proceed = () => Promise<Response>;

/** Handles a request in place of the server. A rejection is a network failure. */
export type Fault<P = Proceed> = (
  request: ReceivedRequest,
  proceed: P,
  clock: Clock,
) => Promise<Response>;

/** Options of faults that respond with an error. */
export interface AppliedOptions {
  /**
   * Whether the request takes effect anyway.
   *
   * @default {false}
   */
  readonly applied?: boolean | undefined;
}

/** Which requests an injected fault applies to. */
export interface InjectOptions<Kind = string> {
  /** Restricts the fault to requests of this kind. */
  readonly kind?: Kind | undefined;
  /** Restricts the fault to requests for which this returns `true`. */
  readonly when?: ((request: ReceivedRequest) => boolean) | undefined;
  /**
   * The number of requests that the fault applies to.
   *
   * @default {1}
   */
  readonly times?: number | undefined;
}

/** The faults that wait for their requests, in the order in which they were injected. */
export class InjectedFaults<Kind, P> {
  readonly #kindOf: (request: ReceivedRequest) => Kind;
  #waiting: { fault: Fault<P>; matches: (request: ReceivedRequest) => boolean; times: number }[] =
    [];

  constructor(kindOf: (request: ReceivedRequest) => Kind) {
    this.#kindOf = kindOf;
  }

  /** How many requests have yet to meet a fault. */
  get pending(): number {
    return this.#waiting.reduce((sum, { times }) => sum + times, 0);
  }

  add(fault: Fault<P>, { kind, when, times = 1 }: InjectOptions<Kind> = {}): void {
    const matches = (request: ReceivedRequest) =>
      (kind === undefined || this.#kindOf(request) === kind) &&
      (when === undefined || when(request));
    this.#waiting.push({ fault, matches, times });
  }

  /** Returns the first fault that applies to a request, and counts it as met. */
  take(request: ReceivedRequest): Fault<P> | undefined {
    const next = this.#waiting.find(({ matches }) => matches(request));
    if (next) next.times--;
    this.#waiting = this.#waiting.filter(({ times }) => times > 0);
    return next?.fault;
  }
}
