import type { Outcome } from "../../../elector/machine/events.ts";
import { plain, seenIn, type Shown } from "../model/answers.ts";
import { type Commit, sentAgain } from "../model/store.ts";
import { type Candidate, candidateOf, replace, type World } from "./candidate.ts";
import type { Setting } from "./setting.ts";
import { dispatch, straysWith } from "./world.ts";

/** One way in which a call may be answered. */
export interface Answer {
  readonly shown: Shown;
  readonly outcome: Outcome;
}

/**
 * How a candidate's call may be answered: first of all right, by what is newest, or was when a write arrived. Of answers
 * that mean the same to the candidate there is one.
 */
export function answersTo(setting: Setting, world: World, who: number): Answer[] {
  const candidate = candidateOf(world, who);
  const { inFlight } = candidate;
  if (!inFlight) return [];
  if (inFlight.write && !inFlight.arrived) return [];
  const shown = inFlight.arrived
    ? instantsAfter(setting, world, inFlight.arrived)
    : instantsOf(setting, world);
  const answers: Answer[] = [];
  const meanings = new Set<string>();
  for (const each of shown) {
    const outcome = outcomeOf(setting, candidate, each);
    const meaning = meaningOf(each, outcome);
    if (meanings.has(meaning)) continue;
    meanings.add(meaning);
    answers.push({ shown: each, outcome });
    if (world.faults === 0) break;
  }
  return answers;
}

/** What a read may show: the newest, or something older; text and history may be of different instants. */
function instantsOf({ scope }: Setting, { head }: World): Shown[] {
  const commits = backFrom(head, scope.staleness);
  return scope.mixes ? pairs(commits) : commits.map(plain);
}

/** What the answer to a write may show: how it was when the write arrived, or before, or how it is by now. */
function instantsAfter({ scope }: Setting, { head }: World, arrived: Commit): Shown[] {
  if (!scope.mixes) return [plain(arrived)];
  const commits = backFrom(arrived, 1);
  return pairs(head === arrived ? commits : [...commits, head]);
}

function backFrom(head: Commit, steps: number): Commit[] {
  const commits = [head];
  for (let commit = head.parent; commit && commits.length <= steps; commit = commit.parent) {
    commits.push(commit);
  }
  return commits;
}

function pairs(commits: readonly Commit[]): Shown[] {
  return commits.flatMap((head) => commits.map((text) => ({ text, head })))
    .toSorted((one, other) => Number(one.text !== one.head) - Number(other.text !== other.head));
}

function outcomeOf(
  { design, scope }: Setting,
  { state, inFlight, session, known }: Candidate,
  shown: Shown,
): Outcome {
  if (inFlight?.write) return design.answerToWrite(scope.protocol, shown, inFlight.write);
  const knows = ({ index }: Commit) => (known >> index & 1) === 1;
  return design.answerToRead(scope.protocol, shown, { session, knows }, state.call?.proof ?? true);
}

function meaningOf({ text, head }: Shown, outcome: Outcome): string {
  if (outcome.type !== "record") {
    const isFailure = outcome.type === "failed" || outcome.type === "conflict";
    return `${outcome.type} ${isFailure ? "" : head.index}`;
  }
  const { isProven, version, record: { leaderTransitions, holderIdentity } } = outcome.observed;
  const said = `${version} is ${holderIdentity}'s, token ${leaderTransitions}`;
  return `${said}, ${isProven === false ? `shown by ${text.index}` : `proven by ${head.index}`}`;
}

/** A call is answered. A write that has become void may be sent again, before the machine hears of it. */
export function answer(
  setting: Setting,
  world: World,
  who: number,
  { outcome, shown }: Answer,
): World {
  const { inFlight } = candidateOf(world, who);
  const again = outcome.type === "conflict" && inFlight?.write &&
    sentAgain(inFlight.write, world.head);
  if (again) {
    const known = knowing(world, who, world.head);
    return replace(world, who, { inFlight: { write: again, arrived: undefined }, known });
  }
  return hear(setting, world, who, outcome, shown.head);
}

/** What a call came to reaches the machine. */
export function hear(
  setting: Setting,
  world: World,
  who: number,
  outcome: Outcome,
  shownHead: Commit | undefined,
): World {
  const { state, inFlight, strays, known } = candidateOf(world, who);
  const isLost = outcome.type === "failed" && inFlight?.arrived === undefined;
  const last = shownHead && seenIn(outcome, shownHead);
  const next = replace(world, who, {
    inFlight: undefined,
    last,
    known: last ? knowing(world, who, last.head) : known,
    strays: isLost ? straysWith(strays, inFlight, setting.scope) : strays,
  });
  return dispatch(setting, next, who, { type: "answer", id: state.call?.id ?? 0, outcome });
}

/** What a lock knows by name after a proof: everything from a revision back to the one in effect. */
function knowing(world: World, who: number, head: Commit): number {
  let { known } = candidateOf(world, who);
  for (let commit: Commit | undefined = head; commit; commit = commit.parent) {
    known |= 1 << commit.index;
    if (commit === head.effective) break;
  }
  return known;
}
