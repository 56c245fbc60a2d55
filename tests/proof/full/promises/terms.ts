import { HANDICAP_POLLS } from "../../../../elector/preference.ts";
import type { Term } from "../../../../elector/mod.ts";
import type { TrueTime } from "../../../elector/drift_clock.ts";
import { Violation } from "../../model/checks.ts";
import type { Candidate } from "../machines/candidate.ts";
import type { Logged } from "../stores/log.ts";
import type { Misfortune, Plan } from "../plan.ts";
import { isRequest } from "./turns.ts";

/** What shows a leader an older record than is in effect, which may cost it a term. */
const STALE: readonly string[] = ["stale read", "history behind", "text behind", "not there yet"];
/** What frees a candidate from holding back, besides another's term. */
const EDITS: readonly Misfortune[] = ["garbage", "edited by hand", "forced release"];

/** Watches what terms count from, why they end, and who holds back then. */
export class Terms {
  readonly #plan: Plan;
  readonly #time: TrueTime;
  /** What each machine's monotonic clock said when a write of this term last took effect. */
  readonly #landed = new Map<string, number>();
  /** How each candidate's last term ended. */
  readonly #ended = new WeakMap<Candidate, { token: number; at: number; reason: string }>();
  #newest: Logged | undefined;
  /** The fencing token that the newest claim replaced, and when. */
  #replaced = { token: -1, at: 0 };

  constructor(plan: Plan, time: TrueTime) {
    this.#plan = plan;
    this.#time = time;
  }

  /** The next text is in effect. */
  note(entry: Logged | undefined, candidates: readonly Candidate[]): void {
    const before = this.#newest?.leaderTransitions ?? -1;
    this.#newest = entry;
    if (!entry || isRequest(entry)) return;
    const { holderIdentity: holder, leaderTransitions: token } = entry;
    const writer = candidates.find(({ name }) => name === holder);
    if (writer) this.#landed.set(`${holder} ${token}`, writer.process.host.monotonic());
    if (holder !== "" && token > before) this.#replaced = { token: before, at: this.#time.now };
  }

  /** A term counts from a write that left before the last one that took effect. */
  checkCount(candidate: Candidate): void {
    const { name, term } = candidate;
    if (!term || !candidate.holdsValidTerm()) return;
    const landed = this.#landed.get(`${name} ${term.token}`) ?? -Infinity;
    if (candidate.countsFrom(term) <= landed + 0.01) return;
    throw new Violation("a term counts from its write", `${name}, token ${term.token}`);
  }

  /** Who gave the lead up does not take it again before the others have had their turns. */
  checkHoldBack(candidate: Candidate): void {
    const ended = this.#ended.get(candidate);
    const { misfortunes, rateBound, timings: { leaseDuration, pollPeriod } } = this.#plan;
    if (ended?.token !== this.#replaced.token || EDITS.some((edit) => misfortunes.includes(edit))) {
      return;
    }
    const turns = (candidate.options.seat.role.rank + 2) * HANDICAP_POLLS * pollPeriod;
    const isAsked = ended.reason === "handover" || ended.reason === "unready";
    const wait = isAsked ? turns : ended.reason === "resigned" ? leaseDuration : 0;
    const waited = (this.#replaced.at - ended.at) * (1 + rateBound) + 0.01;
    if (waited >= wait) return;
    const what = `${candidate.name} holds back for ${waited} of ${wait} ms`;
    throw new Violation("a claim waits its turn", what);
  }

  /** A term ends, and is lost only where its holder was replaced. */
  checkEnd(candidate: Candidate, { token }: Term, reason: string): void {
    this.#ended.set(candidate, { token, at: this.#time.now, reason });
    const { networkFaults, mixedness } = this.#plan;
    const isFooled = mixedness > 0 || networkFaults.some((fault) => STALE.includes(fault));
    if (reason !== "lost" || isFooled) return;
    const { holderIdentity, leaderTransitions } = this.#newest ?? {};
    if (holderIdentity !== candidate.name || leaderTransitions !== token) return;
    throw new Violation(
      "a healthy leader stays",
      `${candidate.name} takes token ${token} for lost while its own write is in effect`,
    );
  }
}
