import { systemClock } from "../lock/mod.ts";
import { CampaignerDesk } from "./campaigner_desk.ts";
import { Candidate } from "./candidate.ts";
import { EXIT } from "./exit_codes.ts";
import { defaultIdentity } from "./identity.ts";
import { readLines } from "./lines.ts";
import { listen } from "./listen.ts";
import { stderrLog } from "./log.ts";
import { readOptions } from "./read_options.ts";
import { parseKeeperMessage } from "./partner.ts";
import { lineSender } from "./pipe.ts";
import { processGroup } from "./process_group.ts";
import { readRunTimings, RUN_OPTIONS } from "./run_options.ts";
import { exportMetrics } from "./telemetry.ts";

/**
 * The part of `elector run` that takes part in the election, in a process of its own: whichever of the two processes is
 * killed or stopped, the other ends the command. It speaks with the keeper through stdin and stdout.
 */
export async function runCampaigner(args: readonly string[]): Promise<number> {
  const values = readOptions(RUN_OPTIONS, args);
  const log = stderrLog(values.json);
  const timings = readRunTimings(values);
  const identity = values.identity ?? defaultIdentity();
  const sender = lineSender(Deno.stdout.writable);
  const stop = new AbortController();
  let exitCode: number = EXIT.ok;
  const finish = (code: number) => {
    exitCode = exitCode || code;
    stop.abort();
  };

  const desk = new CampaignerDesk({
    clock: systemClock,
    grace: timings.grace,
    stallTimeout: timings.renewDeadline,
    tell: sender.send,
    group: processGroup,
    resign: () => candidate.elector.stepDown(),
    stop: (why) => {
      if (why === "asked" || why === "finished") return finish(EXIT.ok);
      log(
        "partner",
        `the process that keeps the command is ${why.slice(7)}: the command was ended`,
      );
      finish(EXIT.internal);
    },
  });
  const candidate = new Candidate({
    values,
    identity,
    timings,
    log,
    lead: (term) => desk.lead(term),
    onEnd: (reason) => {
      if (values.once && reason !== "stopped") finish(EXIT.lost);
    },
  });
  await using _listening = values.http && listen(values.http, {
    figures: () => candidate.figures(),
    metrics: () => candidate.metrics(),
    fault: () => candidate.elector.check(timings.requestTimeout),
    resign: () => candidate.elector.stepDown(),
  });
  exportMetrics(() => candidate.metrics());

  const deaf = new AbortController();
  hearKeeper(desk, deaf.signal);
  if (values.wait !== undefined) giveUpAfter(values.wait, candidate, log, finish, stop.signal);
  const failure = await candidate.campaign(stop.signal);
  await sender.close();
  deaf.abort();
  return exitCode || failure;
}

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
  log: ReturnType<typeof stderrLog>,
  finish: (code: number) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    await systemClock.sleep(wait, { signal });
  } catch {
    return;
  }
  if (candidate.terms > 0) return;
  const { leader, lastContactSeconds, lastError } = candidate.figures();
  if (lastContactSeconds === null) {
    log("unavailable", `the store was not reached within ${wait} ms: ${lastError ?? "no answer"}`);
    return finish(EXIT.unavailable);
  }
  log("not acquired", `leadership was not acquired within ${wait} ms: ${leader ?? "nobody"} leads`);
  finish(EXIT.notAcquired);
}
