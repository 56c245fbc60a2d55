import { escapeText, type LeaderElectionRecord, MAX_LEADER_TRANSITIONS } from "../../lock/mod.ts";
import { Readiness } from "../candidate/readiness.ts";
import { leadershipOf } from "../candidate/status.ts";
import { EXIT } from "../exit_codes.ts";
import { formatDuration } from "../output/terminal.ts";
import { type Check, fail, pass, quote, skip } from "./check.ts";
import type { CheckOptions } from "./target.ts";

export function identityCheck({ target: { lock }, hasIdentity }: CheckOptions): Check {
  const name = quote(lock.identity);
  const text = hasIdentity
    ? name
    : `${name}, with a new random part in each process: set --identity to keep it`;
  return { name: "identity", run: () => pass(text) };
}

/** Checks that the record can be read, and names its protocol and the leader. */
export function recordCheck({ target: { lock, staleWrite }, clock }: CheckOptions): Check {
  return {
    name: "record",
    async run() {
      const observed = await lock.get({ proof: true });
      if (observed?.record.leaderTransitions === MAX_LEADER_TRANSITIONS) {
        const text =
          `the fencing token ${MAX_LEADER_TRANSITIONS} cannot be raised, so no term can begin`;
        return fail(EXIT.data, `${lock.describe()}: ${text}; create another lock`);
      }
      if (observed) return pass(describeRecord(observed.record, clock.wall()));
      if (staleWrite.kind !== "bucket") return pass(describeRecord(undefined, clock.wall()));
      return fail(
        EXIT.noAccess,
        `${lock.describe()} does not exist, and no candidate creates it: run \`elector init\``,
      );
    },
  };
}

function describeRecord(record: LeaderElectionRecord | undefined, now: number): string {
  const age = now - (record?.renewTime ?? now);
  const { state, leader, holder, token, renewed } = leadershipOf(record, age);
  const protocol = record?.protocol === undefined
    ? "no protocol is recorded yet"
    : `same protocol (${escapeText(record.protocol, 20)})`;
  const ago = renewed === null ? "" : `, renewed ${formatDuration(Math.max(0, age))} ago`;
  const term = token === null ? "" : `, fencing token ${token}`;
  const who = leader !== null
    ? `${quote(leader)} leads${ago}${term}`
    : state === "expired"
    ? `no leader: the lease of ${quote(holder ?? "")} has expired${ago}${term}`
    : state === "released"
    ? `no leader: the lock was released${term}`
    : "no leader: the lock was never held";
  return `readable, ${protocol}; ${who}`;
}

/** Checks that the workload is ready to lead, as a candidate finds it: one that asks it in this period. */
export function workloadCheck(
  { readyUrl: url, fetch, clock }: CheckOptions,
  period: number,
): Check {
  return {
    name: "workload",
    async run() {
      if (url === undefined) return skip("no --ready-url was given");
      // The rest of the URL may hold a secret.
      const host = escapeText(url.host, 80);
      let reason: string | undefined;
      const onChange = (_: boolean, found: string | undefined) => reason = found;
      await new Readiness({ url, onChange, fetch, clock, period }).ask();
      if (reason === undefined) return pass(`${host} is ready`);
      const advice = "start the workload, or correct --ready-url";
      return fail(EXIT.failed, `${host} is not ready: ${reason}; ${advice}`);
    },
  };
}
