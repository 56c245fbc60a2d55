import { systemClock } from "../../lock/mod.ts";
import { CampaignEnd } from "../run/campaign_end.ts";
import { CampaignerDesk, type StopReason } from "../run/campaigner.ts";
import { Candidate } from "../candidate/candidate.ts";
import { exitOnUncaught } from "../run/crash.ts";
import { EXIT, exitCodeOfSignal } from "../exit_codes.ts";
import { defaultIdentity } from "../options/identity.ts";
import { readLines } from "../run/lines.ts";
import { listen } from "../candidate/listen.ts";
import { type Log, stderrLog } from "../output/log.ts";
import { readOptions } from "../options/read.ts";
import { parseKeeperMessage } from "../run/messages.ts";
import { type LineSender, lineSender } from "../run/pipe.ts";
import { processGroup } from "../run/process_group.ts";
import { untilRefused } from "../candidate/refusals.ts";
import { readRunTimings, RUN_OPTIONS, type RunTimings } from "../options/run_options.ts";
import { onStopSignals } from "../run/signals.ts";
import { exportMetrics } from "../candidate/telemetry.ts";

/**
 * The part of `elector run` that takes part in the election, in a process of its own: whichever of the two processes is
 * killed or stopped, the other ends the command. It speaks with the keeper through stdin and stdout.
 */
export async function runCampaigner(args: readonly string[]): Promise<number> {
  const sender = lineSender(Deno.stdout.writable);
  const end = new CampaignEnd();
  onStopSignals((signal) => {
    // The keeper ends the command, as it does for a signal of its own.
    sender.send({ type: "stopped", signal });
    end.finish(exitCodeOfSignal(signal));
  });
  exitOnUncaught();
  const code = await campaign(args, sender, end);
  sender.send({ type: "over", code });
  await sender.close();
  return code;
}

async function campaign(
  args: readonly string[],
  sender: LineSender,
  end: CampaignEnd,
): Promise<number> {
  const values = readOptions(RUN_OPTIONS, args);
  const log = stderrLog(values.json);
  const timings = readRunTimings(values);
  const identity = values.identity ?? defaultIdentity();
  const desk = new CampaignerDesk({
    clock: systemClock,
    grace: timings.grace,
    stallTimeout: timings.renewDeadline,
    tell: sender.send,
    group: processGroup,
    resign: () => candidate.elector.stepDown(),
    stop: (why) => endCampaign(why, end, log),
  });
  const candidate: Candidate = new Candidate({
    values,
    identity,
    timings,
    log,
    lead: (term) => desk.lead(term),
    onEnd: (reason) => {
      if (values.once && reason !== "stopped") end.finish(EXIT.lost);
    },
    droppedLines: () => desk.droppedLines,
  });
  await using _listening = values.http && listen(values.http, {
    figures: () => candidate.figures(),
    metrics: () => candidate.metrics(),
    page: () => candidate.page(),
    fault: () => candidate.elector.check(timings.requestTimeout),
    resign: () => candidate.elector.stepDown(),
  });
  exportMetrics(() => candidate.metrics());

  const deaf = new AbortController();
  hearKeeper(desk, deaf.signal);
  if (values.wait !== undefined) giveUpAfter(values.wait, candidate, log, end);
  giveUpWhenRefused(candidate, timings, log, end);
  const abandoned = end.abandoned.then(() => EXIT.notEnded);
  const failure = await Promise.race([candidate.campaign(end.signal), abandoned]);
  deaf.abort();
  return end.exitCode || failure;
}

function endCampaign(why: StopReason, end: CampaignEnd, log: Log): void {
  switch (why) {
    case "asked":
    case "finished":
      return end.finish(EXIT.ok);
    case "keeper gone":
    case "keeper stopped":
      end.finish(EXIT.internal);
      return log(
        "partner",
        `the process that keeps the command is ${why.slice(7)}: the command was ended`,
      );
    case "unended":
      return end.abandon(EXIT.notEnded);
    case "unended alone":
      end.abandon(EXIT.notEnded);
      return log("unended", UNENDED);
  }
}

const UNENDED =
  "the command could not be ended, as it runs as another user or hangs in the kernel, and the process " +
  "that keeps it does not end it: the lock is not released, but its lease ends";

async function hearKeeper(desk: CampaignerDesk, signal: AbortSignal): Promise<void> {
  for await (const line of readLines(Deno.stdin.readable, signal)) {
    const message = parseKeeperMessage(line);
    if (message) desk.receive(message);
  }
  if (!signal.aborted) await desk.onKeeperGone();
}

async function giveUpAfter(
  wait: number,
  candidate: Candidate,
  log: Log,
  end: CampaignEnd,
): Promise<void> {
  try {
    await systemClock.sleep(wait, { signal: end.signal });
  } catch {
    return;
  }
  if (candidate.terms > 0) return;
  const { leader, lastContactSeconds, lastError } = candidate.figures();
  if (lastContactSeconds === null) {
    end.finish(EXIT.unavailable);
    return log(
      "unavailable",
      `the store was not reached within ${wait} ms: ${lastError ?? "no answer"}`,
    );
  }
  end.finish(EXIT.notAcquired);
  log("not acquired", `leadership was not acquired within ${wait} ms: ${leader ?? "nobody"} leads`);
}

async function giveUpWhenRefused(
  candidate: Candidate,
  { leaseDuration }: RunTimings,
  log: Log,
  end: CampaignEnd,
): Promise<void> {
  const refusedFor = () => candidate.refusedFor;
  const isRefused = await untilRefused({
    refusedFor,
    leaseDuration,
    clock: systemClock,
    signal: end.signal,
  });
  if (!isRefused) return;
  const seconds = Math.round((refusedFor() ?? 0) / 1_000);
  const { lastError } = candidate.figures();
  end.finish(EXIT.noAccess);
  log("refused", `every write was refused for ${seconds} s: ${lastError ?? "see above"}`);
}
