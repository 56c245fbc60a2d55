import { escapeText } from "../../lock/mod.ts";
import { seconds } from "../candidate/status.ts";
import type { SurveyedCandidate } from "../candidate/survey.ts";
import { formatDuration, type Styles } from "./terminal.ts";

/** Whether every candidate could lead, all take part in one election, and exactly one leads. */
export function isSound(candidates: readonly SurveyedCandidate[]): boolean {
  return candidates.every(({ able }) => able) && leadersOf(candidates).length === 1 &&
    locksOf(candidates).length === 1;
}

function leadersOf(candidates: readonly SurveyedCandidate[]): string[] {
  const leading = candidates.filter(({ isLeader }) => isLeader);
  return leading.map(({ identity }) => identity ?? "");
}

function locksOf(candidates: readonly SurveyedCandidate[]): string[] {
  return [...new Set(candidates.flatMap(({ lock }) => lock ?? []))];
}

/** Describes candidates to an operator: one line each, then what they amount to. */
export function describeSurvey(candidates: readonly SurveyedCandidate[], styles: Styles): string[] {
  const rows = candidates.map((candidate) => [
    candidate.identity === null ? "?" : escapeText(candidate.identity, 60),
    stateOf(candidate),
    candidate.url,
  ]);
  const [first = 0, second = 0] = [0, 1].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  const lines = candidates.flatMap((candidate, index) => {
    const [name = "", state = "", url = ""] = rows[index] ?? [];
    const shown = styleOf(candidate, styles)(state.padEnd(second));
    const where = `${escapeText(url, 100)}${styles.dim(detailOf(candidate))}`;
    const line = `${styles.bold(name.padEnd(first))}  ${shown}  ${where}`;
    const { reason } = candidate;
    return reason === null ? [line] : [line, `${" ".repeat(first)}  ${escapeText(reason, 300)}`];
  });
  return [...lines, "", ...summaryOf(candidates, styles)];
}

function stateOf({ alive, able, isLeader }: SurveyedCandidate): string {
  if (!alive) return "not alive";
  if (!able) return isLeader ? "leads, not able" : "not able";
  return isLeader ? "leads" : "able";
}

function styleOf({ alive, able }: SurveyedCandidate, { green, yellow, red }: Styles) {
  return able ? green : alive ? yellow : red;
}

function detailOf({ token, isLeader, leader, took }: SurveyedCandidate): string {
  const sees = isLeader
    ? `token ${token}`
    : leader === null
    ? ""
    : `sees ${escapeText(leader, 60)}`;
  const details = [sees, took === null ? "" : formatDuration(took)].filter((text) => text !== "");
  return details.length === 0 ? "" : `  (${details.join(", ")})`;
}

function summaryOf(candidates: readonly SurveyedCandidate[], { red }: Styles): string[] {
  const able = candidates.filter((candidate) => candidate.able).length;
  const leaders = leadersOf(candidates).map((name) => escapeText(name, 60));
  const locks = locksOf(candidates).map((name) => escapeText(name, 80));
  const who = leaders.length === 0
    ? "none of them leads"
    : leaders.length === 1
    ? `${leaders[0]} leads`
    : red(`several say that they lead: ${leaders.join(", ")}`);
  return [
    `${able} of ${candidates.length} alive and able; ${who}`,
    ...(locks.length > 1
      ? [red(`They do not take part in one election: ${locks.join(", ")}`)]
      : []),
  ];
}

export function surveyJson(candidates: readonly SurveyedCandidate[]): Record<string, unknown> {
  return {
    candidates: candidates.map(({ took, ...candidate }) => ({
      ...candidate,
      responseSeconds: took === null ? null : seconds(took),
    })),
    leaders: leadersOf(candidates),
    sound: isSound(candidates),
  };
}
