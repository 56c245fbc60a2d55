import { systemClock } from "../../lock/mod.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { EXIT, exitCodeOfSignal } from "../exit_codes.ts";
import { defaultIdentity, openLock, planStoreOf } from "../options/lock.ts";
import { openLog } from "../options/log.ts";
import { RUN_OPTIONS, type Values } from "../options/options.ts";
import { readPreference } from "../options/preference.ts";
import { sourceOf } from "../options/read.ts";
import { readRunTimings, type RunTimings } from "../options/timings.ts";
import { planFields, planLine, planOf } from "../output/cost.ts";
import { exitOnUncaught } from "../output/exit.ts";
import type { Log } from "../output/log.ts";
import { stderrLines } from "../output/output.ts";
import { formatDuration } from "../output/terminal.ts";
import { CampaignerProcess } from "../run/keeper/campaigner_process.ts";
import { commandStarter } from "../run/child.ts";
import { Keeper } from "../run/keeper.ts";
import { logReports } from "../run/keeper/reports.ts";
import { notifierOf } from "../run/notify.ts";
import { Relay } from "../run/signals.ts";

/** `elector run`: this process keeps the command, and starts the campaigner next to it. */
export const RUN = command({
  name: "run",
  summary: "Run a command only while this candidate leads",
  usage: "[OPTIONS] -- COMMAND [ARGS]",
  about:
    "Campaigns, and runs COMMAND while this candidate leads; exits with its code. COMMAND finds " +
    "LEADER_TOKEN (the fencing token), LEADER_LOCK, LEADER_IDENTITY and LEADER_SINCE in its " +
    "environment. When the lease ends, its process group is ended.",
  options: RUN_OPTIONS,
  takesProgram: true,
  examples: ["elector run --gist $GIST_ID -- sh -c 'echo I lead; sleep 1000'"],

  async run(values, { options, program }) {
    if (Deno.build.os === "windows") {
      throw new CommandError(
        EXIT.config,
        "No process groups on Windows, which end a command with its children: use elector serve there",
      );
    }
    const relay = new Relay();
    const log = openLog(values);
    const timings = readRunTimings(values);
    const identity = values.identity ?? defaultIdentity();
    // Refuses invalid options here, once, before a process is started.
    const lock = openLock(values, { identity });
    readPreference(values, timings.leaseDuration);
    logPlan(values, timings, log);

    const campaigner = new CampaignerProcess([...options, `--identity=${identity}`]);
    const reports = logReports(log);
    const keeper: Keeper = new Keeper({
      ...reports,
      onLoss: (token) => {
        // There are no beats while the command ends: send the last one now.
        notifier?.beat();
        reports.onLoss?.(token);
      },
      clock: systemClock,
      grace: timings.grace,
      renewDeadline: timings.renewDeadline,
      send: campaigner.send,
      start: commandStarter(program, {
        identity,
        lock: lock.describe(),
        stripsCredentials: values["strip-credentials"],
        log,
      }),
      droppedLines: () => stderrLines.dropped,
      onStopped: (signal) => relay.stoppedBy ??= signal,
      onFinish: () => campaigner.killAfter(longestRelease(timings)),
    });
    const isSound = (within: number) => keeper.isSound(within);
    const notifier = notifierOf({ clock: systemClock, log, isSound });
    exitOnUncaught(() => keeper.abandon());
    relay.attach(keeper);
    campaigner.deliverTo(keeper);
    const over = new AbortController();
    notifier?.run(over.signal);

    const commandCode = await keeper.run();
    const campaignerCode = await campaigner.exitCode(keeper, log);
    over.abort();
    const { stoppedBy } = relay;
    return commandCode ?? (stoppedBy ? exitCodeOfSignal(stoppedBy) : campaignerCode);
  },
});

/** How long the campaigner may take to release the lock, in milliseconds, before it counts as stuck. */
function longestRelease({ grace, requestTimeout }: RunTimings): number {
  return grace + 3 * requestTimeout + 1_000;
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
  log(
    "wait",
    `${sourceOf(values, "wait")} ${
      formatDuration(wait)
    } is shorter than a takeover from a crashed leader may take, ` +
      `${formatDuration(plan.crashFailover)}: this run may give up before it can lead`,
    { waitSeconds: wait / 1_000, crashFailoverSeconds: plan.crashFailover / 1_000 },
  );
}
