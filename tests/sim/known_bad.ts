import { isClaimable } from "../../elector/lease.ts";
import { type MachineConfig, step } from "../../elector/machine.ts";
import type { Effect, Event, Reading, State, Step } from "../../elector/state.ts";
import type { Protocol } from "../../gist/mod.ts";
import type { Promised } from "../model/checks.ts";
import { answerToWrite, applyWrite } from "../model/store.ts";
import { type Design, SHIPPED } from "./design.ts";

/** A design that others use, or that comes to mind first, and what is wrong with it. */
export interface KnownBad {
  readonly name: string;
  readonly design: Design;
  /** The promise that it breaks first. */
  readonly breaks: Promised;
  /** The first seed that shows it. */
  readonly seed: number;
  /** The protocol that has it. */
  readonly protocol: Protocol;
}

/** client-go: a term is counted from the moment that the answer arrived. */
function countFromAnswer(config: MachineConfig, before: State, event: Event, now: Reading): Step {
  const after = step(config, before, event, now);
  const sentAt = { monotonic: now.monotonic, wall: now.wall };
  let isCounted = false;
  const effects = after.effects.map((effect): Effect => {
    if (effect.type !== "startTerm" && effect.type !== "extendTerm") return effect;
    isCounted = true;
    return { ...effect, sentAt };
  });
  const { lease } = after.state;
  if (!isCounted || !lease) return after;
  const state = { ...after.state, lease: { ...lease, sentAt } };
  return { ...after, effects, state };
}

/** client-go: the lock is released before the work was told to stop, let alone has stopped. */
function releaseBeforeSettled(
  config: MachineConfig,
  before: State,
  event: Event,
  now: Reading,
): Step {
  const after = step(config, before, event, now);
  const { lease, working } = after.state;
  if (event.type !== "stop" || !lease || !working) return after;
  const released = step(config, after.state, { type: "settled" }, now);
  return { ...released, effects: [...after.effects, ...released.effects] };
}

/** The lease has expired when its time of renewal, by its writer's wall clock, is long ago by the reader's. */
function trustRenewTime(config: MachineConfig, before: State, event: Event, now: Reading): Step {
  if (event.type !== "answer" || event.outcome.type !== "record") {
    return step(config, before, event, now);
  }
  const { observed: { record, version } } = event.outcome;
  const { observed } = before;
  const age = now.wall - (record.renewTime ?? now.wall);
  if (observed?.version !== version || isClaimable(observed, now) || age < observed.duration) {
    return step(config, before, event, now);
  }
  const expired = { ...before, observed: { ...observed, at: now.monotonic - observed.duration } };
  return step(config, expired, event, now);
}

/** All of them. */
export const KNOWN_BAD: readonly KnownBad[] = [
  {
    name: "client-go: the term counts from the answer",
    design: { ...SHIPPED, step: countFromAnswer },
    breaks: "a term counts from its write",
    seed: 1,
    protocol: "rest",
  },
  {
    name: "client-go: released before the work has stopped",
    design: { ...SHIPPED, step: releaseBeforeSettled },
    breaks: "a release follows the work",
    seed: 2,
    protocol: "rest",
  },
  {
    name: "client-go: released over a successor",
    design: {
      ...SHIPPED,
      applyWrite: (protocol, head, write, at) => {
        if (write.purpose !== "release") return applyWrite(protocol, head, write, at);
        return applyWrite(protocol, head, { ...write, base: head }, at);
      },
    },
    breaks: "a release is of its own",
    seed: 2,
    protocol: "rest",
  },
  {
    name: "200 means that I won",
    design: {
      ...SHIPPED,
      answerToWrite: (head, write) => {
        const { version } = head;
        const told = answerToWrite(head, write);
        if (told.type === "record") return told;
        return { type: "record", observed: { record: write.record, version, own: true } };
      },
    },
    breaks: "a term counts from its write",
    seed: 1,
    protocol: "rest",
  },
  {
    name: "the time of renewal is trusted",
    design: { ...SHIPPED, step: trustRenewTime },
    breaks: "a claim waits",
    seed: 1,
    protocol: "rest",
  },
];
