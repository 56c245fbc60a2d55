import { systemClock } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { openLock } from "../options/lock.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { describeLeadership, leadershipOf } from "../output/leadership.ts";
import { GIST_OPTIONS } from "../options/options.ts";
import { readOptions } from "../options/read.ts";
import { formatDuration, stylesOfStdout } from "../output/terminal.ts";
import { isoTimes } from "../output/times.ts";

const OPTIONS = [...GIST_OPTIONS, "request-timeout", "json"] as const;

const HELP: Help = {
  usage: "status [OPTIONS]",
  about:
    "Says who leads, since when and until when, from one look at the record. It trusts the clocks of " +
    "both machines, which no candidate does. Exits with 1 if nobody leads.",
  options: OPTIONS,
  examples: ["elector status --gist $GIST_ID"],
};

/** `elector status`: who leads, from one look. */
export async function runStatus(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const values = readOptions(OPTIONS, args);
  const lock = openLock(values, { requestTimeout: values["request-timeout"] });
  const askedAt = systemClock.monotonic();
  const observed = await lock.get();
  const took = systemClock.monotonic() - askedAt;
  const now = systemClock.wall();
  const leadership = leadershipOf(observed?.record, now);
  if (values.json) {
    const lockName = lock.describe();
    console.log(
      JSON.stringify({
        ...isoTimes(leadership),
        lock: lockName,
        readSeconds: Math.round(took) / 1_000,
      }),
    );
  } else {
    const styles = stylesOfStdout();
    for (const line of describeLeadership(leadership, now, styles)) console.log(line);
    console.log(styles.dim(`  read from ${lock.describe()} in ${formatDuration(took)}`));
  }
  return leadership.leader === null ? EXIT.failed : EXIT.ok;
}
