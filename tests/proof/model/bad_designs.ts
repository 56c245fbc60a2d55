/**
 * Ways to elect a leader that look right, and are not: most are in wide use. Each is the shipped one with one change, so
 * that what a check finds is that change.
 *
 * @module
 */

import { leaseDuration } from "../../../elector/machine/lease.ts";
import type { Effect } from "../../../elector/machine/events.ts";
import { mayBe, recordOf, successorOf } from "./answers.ts";
import { type Design, SHIPPED, unlike, withInput, withResult } from "./design.ts";
import { observedIn } from "./preference.ts";
import { isWrite, type WriteRequest } from "./store.ts";

/** client-go: the deadline is counted from the answer to a write, while others count from the write. */
export const DEADLINE_FROM_ANSWER = withResult("deadline from the answer", (result, { now }) => {
  const { state: { lease }, effects } = result;
  const sentAt = { monotonic: now.monotonic, wall: now.wall };
  const isCounted = ({ type }: Effect) => type === "startTerm" || type === "extendTerm";
  if (!lease || !effects.some(isCounted)) return result;
  return {
    ...result,
    effects: effects.map((effect) => isCounted(effect) ? { ...effect, sentAt } : effect),
    state: { ...result.state, lease: { ...lease, sentAt } },
  };
});

/** client-go: on a stop the lock is released at once, while the work may still go on. */
export const RELEASE_BEFORE_SETTLED = withResult(
  "release before the work has settled",
  (result, { config, event, now }) => {
    if (event.type !== "stop" || !result.state.working) return result;
    const released = SHIPPED.step(config, result.state, { type: "settled" }, now);
    return { ...released, effects: [...result.effects, ...released.effects] };
  },
);

/** client-go: a release that finds another record writes over that, too. */
export const RELEASE_OVER_SUCCESSOR = unlike("release over a successor", {
  applyWrite(protocol, head, write, at) {
    const sent = write.purpose === "release" ? { ...write, base: head } : write;
    return SHIPPED.applyWrite(protocol, head, sent, at);
  },
});

/** Many locks over a store of plain files: a write that is answered with success has won. */
export const SUCCESS_MEANS_WON = unlike("200 means I won", {
  answerToWrite(protocol, shown, write) {
    const { head } = shown;
    if (!isWrite(head, write)) return SHIPPED.answerToWrite(protocol, shown, write);
    return recordOf(head, head, true, write.session);
  },
});

/** Many locks with an expiry date: a lease has expired when the time in its record says so. */
export const TRUST_RENEW_TIME = withInput("trust renewTime", ({ before, event, now }) => {
  const seen = observedIn(event);
  const renewTime = seen?.record.renewTime ?? Infinity;
  const { observed } = before;
  if (!seen || !observed || observed.version !== seen.version) return {};
  const isExpired = now.wall - renewTime >= leaseDuration(seen.record);
  const at = isExpired ? -Infinity : now.monotonic;
  return { before: { ...before, observed: { ...observed, at } } };
});

/** A campaign is ready to act as soon as it is made: what happens to it before it is run has effects. */
export const ACTS_BEFORE_START = unlike("a campaign that was never run leads", {
  step(config, before, event, now) {
    if (before.started || event.type === "start") return SHIPPED.step(config, before, event, now);
    const result = SHIPPED.step(config, { ...before, started: true }, event, now);
    return { ...result, state: { ...result.state, started: false } };
  },
});

/** A text belongs to the newest revision that is shown beside it, if it names that one's predecessor as its base. */
export const HEARSAY_OF_RIVALS = unlike("hearsay of rivals: a read is believed by its base", {
  answerToRead(protocol, shown, reader, proof) {
    const { text, head } = shown;
    const isBelieved = protocol === "rest" && mayBe(text, head) && text.file.kind === "record" &&
      text.file.session !== reader.session;
    return isBelieved
      ? recordOf(text, head, true, reader.session)
      : SHIPPED.answerToRead(protocol, shown, reader, proof);
  },
});

/** The same of the answer to a claim. */
export const HEARSAY_OF_OWN_CLAIMS = unlike(
  "hearsay of own claims: an answer is believed by its base",
  { answerToWrite: believe(["create", "claim"]) },
);

/** The same of the answer to a renewal: within a live lease there seems to be no rival. */
export const HEARSAY_OF_RENEWALS = unlike("hearsay of renewals: a live lease has no rivals", {
  answerToWrite: believe(["renew"]),
});

function believe(purposes: readonly WriteRequest["purpose"][]): Design["answerToWrite"] {
  return (protocol, shown, write) => {
    const { text, head } = shown;
    const isBelieved = protocol === "rest" && purposes.includes(write.purpose) &&
      successorOf(write.base, head) === head && isWrite(text, write);
    return isBelieved
      ? recordOf(text, head, true, write.session)
      : SHIPPED.answerToWrite(protocol, shown, write);
  };
}
