import { type Clock, escapeText, type Lock } from "../../lock/mod.ts";
import { leadershipOf } from "../candidate/status.ts";
import { EXIT } from "../exit_codes.ts";
import { formatDuration } from "../output/terminal.ts";
import { type Check, fail, pass } from "./check.ts";

/** Options of {@linkcode recordCheck}. */
interface RecordOptions {
  readonly lock: Lock;
  readonly clock: Clock;
  /** Whether the store needs an object before a candidate can lead, as a bucket does. */
  readonly mustExist: boolean;
}

/** Checks that the record can be read, and names its protocol and the leader. */
export function recordCheck(
  { lock, clock, mustExist }: RecordOptions,
  needs: readonly string[],
): Check {
  return {
    name: "record",
    needs,
    async run() {
      const observed = await lock.get({ proof: true });
      if (!observed && mustExist) {
        return fail(
          EXIT.noAccess,
          `${lock.describe()} does not exist, and no candidate creates it: run \`elector init\``,
        );
      }
      const now = clock.wall();
      const record = observed?.record;
      const { state, leader, holder, token, renewed } = leadershipOf(
        record,
        now - (record?.renewTime ?? now),
      );
      const protocol = record?.protocol === undefined
        ? "no protocol is recorded yet"
        : `same protocol (${escapeText(record.protocol, 20)})`;
      const ago = renewed === null
        ? ""
        : `, renewed ${formatDuration(Math.max(0, now - renewed))} ago`;
      const term = token === null ? "" : `, fencing token ${token}`;
      const who = leader !== null
        ? `"${escapeText(leader, 128)}" leads${ago}${term}`
        : state === "expired"
        ? `nobody leads: the lease of "${escapeText(holder ?? "", 128)}" has expired${ago}${term}`
        : state === "released"
        ? `nobody leads: the lock was released${term}`
        : "nobody leads: the lock was never held";
      return pass(`readable, ${protocol}; ${who}`);
    },
  };
}
