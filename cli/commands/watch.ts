import { escapeText, systemClock } from "../../lock/mod.ts";
import { EXIT, exitCodeOfSignal } from "../exit_codes.ts";
import { openLock } from "../options/lock.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { LineQueue } from "../output/line_queue.ts";
import { stderrLog } from "../output/log.ts";
import { GIST_OPTIONS } from "../options/options.ts";
import { flushOutput } from "../output/output.ts";
import { readOptions } from "../options/read.ts";
import { untilStopped } from "../run/signals.ts";
import { type Styles, stylesOfStdout } from "../output/terminal.ts";
import { timeOfDay } from "../output/times.ts";
import { type Change, watchLock } from "../output/watcher.ts";

const OPTIONS = [...GIST_OPTIONS, "poll-period", "request-timeout", "json"] as const;

const HELP: Help = {
  usage: "watch [OPTIONS]",
  about:
    "Prints a line at each change of who leads, the first at once, until it is stopped. A lease " +
    "counts as lapsed when it has not changed for its whole duration.",
  options: OPTIONS,
  examples: ["elector watch --gist $GIST_ID --json"],
};

/** `elector watch`: a line at each change. */
export async function runWatch(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const values = readOptions(OPTIONS, args);
  const lock = openLock(values, { requestTimeout: values["request-timeout"] });
  const log = stderrLog(values.json);
  const stop = new AbortController();
  let stoppedBy: Deno.Signal | undefined;
  untilStopped().then((signal) => {
    stoppedBy = signal;
    stop.abort();
  });
  const changes = watchLock(lock, {
    clock: systemClock,
    pollPeriod: values["poll-period"],
    signal: stop.signal,
    onError: (error) => log("error", error instanceof Error ? error.message : String(error)),
  });
  const lines = linesForReader(() => stop.abort());
  const styles = stylesOfStdout();
  for await (const change of changes) {
    const at = systemClock.wall();
    lines.push((dropped) =>
      values.json ? jsonLine(change, at, dropped) : describeChange(change, at, styles, dropped)
    );
  }
  await flushOutput(lines);
  return stoppedBy === undefined ? EXIT.ok : exitCodeOfSignal(stoppedBy);
}

/** A change in one line. */
export function describeChange(change: Change, at: number, styles: Styles, dropped = 0): string {
  const { leader, what, token } = change;
  const time = styles.dim(timeOfDay(at));
  const lost = dropped > 0 ? `  (lines before it that could not be written: ${dropped})` : "";
  const suffix = (token === null ? "" : styles.dim(`  (fencing token ${token})`)) + lost;
  if (leader !== null) {
    return `${time}  ${styles.bold(escapeText(leader))} ${styles.green("leads")}${suffix}`;
  }
  return `${time}  ${styles.yellow("nobody leads")}: ${NOBODY[what]}${suffix}`;
}

const NOBODY: Readonly<Record<Change["what"], string>> = {
  leads: "",
  released: "the leader has released the lock",
  lapsed: "the leader has not renewed its lease",
  free: "the lock was never held",
  unreadable: "what is stored is no record",
};

function jsonLine(change: Change, at: number, dropped: number): string {
  const linesDropped = dropped > 0 ? { linesDropped: dropped } : {};
  return JSON.stringify({ time: new Date(at).toISOString(), ...change, ...linesDropped });
}

/** Lines on stdout, until its reader is gone. One that is only slow, or a full disk, does not end the watch. */
function linesForReader(onGone: () => void): LineQueue {
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
