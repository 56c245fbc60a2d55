import { systemClock } from "../../lock/mod.ts";
import { Observer } from "../candidate/observer.ts";
import { iso, leadershipJson } from "../candidate/status.ts";
import { command } from "../command.ts";
import { messageOf } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { openLock } from "../options/lock.ts";
import { LOCK_OPTIONS } from "../options/options.ts";
import { sourceOf } from "../options/read.ts";
import { readPollPeriod } from "../options/timings.ts";
import { defaultIdentity } from "../options/values.ts";
import { describeChange } from "../output/leadership.ts";
import { stderrLog } from "../output/log.ts";
import { flushOutput, LineQueue } from "../output/output.ts";
import { stylesOfStdout } from "../output/terminal.ts";
import { watchLock } from "../output/watcher.ts";
import { Stop } from "../run/signals.ts";

export const WATCH = command({
  name: "watch",
  summary: "Print a line whenever the leader changes",
  about:
    "Prints a line at once, and whenever the leader changes, until it is stopped. A lease counts as " +
    "expired when the record has not changed for its whole duration. --http serves the same status as " +
    "`serve`, as an observer; its address is not read from ELECTOR_HTTP, which is a candidate's own.",
  options: [...LOCK_OPTIONS, "poll-period", "request-timeout", "http", "json"],
  examples: ["elector watch --gist $GIST_ID --json"],

  async run(values) {
    const { "request-timeout": requestTimeout } = values;
    const pollPeriod = readPollPeriod(values);
    const identity = defaultIdentity();
    const observer = new Observer({ clock: systemClock, identity, pollPeriod, requestTimeout });
    const lock = observer.watching(openLock(values, { requestTimeout, fetch: observer.fetch }));
    const log = stderrLog(values.json);
    const stop = new Stop();
    const lines = stdoutWhileRead(() => stop.abort());
    const styles = stylesOfStdout();
    // In a candidate's environment its address is taken.
    const address = sourceOf(values, "http") === "--http" ? values.http : undefined;
    await using listening = address && observer.serve(address);
    if (listening) log("listening", `serving status on ${listening.url}`, { url: listening.url });
    const changes = watchLock(lock, {
      clock: systemClock,
      pollPeriod,
      signal: stop.signal,
      onError: (error) => log("error", messageOf(error)),
    });
    for await (const change of changes) {
      const at = systemClock.wall();
      lines.push((dropped) => {
        if (!values.json) return describeChange(change, at, styles, dropped);
        const linesDropped = dropped > 0 ? { linesDropped: dropped } : {};
        const [time, name] = [iso(at), lock.describe()];
        return JSON.stringify({ time, lock: name, ...leadershipJson(change), ...linesDropped });
      });
    }
    await flushOutput(lines);
    return stop.exitCode ?? EXIT.ok;
  },
});

/** Lines for stdout, until its reader is gone. A slow reader, or a full disk, does not end the watch. */
function stdoutWhileRead(onGone: () => void): LineQueue {
  return new LineQueue({
    write: async (bytes) => {
      try {
        return await Deno.stdout.write(bytes);
      } catch (error) {
        if (error instanceof Deno.errors.BrokenPipe) onGone();
        throw error;
      }
    },
  });
}
