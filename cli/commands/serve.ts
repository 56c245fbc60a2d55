import type { Term } from "../../elector/mod.ts";
import { Candidate } from "../candidate/candidate.ts";
import { exitOnUncaught } from "../run/crash.ts";
import { EXIT, exitCodeOfSignal } from "../exit_codes.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { defaultIdentity } from "../options/identity.ts";
import { listen } from "../candidate/listen.ts";
import { stderrLog } from "../output/log.ts";
import { readTimings } from "../options/timings.ts";
import { GIST_OPTIONS, TIMING_OPTIONS } from "../options/options.ts";
import { readOptions } from "../options/read.ts";
import { untilStopped } from "../run/signals.ts";
import { exportMetrics } from "../candidate/telemetry.ts";
import { systemClock } from "../../lock/mod.ts";
import { notifierOf } from "../run/notify.ts";

const OPTIONS = [...GIST_OPTIONS, "identity", ...TIMING_OPTIONS, "http", "json"] as const;

const HELP: Help = {
  usage: "serve [OPTIONS]",
  about:
    "Campaigns, and tells over HTTP who leads: / as JSON, /leader (200 on the leader, 503 elsewhere), " +
    "/healthz, and /metrics for Prometheus. On 127.0.0.1:4040 unless told. What /leader says is true " +
    "at that moment: guard what matters with the fencing token.",
  options: OPTIONS,
  examples: ["elector serve --gist $GIST_ID --http 127.0.0.1:4040"],
};

const DEFAULT_ADDRESS: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 4040 };

/** `elector serve`: a candidate that does no work itself, and tells how it stands. */
export async function runServe(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const stop = new AbortController();
  let stoppedBy: Deno.Signal | undefined;
  untilStopped().then((signal) => {
    stoppedBy = signal;
    stop.abort();
  });
  exitOnUncaught();
  const values = readOptions(OPTIONS, args);
  const log = stderrLog(values.json);
  const timings = readTimings(values);
  const identity = values.identity ?? defaultIdentity();
  const candidate = new Candidate({ values, identity, timings, log, lead: untilEnded });
  await using listening = listen(values.http ?? DEFAULT_ADDRESS, {
    figures: () => candidate.figures(),
    metrics: () => candidate.metrics(),
    page: () => candidate.page(),
    fault: () => candidate.elector.check(timings.requestTimeout),
    resign: () => candidate.elector.stepDown(),
  });
  exportMetrics(() => candidate.metrics());
  log("listening", `tells who leads on ${listening.url}`, { url: listening.url });

  const env = Deno.env.toObject();
  const supervised = { env, pid: Deno.pid, clock: systemClock, log, isSound: () => true };
  notifierOf(supervised)?.run(stop.signal);
  const failure = await candidate.campaign(stop.signal);
  return stoppedBy === undefined ? failure : exitCodeOfSignal(stoppedBy);
}

function untilEnded(term: Term): Promise<void> {
  return new Promise((resolve) => {
    term.signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
