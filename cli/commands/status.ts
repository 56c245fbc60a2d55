import { systemClock } from "../../lock/mod.ts";
import { iso, leadershipJson, leadershipOf, seconds } from "../candidate/status.ts";
import { command } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openLock } from "../options/lock.ts";
import { GIST_OPTIONS } from "../options/options.ts";
import { describeLeadership } from "../output/leadership.ts";
import { formatDuration, stylesOfStdout } from "../output/terminal.ts";

/** `elector status`: the current leader. */
export const STATUS = command({
  name: "status",
  summary: "Show the current leader",
  about:
    "Shows the current leader and when its lease expires, from a single read of the record. It " +
    "trusts the clocks of both machines, which no candidate does. Exits with 1 if there is no leader.",
  options: [...GIST_OPTIONS, "request-timeout", "json"],
  examples: ["elector status --gist $GIST_ID"],

  async run(values) {
    const lock = openLock(values, { requestTimeout: values["request-timeout"] });
    const startedAt = systemClock.monotonic();
    const record = (await lock.get())?.record;
    const took = systemClock.monotonic() - startedAt;
    const now = systemClock.wall();
    const leadership = leadershipOf(record, now - (record?.renewTime ?? now));
    if (values.json) {
      const [time, lockName] = [iso(now), lock.describe()];
      console.log(JSON.stringify({
        time,
        lock: lockName,
        ...leadershipJson(leadership),
        readSeconds: seconds(took),
      }));
    } else {
      const styles = stylesOfStdout();
      for (const line of describeLeadership(leadership, now, styles)) console.log(line);
      console.log(styles.dim(`  read from ${lock.describe()} in ${formatDuration(took)}`));
    }
    return leadership.leader === null ? EXIT.failed : EXIT.ok;
  },
});
