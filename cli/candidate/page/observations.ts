import { type EndReason, leaseDuration } from "../../../elector/mod.ts";
import type { Observed } from "../../../lock/mod.ts";

/** How many terms, requests and failures to remember. */
const MOST = { terms: 40, requests: 60, failures: 6 };

/** How a term ended, as this candidate saw it; its own terms have a reason. */
export type SeenEnd = EndReason | "released" | "replaced" | "unrenewed";

/** A term that this candidate has seen. Times are of the monotonic clock, in milliseconds. */
export interface SeenTerm {
  readonly token: number;
  readonly holder: string;
  readonly isOwn: boolean;
  /** When it began by the leader's own clock, in milliseconds since the Unix epoch. */
  readonly acquireTime: number | null;
  /** When it was first seen. */
  readonly from: number;
  /** When a change of its record was last seen. */
  readonly changedAt: number;
  /** How long its lease lasts after a change, in milliseconds. */
  readonly lease: number;
  /** The version that was seen last. */
  readonly version: string;
  /** When it ended, and how; `undefined` while it runs. */
  readonly ended: { readonly at: number; readonly how: SeenEnd } | undefined;
}

export interface SeenRequest {
  /** How long it took until the response, or the failure, in milliseconds. */
  readonly ms: number;
  /** Whether there was a response other than a server error. */
  readonly isOk: boolean;
}

export interface SeenFailure {
  /** Monotonic, in milliseconds. */
  readonly at: number;
  readonly message: string;
}

/** Records what a candidate sees, for its page. The election does not depend on it. */
export class Observations {
  #terms: readonly SeenTerm[] = [];
  /** The last requests, oldest first. */
  requests: readonly SeenRequest[] = [];
  /** The last failures that were logged, oldest first. */
  failures: readonly SeenFailure[] = [];

  sawRecord({ record, version, own }: Observed, at: number): void {
    const last = this.#terms.at(-1);
    const { holderIdentity: holder, leaderTransitions: token, acquireTime } = record;
    if (last && last.version === version && last.token === token && last.holder === holder) return;
    // The record first shown for this version may be that of a write that is not in effect.
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

  ownTermEnded(token: number, how: EndReason, at: number): void {
    this.#keep(
      this.#terms.map((term) =>
        term.isOwn && term.token === token && !term.ended ? { ...term, ended: { at, how } } : term
      ),
    );
  }

  sawRequest(request: SeenRequest): void {
    this.requests = [...this.requests, request].slice(-MOST.requests);
  }

  sawFailure(failure: SeenFailure): void {
    this.failures = [...this.failures, failure].slice(-MOST.failures);
  }

  /** The terms seen, oldest first: one whose lease has not changed for its duration has ended. */
  terms(now: number): readonly SeenTerm[] {
    return this.#terms.map((term) => endOf(term, now));
  }

  #keep(terms: readonly SeenTerm[]): void {
    this.#terms = terms.slice(-MOST.terms);
  }
}

/** Whether a term has certainly ended: one whose lease was not renewed in time may continue with a late renewal. */
function isFinal({ ended }: SeenTerm): boolean {
  return ended !== undefined && ended.how !== "unrenewed" && ended.how !== "replaced";
}

function closeLast(terms: readonly SeenTerm[], at: number, how: SeenEnd): readonly SeenTerm[] {
  const last = terms.at(-1);
  if (!last || last.ended) return terms;
  const before = endOf(last, at);
  return [...terms.slice(0, -1), before.ended ? before : { ...last, ended: { at, how } }];
}

function endOf(term: SeenTerm, now: number): SeenTerm {
  const at = term.changedAt + term.lease;
  return term.ended || now < at ? term : { ...term, ended: { at, how: "unrenewed" } };
}
