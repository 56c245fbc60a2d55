import { type EndReason, leaseDuration } from "../../../elector/mod.ts";
import type { Observed } from "../../../lock/mod.ts";

/** How many terms, requests and failures are remembered. */
const MOST = { terms: 40, requests: 60, failures: 6 };

/** How a term ended, as far as this candidate saw: its own terms have a reason. */
export type SeenEnd = EndReason | "released" | "replaced" | "lapsed";

/** A term that this candidate has seen. Times are of the monotonic clock, in milliseconds. */
export interface SeenTerm {
  /** The fencing token. */
  readonly token: number;
  /** Who led. */
  readonly holder: string;
  /** Whether this candidate led. */
  readonly isOwn: boolean;
  /** When it began by the leader's own clock, in milliseconds since the Unix epoch. */
  readonly acquireTime: number | null;
  /** When it was first seen. */
  readonly from: number;
  /** When its record was last seen to change. */
  readonly changedAt: number;
  /** How long its lease lasts after a change, in milliseconds. */
  readonly lease: number;
  /** The version that was seen last. */
  readonly version: string;
  /** When it ended, and how; `undefined` while it runs. */
  readonly ended: { readonly at: number; readonly how: SeenEnd } | undefined;
}

/** A request to the store. */
export interface SeenRequest {
  /** How long the response took, or the failure, in milliseconds. */
  readonly ms: number;
  /** Whether a response came that is no error of the server's. */
  readonly isOk: boolean;
}

/** A failure that was reported. */
export interface SeenFailure {
  /** When (monotonic, milliseconds). */
  readonly at: number;
  /** Its message. */
  readonly message: string;
}

/** What a candidate has seen since it started, for its page. It decides nothing. */
export class Observations {
  #terms: readonly SeenTerm[] = [];
  #requests: readonly SeenRequest[] = [];
  #failures: readonly SeenFailure[] = [];

  /** Takes what the lock showed. */
  sawRecord({ record, version, own }: Observed, at: number): void {
    const last = this.#terms.at(-1);
    const { holderIdentity: holder, leaderTransitions: token, acquireTime } = record;
    if (last && last.version === version && last.token === token && last.holder === holder) return;
    // What was shown at first under this version may have been the record of a write that is not in effect.
    const before = last?.version === version && last.from === last.changedAt ? last : undefined;
    const terms = before ? this.#terms.slice(0, -1) : this.#terms;
    const current = terms.at(-1);
    if (holder === "") return this.#keep(current ? closeLast(terms, at, "released") : terms);
    const lease = leaseDuration(record);
    if (current && current.token === token && current.holder === holder) {
      const ended = isFinal(current) ? current.ended : undefined;
      const renewed = { ...current, changedAt: at, lease, version, ended };
      return this.#keep([...terms.slice(0, -1), renewed]);
    }
    const term = { token, holder, isOwn: own, acquireTime, lease, version, ended: undefined };
    const from = before?.from ?? at;
    this.#keep([...closeLast(terms, at, "replaced"), { ...term, from, changedAt: from }]);
  }

  /** Takes the end of a term of this candidate's. */
  ownTermEnded(token: number, how: EndReason, at: number): void {
    this.#keep(
      this.#terms.map((term) =>
        term.isOwn && term.token === token && !term.ended ? { ...term, ended: { at, how } } : term
      ),
    );
  }

  /** Takes what a request came to. */
  sawRequest(request: SeenRequest): void {
    this.#requests = [...this.#requests, request].slice(-MOST.requests);
  }

  /** Takes a failure that was reported. */
  sawFailure(failure: SeenFailure): void {
    this.#failures = [...this.#failures, failure].slice(-MOST.failures);
  }

  /** The terms seen, oldest first: one whose lease has not changed for its duration has ended. */
  terms(now: number): readonly SeenTerm[] {
    return this.#terms.map((term) => endOf(term, now));
  }

  /** The last requests, oldest first. */
  get requests(): readonly SeenRequest[] {
    return this.#requests;
  }

  /** The last failures, oldest first. */
  get failures(): readonly SeenFailure[] {
    return this.#failures;
  }

  #keep(terms: readonly SeenTerm[]): void {
    this.#terms = terms.slice(-MOST.terms);
  }
}

/** Whether nothing that is seen later can show that the term goes on: a lease that seemed to lapse may be renewed late. */
function isFinal({ ended }: SeenTerm): boolean {
  return ended !== undefined && ended.how !== "lapsed" && ended.how !== "replaced";
}

function closeLast(terms: readonly SeenTerm[], at: number, how: SeenEnd): readonly SeenTerm[] {
  const last = terms.at(-1);
  if (!last || last.ended) return terms;
  const lapsed = endOf(last, at);
  return [...terms.slice(0, -1), lapsed.ended ? lapsed : { ...last, ended: { at, how } }];
}

function endOf(term: SeenTerm, now: number): SeenTerm {
  const at = term.changedAt + term.lease;
  return term.ended || now < at ? term : { ...term, ended: { at, how: "lapsed" } };
}
