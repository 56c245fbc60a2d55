import { systemClock } from "../../lock/mod.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { EXIT, exitCodeOfSignal } from "../exit_codes.ts";
import { openLog } from "../options/log.ts";
import { RUN_OPTIONS } from "../options/options.ts";
import { readRunTimings, type RunTimings } from "../options/timings.ts";
import { defaultIdentity } from "../options/values.ts";
import { exitOnUncaught } from "../output/exit.ts";
import { stderrLines } from "../output/output.ts";
import { CampaignerProcess } from "../run/keeper/campaigner_process.ts";
import { startCommand } from "../run/child.ts";
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
    "environment. When the term ends, COMMAND's process group is ended.",
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
    // The campaigner refuses what else is invalid: this process loads nothing of an election, and stays small.
    const campaigner = new CampaignerProcess([...options, `--identity=${identity}`]);
    const reports = logReports(log);
    const keeper: Keeper = new Keeper({
      ...reports,
      onLoss: (token) => {
        // The watchdog gets no notifications while the command ends: send the last one now.
        notifier?.beat();
        reports.onLoss?.(token);
      },
      clock: systemClock,
      grace: timings.grace,
      renewDeadline: timings.renewDeadline,
      send: campaigner.send,
      start: (term) =>
        startCommand(program, {
          identity,
          lock: campaigner.lock,
          stripsCredentials: values["strip-credentials"],
          log,
        }, term),
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
