import type { Effect, Outcome } from "../../../elector/machine/events.ts";
import type { Trip } from "./network.ts";
import { nameOf } from "./observer.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** A call that leaves, in words. */
export function tellCall(
  { call: { purpose, write }, version, record }: Extract<Effect, { type: "call" }>,
  { arriveAt, answerAt }: Trip,
  now: number,
): string {
  const what = record
    ? `sends a ${purpose} (token ${write?.token ?? record.leaderTransitions}) after ${version}`
    : "reads";
  const when = (time: number) => time === Infinity ? "never" : `in ${(time - now).toFixed(3)} ms`;
  return `${what}: arrives ${when(arriveAt)}, answered ${when(answerAt)}`;
}

/** What a call came to, in words. */
export function tellOutcome(outcome: Outcome): string {
  switch (outcome.type) {
    case "record": {
      const { version, own, record: { holderIdentity, leaderTransitions } } = outcome.observed;
      const holder = holderIdentity === "" ? "released" : `held by ${holderIdentity}`;
      return `${version} is ${holder}${own ? " (this session)" : ""}, token ${leaderTransitions}`;
    }
    case "unreadable":
      return `${outcome.version} cannot be read, token at least ${outcome.tokenFloor}`;
    case "failed": {
      const { retryAt, permanent } = outcome;
      return retryAt !== undefined ? "wait" : permanent ? "refused" : "a failure";
    }
    default:
      return outcome.type;
  }
}

/** What an election wants done, in words; calls are told when they leave. */
export function tellEffect(world: World, process: Process, effect: Effect): void {
  const name = nameOf(process);
  switch (effect.type) {
    case "startTerm":
      return world.tell(`${name} LEADS, token ${effect.token}`);
    case "extendTerm":
      return world.tell(`${name} leads for longer`);
    case "endTerm":
      return world.tell(`${name} STOPS: ${effect.reason}`);
    case "abandon":
      return world.tell(`${name} gives its call up`);
    case "report":
      return world.tell(`${name} reports: ${effect.problem}`);
    case "finish":
      return world.tell(`${name} is finished: ${effect.how}`);
    case "newLeader":
      return world.tell(`${name} sees ${effect.identity === "" ? "nobody" : effect.identity} lead`);
  }
}
