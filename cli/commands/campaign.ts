import { systemClock } from "../../lock/mod.ts";
import { Candidate } from "../candidate/candidate.ts";
import { untilRefused } from "../candidate/refusals.ts";
import { exportMetrics } from "../candidate/telemetry.ts";
import { command } from "../command.ts";
import { EXIT, exitCodeOfSignal } from "../exit_codes.ts";
import { planStoreOf } from "../options/lock.ts";
import { openLog } from "../options/log.ts";
import { RUN_OPTIONS, type Values } from "../options/options.ts";
import { sourceOf } from "../options/read.ts";
import { readRunTimings, type RunTimings } from "../options/timings.ts";
import { planFields, planLine, planOf } from "../output/cost.ts";
import { exitOnUncaught } from "../output/exit.ts";
import type { Log } from "../output/log.ts";
import { formatDuration, formatSeconds } from "../output/terminal.ts";
import { CampaignEnd, Campaigner, type StopReason } from "../run/campaigner.ts";
import { LOCK_KEPT, UNENDED } from "../run/keeper/reports.ts";
import { type LineSender, lineSender, readLines } from "../run/lines.ts";
import { parseKeeperMessage } from "../run/messages.ts";
import { processGroup } from "../run/process_group.ts";
import { onStopSignals } from "../run/signals.ts";

/**
 * The part of `elector run` that takes part in the election, in a process of its own: when one of the two processes is
 * killed or stopped, the other ends the command. It exchanges messages with the keeper through stdin and stdout.
 */
export const CAMPAIGN = command({
  name: "campaigner",
  summary: "The part of `run` that takes part in the election",
  isHidden: true,
  about: "Takes part in the election for `elector run`, which starts it.",
  options: RUN_OPTIONS,
  examples: [],

  async run(values) {
    const sender = lineSender(Deno.stdout.writable);
    const end = new CampaignEnd();
    onStopSignals((signal) => {
      // The keeper ends the command, as if it had received the signal itself.
      sender.send({ type: "stopped", signal });
      end.finish(exitCodeOfSignal(signal));
    });
    exitOnUncaught();
    const code = await campaign(values, sender, end);
    sender.send({ type: "over", code });
    await sender.close();
    return code;
  },
});

type RunValues = Values<typeof RUN_OPTIONS[number]>;

async function campaign(values: RunValues, sender: LineSender, end: CampaignEnd): Promise<number> {
  const log = openLog(values);
  const timings = readRunTimings(values);
  const campaigner = new Campaigner({
    clock: systemClock,
    grace: timings.grace,
    stallTimeout: timings.renewDeadline,
    send: sender.send,
    group: processGroup,
    resign: () => candidate.elector.stepDown(),
    stop: (why) => endCampaign(why, end, log),
  });
  const candidate: Candidate = new Candidate({
    values,
    timings,
    log,
    lead: (term) => campaigner.lead(term),
    onEnd: (reason) => {
      if (values.once && reason !== "stopped") end.finish(EXIT.lost);
    },
    droppedLines: () => campaigner.droppedLines,
  });
  sender.send({ type: "lock", name: candidate.elector.status().lock });
  logPlan(values, timings, log);
  await using _listening = values.http && candidate.serve(values.http);
  exportMetrics(() => candidate.metrics());

  const over = new AbortController();
  readKeeper(campaigner, over.signal);
  giveUpWhenLate(values, { candidate, end, log });
  giveUpWhenRefused(timings.leaseDuration, { candidate, end, log });
  const abandoned = end.abandoned.then(() => EXIT.notEnded);
  const failure = await Promise.race([candidate.campaign(end.signal), abandoned]);
  over.abort();
  return end.exitCode || failure;
}

async function readKeeper(campaigner: Campaigner, signal: AbortSignal): Promise<void> {
  for await (const line of readLines(Deno.stdin.readable, signal)) {
    const message = parseKeeperMessage(line);
    if (message) campaigner.receive(message);
  }
  if (!signal.aborted) await campaigner.onKeeperGone();
}

function endCampaign(why: StopReason, end: CampaignEnd, log: Log): void {
  switch (why) {
    case "asked":
    case "finished":
      return end.finish(EXIT.ok);
    case "keeper gone":
    case "keeper stopped":
      end.finish(EXIT.internal);
      return log("keeper", `the ${why.replace(" ", " is ")}: the command was ended`);
    case "unended":
      return end.abandon(EXIT.notEnded);
    case "unended alone":
      end.abandon(EXIT.notEnded);
      return log("unended", `${UNENDED}, and the keeper does not end it: ${LOCK_KEPT}`);
  }
}

interface Campaign {
  readonly candidate: Candidate;
  readonly end: CampaignEnd;
  readonly log: Log;
}

/** Ends the campaign if it has not led within `--wait`. */
async function giveUpWhenLate(values: RunValues, { candidate, end, log }: Campaign) {
  const { wait } = values;
  if (wait === undefined) return;
  await systemClock.sleep(wait, end).catch(() => {});
  if (end.signal.aborted || candidate.terms > 0) return;
  const { leader, lastContactSeconds, lastError } = candidate.status();
  const limit = `within ${formatSeconds(wait)} (${sourceOf(values, "wait")})`;
  if (lastContactSeconds === null) {
    end.finish(EXIT.unavailable);
    return log("unavailable", `no response from the store ${limit}: ${lastError ?? "timed out"}`);
  }
  end.finish(EXIT.notAcquired);
  const who = leader === null ? "there is no leader" : `${leader} leads`;
  log("not acquired", `leadership was not acquired ${limit}: ${who}`, { leader });
}

/** Ends the campaign if the store refuses every write. */
async function giveUpWhenRefused(leaseDuration: number, { candidate, end, log }: Campaign) {
  const refusedFor = () => candidate.elector.status().refusedFor;
  const { signal } = end;
  if (!await untilRefused({ refusedFor, leaseDuration, clock: systemClock, signal })) return;
  const { refusedSeconds, lastError } = candidate.status();
  end.finish(EXIT.noAccess);
  const seconds = Math.round(refusedSeconds ?? 0);
  log("refused", `every write was refused for ${seconds} s: ${lastError ?? "see above"}`);
}

/** Logs the estimated cost, a warning for each GitHub limit it exceeds, and one if `--wait` is too short to be of use. */
function logPlan(
  values: Values<"lock" | "wait" | "candidates" | "rank" | "protocol" | "api-url" | "git-url">,
  timings: RunTimings,
  log: Log,
): void {
  const plan = planOf(timings, values.candidates, planStoreOf(values), values.rank);
  log("plan", planLine(plan), planFields(plan));
  const isReal = values.lock !== undefined ||
    (values["api-url"] === undefined && values["git-url"] === undefined);
  if (isReal) { for (const text of [...plan.refusals, ...plan.warnings]) log("limit", text); }
  const { wait } = values;
  if (wait === undefined || wait >= plan.crashFailover) return;
  const { crashFailover } = plan;
  const [given, takeover] = [wait, crashFailover].map(formatDuration);
  log(
    "wait",
    `${sourceOf(values, "wait")} ${given} is shorter than a takeover from a crashed leader may ` +
      `take, ${takeover}: this run may give up before it can lead`,
    { waitSeconds: wait / 1_000, crashFailoverSeconds: crashFailover / 1_000 },
  );
}
