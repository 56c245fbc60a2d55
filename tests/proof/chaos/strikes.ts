import type { Random } from "../sim/random.ts";
import type { Span } from "./beats.ts";
import { kill } from "../../support/elector_process.ts";
import type { Candidate } from "./candidate.ts";
import { TIMINGS } from "./settings.ts";

/** Something that is done to the candidates. */
export interface Kind {
  /** What is done, for the report. */
  readonly name: string;
  /** Whether nobody can be expected to lead, or to be heard, before it is over. */
  readonly hindersAll: boolean;
  /** Whether the lock is released, so that another leads soon. */
  readonly isClean: boolean;
  /** Does it, and undoes it after so many milliseconds where that can be done. */
  readonly strike: (target: Target) => Promise<void>;
}

/** What a strike hits. */
export interface Target {
  /** The command that runs. */
  readonly command: Span;
  /** Whose it is. */
  readonly leader: Candidate;
  /** All candidates. */
  readonly all: readonly Candidate[];
  /** How long what passes lasts, in milliseconds. */
  readonly duration: number;
  /** Draws what is left open. */
  readonly random: Random;
  /** Waits. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Asks a candidate whether it leads, and takes note where it may not say so. */
  readonly ask: (candidate: Candidate) => Promise<void>;
}

function killOne(leader: Candidate, pid: number | undefined): void {
  if (pid === undefined) return;
  leader.isStruck = true;
  kill(pid);
}

/** How often a process that was continued is asked whether it leads. */
const QUESTIONS = 8;

type Part = "keeper" | "campaigner" | "command";

/** Sends signals to processes of the leader, one after the other, a few milliseconds apart; see systemd's control groups. */
async function signalEach(
  { command, leader, random, sleep }: Target,
  signal: Deno.Signal,
  parts: readonly Part[],
): Promise<void> {
  const [keeper, campaigner] = await Promise.all([leader.keeper(), leader.campaigner()]);
  const pids = { keeper, campaigner, command: command.pid };
  const left = [...parts];
  while (left.length > 0) {
    const [part] = left.splice(random.index(left.length), 1);
    const pid = part && pids[part];
    if (pid !== undefined) kill(pid, signal);
    if (left.length > 0) await sleep(random.between(0, 40));
  }
}

/** Ends the leader by signals: it must release the lock, whichever of its processes gets which first. */
function ending(name: string, signal: Deno.Signal, parts: readonly Part[]): Kind {
  const strike = async (target: Target) => {
    target.leader.isStruck = true;
    await signalEach(target, signal, parts);
  };
  return { name, strike, hindersAll: false, isClean: true };
}

async function stopOne(
  { leader, duration, sleep, ask }: Target,
  pid: number | undefined,
): Promise<void> {
  if (pid === undefined) return;
  kill(pid, "SIGSTOP");
  await sleep(duration);
  // A question that waits for the process is the first thing that it finds when it goes on.
  const waiting = ask(leader);
  await sleep(20);
  if (!leader.hasEnded) kill(pid, "SIGCONT");
  await waiting;
  for (let question = 0; question < QUESTIONS; question++) await ask(leader);
}

async function rain(
  { duration, sleep }: Target,
  candidates: readonly Candidate[],
  weather: "cut" | "silent" | "slow",
): Promise<void> {
  for (const { proxy } of candidates) proxy.weather = weather;
  await sleep(duration);
  for (const { proxy } of candidates) proxy.weather = "clear";
}

/** How long a killed command's child is still heard at most, in milliseconds: the grace, and a little. */
const LAST_HEARD = TIMINGS.grace + 300;

/** All that can happen, one at a time. */
const KINDS: readonly Kind[] = [
  kind("kill keeper", async ({ leader }) => killOne(leader, await leader.keeper())),
  kind("kill campaigner", async ({ leader }) => killOne(leader, await leader.campaigner())),
  // Its end ends the campaign, unless it was being ended already: then the candidate goes on.
  kind("kill command", async ({ command, sleep }) => {
    kill(command.pid);
    await sleep(LAST_HEARD);
  }),
  kind("stop keeper", async (target) => stopOne(target, await target.leader.keeper())),
  kind("stop campaigner", async (target) => stopOne(target, await target.leader.campaigner())),
  kind("stop command", (target) => stopOne(target, target.command.pid), true),
  ending("terminate", "SIGTERM", ["keeper"]),
  kind("cut off leader", (target) => rain(target, [target.leader], "cut")),
  kind("silence leader", (target) => rain(target, [target.leader], "silent")),
  kind("cut off all", (target) => rain(target, target.all, "cut"), true),
  kind("slow down all", (target) => rain(target, target.all, "slow"), true),
];

/** Does something to a leader that cannot write a line meanwhile. */
async function gag({ leader }: Target, strike: () => Promise<void>): Promise<void> {
  await leader.block();
  await strike();
  leader.unblock();
}

const ALL: readonly Part[] = ["keeper", "campaigner", "command"];

/** What a hostile outside does besides. */
const HOSTILE_KINDS: readonly Kind[] = [
  ending("terminate group", "SIGTERM", ALL),
  ending("interrupt group", "SIGINT", ALL),
  ending("terminate campaigner", "SIGTERM", ["campaigner"]),
  ending("hang up group", "SIGHUP", ALL),
  ending("quit group", "SIGQUIT", ALL),
  // What is meant for the command does nothing to the campaigner.
  kind("signal campaigner", async (target) => {
    for (const signal of ["SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const) {
      await signalEach(target, signal, ["campaigner"]);
    }
  }),
  // Its last lines are on the way from the end of its lease to the end of its command.
  kind("gag and cut leader", (target) => gag(target, () => rain(target, [target.leader], "cut"))),
  kind("gag and stop camp.", async (target) => {
    const campaigner = await target.leader.campaigner();
    await gag(target, () => stopOne(target, campaigner));
  }),
  kind("freeze leader", async ({ leader, duration, sleep }) => {
    leader.proxy.freeze();
    await sleep(duration);
  }),
  kind("freeze all", async ({ all, duration, sleep }) => {
    for (const { proxy } of all) proxy.freeze();
    await sleep(duration);
  }),
];

function kind(name: string, strike: Kind["strike"], hindersAll = false): Kind {
  return { name, strike, hindersAll, isClean: false };
}

/** Draws what happens next, each kind as often as any other. */
export class Deck {
  readonly #random: Random;
  readonly #kinds: readonly Kind[];
  #cards: Kind[] = [];

  constructor(random: Random, isHostile: boolean) {
    this.#random = random;
    this.#kinds = isHostile ? [...KINDS, ...HOSTILE_KINDS] : KINDS;
  }

  draw(): Kind {
    if (this.#cards.length === 0) this.#cards = [...this.#kinds];
    const [card] = this.#cards.splice(this.#random.index(this.#cards.length), 1);
    if (!card) throw new Error("There must be a card: the deck was just filled");
    return card;
  }
}
