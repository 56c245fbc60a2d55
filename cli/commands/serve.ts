import type { Term } from "../../elector/mod.ts";
import { systemClock } from "../../lock/mod.ts";
import { Candidate } from "../candidate/candidate.ts";
import { ChangeHook } from "../candidate/change_hook.ts";
import { exportMetrics } from "../candidate/telemetry.ts";
import { command } from "../command.ts";
import { openLog } from "../options/log.ts";
import { ELECTOR_OPTIONS, LOG_OPTIONS, PREFERENCE_OPTIONS } from "../options/options.ts";
import { readTimings } from "../options/timings.ts";
import { DEFAULT_ADDRESS } from "../options/values.ts";
import { exitOnUncaught } from "../output/exit.ts";
import type { Log } from "../output/log.ts";
import { hookStarter } from "../run/hook_process.ts";
import { notifierOf } from "../run/notify.ts";
import { Stop } from "../run/signals.ts";

export const SERVE = command({
  name: "serve",
  summary: "Run a candidate that reports the leader over HTTP (sidecar)",
  about:
    "Campaigns, and serves HTTP: / (status, as a page for browsers, as JSON otherwise), /leader (200 " +
    "on the leader, 503 elsewhere), /livez, /healthz, and /metrics for Prometheus, on " +
    "127.0.0.1:4040 by default. /leader is only true at that moment: protect resources with the " +
    "fencing token. When the leader changes or is lost, the shell runs the command of --on-change, " +
    "with ELECTOR_LEADER, ELECTOR_TOKEN and ELECTOR_IDENTITY.",
  options: [
    ...ELECTOR_OPTIONS,
    ...PREFERENCE_OPTIONS,
    "observe",
    "http",
    "on-change",
    ...LOG_OPTIONS,
  ],
  examples: ["elector serve --gist $GIST_ID --http 127.0.0.1:4040"],

  async run(values) {
    const stop = new Stop();
    exitOnUncaught();
    const log = openLog(values);
    const timings = readTimings(values);
    const candidate = new Candidate({ values, timings, log, lead: untilEnded });
    await using listening = candidate.serve(values.http ?? DEFAULT_ADDRESS);
    exportMetrics(() => candidate.metrics());
    log("listening", `serving status on ${listening.url}`, { url: listening.url });
    notifierOf({ clock: systemClock, log, isSound: () => true })?.run(stop.signal);
    const hook = hookOf(values["on-change"], candidate, log);
    hook?.run(stop.signal);
    const failure = await candidate.campaign(stop.signal);
    await hook?.close();
    return stop.exitCode ?? failure;
  },
});

function hookOf(command: string | undefined, candidate: Candidate, log: Log) {
  if (command === undefined) return undefined;
  const start = hookStarter(command, candidate.identity);
  return new ChangeHook({ clock: systemClock, log, status: () => candidate.status(), start });
}

function untilEnded(term: Term): Promise<void> {
  return new Promise((resolve) => {
    term.signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
