import { systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { iso, leadershipJson, leadershipOf, seconds } from "../candidate/status.ts";
import { surveyCandidates } from "../candidate/survey.ts";
import { command } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openLock } from "../options/lock.ts";
import { LOCK_OPTIONS } from "../options/options.ts";
import { describeLeadership } from "../output/leadership.ts";
import { describeSurvey, isSound, surveyJson } from "../output/survey.ts";
import { formatDuration, stylesOfStdout } from "../output/terminal.ts";

export const STATUS = command({
  name: "status",
  summary: "Show the current leader",
  about:
    "Shows the current leader and when its lease expires, from a single read of the record. It " +
    "trusts the clocks of both machines, which no candidate does. Exits with 1 if there is no leader. " +
    "With --candidates, it asks candidates of `serve` and `run --http` instead of reading the record, " +
    "and exits with 1 unless all are alive and able to lead, and one leads.",
  options: [...LOCK_OPTIONS, "candidate-urls", "request-timeout", "json"],
  examples: [
    "elector status --gist $GIST_ID",
    "elector status --candidates 10.0.0.1:4040,10.1.0.1:4040",
  ],

  async run(values) {
    const { "candidate-urls": urls, "request-timeout": timeout, json } = values;
    if (urls) return await showCandidates(urls, timeout, json);
    const lock = openLock(values, { requestTimeout: timeout });
    const startedAt = systemClock.monotonic();
    const record = (await lock.get())?.record;
    const took = systemClock.monotonic() - startedAt;
    const now = systemClock.wall();
    const leadership = leadershipOf(record, now - (record?.renewTime ?? now));
    if (values.json) {
      const line = { time: iso(now), lock: lock.describe(), ...leadershipJson(leadership) };
      console.log(JSON.stringify({ ...line, readSeconds: seconds(took) }));
    } else {
      const styles = stylesOfStdout();
      const isAbsent = record === undefined && values.lock !== undefined;
      for (const line of describeLeadership(leadership, now, styles, isAbsent)) console.log(line);
      console.log(styles.dim(`  read from ${lock.describe()} in ${formatDuration(took)}`));
    }
    return leadership.leader === null ? EXIT.failed : EXIT.ok;
  },
});

async function showCandidates(
  urls: readonly string[],
  timeout: number,
  isJson: boolean,
): Promise<number> {
  const network = { fetch: systemFetch, clock: systemClock, timeout };
  const candidates = await surveyCandidates(urls, network);
  const lines = isJson
    ? [JSON.stringify({ time: iso(systemClock.wall()), ...surveyJson(candidates) })]
    : describeSurvey(candidates, stylesOfStdout());
  for (const line of lines) console.log(line);
  return isSound(candidates) ? EXIT.ok : EXIT.failed;
}
