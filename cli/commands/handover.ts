import { HandoverRefusedError } from "../../elector/mod.ts";
import { escapeText, type LeaderElectionRecord, type Lock, systemClock } from "../../lock/mod.ts";
import { handOver, type HandoverEnd } from "../actions/planned_handover.ts";
import { iso, leadershipJson, leadershipOf, seconds } from "../candidate/status.ts";
import { command } from "../command.ts";
import { CommandError, messageOf, usageError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { openLock } from "../options/lock.ts";
import { LOCK_OPTIONS, TIMING_OPTIONS } from "../options/options.ts";
import { readTimings } from "../options/timings.ts";
import { print, printError } from "../output/output.ts";
import { formatDuration } from "../output/terminal.ts";

export const HANDOVER = command({
  name: "handover",
  summary: "Make the leader, on any machine, hand over to a named candidate",
  usage: "--to NAME [OPTIONS]",
  about:
    "Asks the leader to hand over to the named candidate, and waits until that one leads. The leader " +
    "sees the request at its next renewal, ends its work and releases the lock. Exits with 75 if the " +
    "candidate does not take over in time, and with 1 if there is no leader that can be asked.",
  options: [...LOCK_OPTIONS, "to", ...TIMING_OPTIONS, "wait", "json"],
  examples: ["elector handover --to us-east-1 --gist $GIST_ID"],

  async run(values) {
    const { to, wait, json } = values;
    if (to === undefined) {
      throw usageError("No --to: name the candidate that is to lead, as in --to us-east-1");
    }
    const timings = readTimings(values);
    const lock = openLock(values, { requestTimeout: timings.requestTimeout });
    const report = (text: string) => json || print(text);
    try {
      const end = await handOver({
        lock,
        to,
        timings,
        wait,
        clock: systemClock,
        onRequested({ outcome, leader }, longest) {
          const was = outcome === "requested before" ? "was asked before" : "is asked";
          const limit = `waiting up to ${formatDuration(longest)}`;
          const what = leader === ""
            ? `the last leader handed over to ${name(to)}`
            : `${name(leader)} leads, and ${was} to hand over to ${name(to)}`;
          report(`${what}; ${limit}`);
        },
      });
      if (json) print(JSON.stringify(jsonOf(end, to, lock)));
      const { lines, failure } = describeHandover(end, to);
      for (const line of lines) report(line);
      if (failure === undefined) return EXIT.ok;
      printError(`elector: ${failure}`);
      return EXIT.notAcquired;
    } catch (error) {
      if (!(error instanceof HandoverRefusedError)) throw error;
      const isLate = error.reason === "leader changed";
      throw new CommandError(isLate ? EXIT.notAcquired : EXIT.failed, error.message);
    }
  },
});

function jsonOf(end: HandoverEnd, to: string, lock: Lock): Record<string, unknown> {
  const { outcome, record, asked, vacant } = end;
  const now = systemClock.wall();
  return {
    time: iso(now),
    lock: lock.describe(),
    outcome,
    to,
    from: asked?.holderIdentity || null,
    vacantSeconds: vacant === undefined ? null : seconds(vacant),
    ...leadershipJson(leadershipOf(record, now - (record?.renewTime ?? now))),
  };
}

/** What to report to an operator, and what has failed. */
export function describeHandover(
  { outcome, record, asked, vacant = 0, waited, lastError }: HandoverEnd,
  to: string,
): { readonly lines: readonly string[]; readonly failure?: string } {
  const failed = (failure: string) => ({ lines: [], failure });
  const leader = name(record?.holderIdentity ?? "");
  switch (outcome) {
    case "leads already":
      return { lines: [`${name(to)} leads already`] };
    case "handed over": {
      const led = `${name(to)} leads now, with fencing token ${record?.leaderTransitions}`;
      const gap = `there was no leader for about ${formatDuration(vacant)} after the release`;
      return { lines: [`${led}; ${gap}`, ...failbackNotice(asked, record)] };
    }
    case "other leads":
      return record?.holderIdentity === asked?.holderIdentity
        ? failed(`${name(to)} did not take over, and ${leader} leads again`)
        : failed(`${leader} leads now, not ${name(to)}`);
    case "late": {
      const who = leader === "" ? "there is no leader" : `${leader} still holds the lock`;
      const why = lastError === undefined ? "" : `; the last failure: ${messageOf(lastError)}`;
      const limit = formatDuration(waited);
      return failed(`${name(to)} has not taken over within ${limit}, and ${who}${why}`);
    }
  }
}

/** A handover away from a better rank is undone if that candidate has a failback period. */
function failbackNotice(
  before: LeaderElectionRecord | undefined,
  after: LeaderElectionRecord | undefined,
): string[] {
  const { rank = 0, holderIdentity = "" } = before ?? {};
  if (before?.rank === undefined || after?.rank === undefined || rank >= after.rank) return [];
  return [
    `${name(holderIdentity)} has the better rank (${rank} before ${after.rank}): with --failback ` +
    "it takes the lead back after that time, unless it is started with --no-failback",
  ];
}

function name(identity: string): string {
  return escapeText(identity, 128);
}
