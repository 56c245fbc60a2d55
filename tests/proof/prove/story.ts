import { describe, describeRecord } from "../model/checks.ts";
import { EDITS } from "../model/foreign.ts";
import type { Action } from "./actions.ts";
import { answersTo } from "./answers.ts";
import type { Failure } from "./explore.ts";
import { tickOf } from "./scope.ts";
import { candidateOf, nameOf, type World } from "./candidate.ts";
import { perform } from "./perform.ts";
import type { Setting } from "./setting.ts";
import { firstWorld } from "./world.ts";

/** Tells a way to a broken promise, step by step, with what each step meant to whom. */
export function tell(setting: Setting, { violation, actions }: Failure): string[] {
  const { scope } = setting;
  const rates = scope.rates.map((rate, index) => `${nameOf(index)} ${rateInWords(rate)}`);
  const lines = [`Clocks: ${rates.join(", ")}. A lease is ${scope.ticks} ticks on a fast clock.`];
  let world = firstWorld(setting);
  for (const action of actions) {
    const place = `[${world.now / tickOf(scope)}] `.padStart(6);
    const isShared = action.kind === "time passes" || action.kind === "gist is edited";
    const subject = isShared ? "" : `${nameOf(action.who)}: `;
    const said = wordsFor(setting, world, action);
    try {
      const next = perform(setting, world, action);
      lines.push(`${place}${subject}${said}${consequences(world, next)}`);
      world = next;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      lines.push(`${place}${subject}${said}`);
    }
  }
  return [...lines, `BROKEN  ${violation.message}`];
}

function rateInWords(rate: number): string {
  return `${rate < 40 ? "slow" : "fast"} by ${Math.abs(rate - 40) * 2.5} %`;
}

function wordsFor(setting: Setting, world: World, action: Action): string {
  const { kind, who, which } = action;
  const { inFlight, strays } = candidateOf(world, who);
  const write = kind.startsWith("late write lands") ? strays[which] : inFlight?.write;
  const named = kind.replace("write", write?.purpose ?? "write");
  switch (kind) {
    case "time passes":
      return "a tick";
    case "write arrives":
    case "write arrives, a copy stays under way":
    case "late write lands":
    case "late write lands, and is answered late":
      return `${named} (base ${write?.base.version}, token ${write?.record.leaderTransitions})`;
    case "write is answered":
    case "read is answered":
      return `${named} ${answerInWords(setting, world, action)}`;
    case "wall clock is set":
      return `${kind} ${which === 0 ? "forward" : "back"}`;
    case "gist is edited":
      return `${kind}: ${EDITS[which]}`;
    default:
      return kind;
  }
}

function answerInWords(setting: Setting, world: World, { who, which }: Action): string {
  const chosen = answersTo(setting, world, who)[which];
  if (!chosen) return "";
  const { shown: { text, head }, outcome } = chosen;
  const by = text === head
    ? `from ${head.version}`
    : `with the text of ${text.version} and the history up to ${head.version}`;
  if (outcome.type !== "record") return `${by}: ${outcome.type}`;
  const { version, isProven, record } = outcome.observed;
  return `${by}: ${version} ${isProven ? "is" : "seems to be"} ${describeRecord(record)}`;
}

/** What changed, for the log and for each elector. */
function consequences(before: World, after: World): string {
  const changes: string[] = [];
  if (before.head !== after.head) {
    const { head } = after;
    const isVoid = head.effective === before.head.effective;
    changes.push(`${head.version} ${isVoid ? "is void" : "takes effect"} (${describe(head)})`);
  }
  after.candidates.forEach((candidate, index) => {
    const was = candidateOf(before, index);
    const name = nameOf(index);
    const { term } = candidate.memory;
    if (!term && was.memory.term) changes.push(`${name}'s term ends`);
    else if (term && !was.memory.term) changes.push(`${name} LEADS, term ${term.token}`);
    else if (term !== was.memory.term) changes.push(`${name}'s term goes on`);
    if (candidate.state.call && candidate.state.call !== was.state.call) {
      const { purpose, proof } = candidate.state.call;
      changes.push(`${name} sends a ${purpose}${proof ? " with proof" : ""}`);
    }
    if (candidate.state.observed?.version !== was.state.observed?.version) {
      changes.push(`${name} takes ${candidate.state.observed?.version} for the newest`);
    }
  });
  return changes.length > 0 ? ` → ${changes.join("; ")}` : "";
}
