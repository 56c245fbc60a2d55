import type { Random } from "../sim/random.ts";
import type { Span } from "./beats.ts";
import { type Candidate, kill } from "./candidate.ts";
import { TIMINGS } from "./settings.ts";

/** Something that is done to the candidates. */
export interface Kind {
  /** What is done, for the report. */
  readonly name: string;
  /** Whether nobody can be expected to lead, or to be heard, before it is over. */
  readonly hindersAll: boolean;
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
  /** Waits. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Asks a candidate whether it leads, and takes note where it may not say so. */
  readonly ask: (candidate: Candidate) => Promise<void>;
}

async function killOne(leader: Candidate, pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  leader.strike();
  kill(pid, "SIGKILL");
  await Promise.resolve();
}

/** How often a process that was continued is asked whether it leads. */
const QUESTIONS = 8;

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
  kind("kill keeper", ({ leader }) => killOne(leader, leader.keeper)),
  kind("kill campaigner", async ({ leader }) => killOne(leader, await leader.campaigner())),
  // Its end ends the campaign, unless it was being ended already: then the candidate goes on.
  kind("kill command", async ({ command, sleep }) => {
    kill(command.pid, "SIGKILL");
    await sleep(LAST_HEARD);
  }),
  kind("stop keeper", (target) => stopOne(target, target.leader.keeper)),
  kind("stop campaigner", async (target) => stopOne(target, await target.leader.campaigner())),
  kind("stop command", (target) => stopOne(target, target.command.pid), true),
  kind("terminate", async ({ leader }) => {
    leader.strike();
    kill(leader.keeper, "SIGTERM");
    await Promise.resolve();
  }),
  kind("cut off leader", (target) => rain(target, [target.leader], "cut")),
  kind("silence leader", (target) => rain(target, [target.leader], "silent")),
  kind("cut off all", (target) => rain(target, target.all, "cut"), true),
  kind("slow down all", (target) => rain(target, target.all, "slow"), true),
];

function kind(name: string, strike: Kind["strike"], hindersAll = false): Kind {
  return { name, strike, hindersAll };
}

/** Draws what happens next, each kind as often as any other. */
export class Deck {
  readonly #random: Random;
  #cards: Kind[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  draw(): Kind {
    if (this.#cards.length === 0) this.#cards = [...KINDS];
    const [card] = this.#cards.splice(this.#random.index(this.#cards.length), 1);
    if (!card) throw new Error("There must be a card: the deck was just filled");
    return card;
  }
}
