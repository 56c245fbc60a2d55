import { escapeText, systemClock } from "../../lock/mod.ts";
import { UsageError } from "../command.ts";
import { exitOnUncaught } from "../run/crash.ts";
import { EXIT, exitCodeOfSignal } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";
import { DEFAULT_PROTOCOL, openLock } from "../options/lock.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { defaultIdentity } from "../options/identity.ts";
import { Keeper } from "../run/keeper.ts";
import { reportsTo } from "../run/keeper_reports.ts";
import { notifierOf } from "../run/notify.ts";
import { readLines } from "../run/lines.ts";
import { type Log, stderrLog } from "../output/log.ts";
import type { Values } from "../options/options.ts";
import { readOptions } from "../options/read.ts";
import { parseCampaignerMessage } from "../run/messages.ts";
import { lineSender } from "../run/pipe.ts";
import { type Plan, planLine, planOf } from "../output/cost.ts";
import { readRunTimings, RUN_OPTIONS, type RunTimings } from "../options/run_options.ts";
import { thisProgram } from "../run/self.ts";
import { settleWithin } from "../run/settle.ts";
import { Relay } from "../run/signals.ts";
import { commandStarter } from "../run/child.ts";
import { stderrLines } from "../output/output.ts";
import { formatDuration } from "../output/terminal.ts";

const HELP: Help = {
  usage: "run [OPTIONS] -- COMMAND [ARGS]",
  about:
    "Campaigns, and runs COMMAND while this candidate leads; exits with its code. COMMAND finds " +
    "LEADER_TOKEN (the fencing token), LEADER_LOCK, LEADER_IDENTITY and LEADER_SINCE in its " +
    "environment. When the lease ends, so does its process group.",
  options: RUN_OPTIONS,
  examples: ["elector run --gist $GIST_ID -- sh -c 'echo I lead; sleep 1000'"],
};

/** The campaigner asks for nothing, reads a token, speaks with the gist's host, and may end the command. */
const CAMPAIGNER_PERMISSIONS = ["--allow-net", "--allow-env", "--allow-read", "--allow-run"];

/** `elector run`: keeps the command, and starts the campaigner beside it. */
export async function runRun(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  if (Deno.build.os === "windows") {
    throw new CommandError(
      EXIT.config,
      "Cannot run a command on Windows as it must lead a process group: use elector serve there",
    );
  }
  const signals = new Relay();
  const [own, command] = splitCommand(args);
  const values = readOptions(RUN_OPTIONS, own);
  const log = stderrLog(values.json);
  const timings = readRunTimings(values);
  const identity = values.identity ?? defaultIdentity();
  // What is wrong with the options is told here, once, before anything is started.
  const lock = openLock(values, { identity });
  const plan = planOf(timings, values.candidates, values.protocol ?? DEFAULT_PROTOCOL);
  tellPlan(plan, values, log);
  tellShortWait(values.wait, plan, log);

  const campaigner = startCampaigner([...own, `--identity=${identity}`]);
  const sender = lineSender(campaigner.stdin);
  const reports = reportsTo(log);
  const keeper: Keeper = new Keeper({
    ...reports,
    onLoss: (token) => {
      // While the command ends there are no beats: the last one is no older than that.
      notifier?.beat();
      reports.onLoss?.(token);
    },
    clock: systemClock,
    grace: timings.grace,
    askPeriod: Math.min(1_000, Math.max(50, timings.renewDeadline / 20)),
    tell: sender.send,
    start: commandStarter(command, { identity, lock: lock.describe(), log }),
    droppedLines: () => stderrLines.dropped,
    onStopped: (signal) => signals.note(signal),
    onFinish: () => endLater(campaigner, timings),
  });
  const notifier = supervisorOf(keeper, log);
  exitOnUncaught(() => keeper.abandon());
  signals.attach(keeper);
  hearCampaigner(campaigner, keeper);
  const over = new AbortController();
  notifier?.run(over.signal);
  const commandCode = await keeper.run();
  const campaignerCode = await codeOf(campaigner, keeper, log);
  await sender.close();
  over.abort();
  if (commandCode !== undefined) return commandCode;
  return signals.stoppedBy === undefined ? campaignerCode : exitCodeOfSignal(signals.stoppedBy);
}

/** Reports to systemd how both processes are, if it waits for that. */
function supervisorOf(keeper: Keeper, log: Log) {
  return notifierOf({
    env: Deno.env.toObject(),
    pid: Deno.pid,
    clock: systemClock,
    log,
    isSound: (within) => keeper.isSound(within),
  });
}

/** Who gives up before a crashed leader's lease can have ended cannot take over from it. */
function tellShortWait(
  wait: number | undefined,
  { crashFailover: crash }: Plan,
  log: Log,
): void {
  if (wait === undefined || wait >= crash) return;
  log(
    "wait",
    `--wait ${formatDuration(wait)} is shorter than a takeover from a crashed leader may take, ` +
      `${formatDuration(crash)}: this run may give up before it can lead`,
    { waitSeconds: wait / 1_000, crashSeconds: crash / 1_000 },
  );
}

/** What the timings cost; beyond GitHub's limits, that too, unless the gist is somewhere else. */
function tellPlan(
  plan: Plan,
  { "api-url": apiUrl, "git-url": gitUrl }: Values<"api-url" | "git-url">,
  log: Log,
): void {
  const { refusals, warnings, ...figures } = plan;
  log("plan", planLine(plan), figures);
  if (apiUrl !== undefined || gitUrl !== undefined) return;
  for (const text of [...refusals, ...warnings]) log("limit", text);
}

/** The options before the first `--`, and the command after it. */
function splitCommand(args: readonly string[]): [string[], string[]] {
  const end = args.indexOf("--");
  if (end < 0 || end === args.length - 1) {
    const stray = args.find((arg) => !arg.startsWith("-"));
    throw new UsageError(
      "Cannot run a command as it must follow the options and `--`: elector run [OPTIONS] -- COMMAND" +
        (end < 0 && stray !== undefined ? ` (is "${escapeText(stray, 40)}" the command?)` : ""),
    );
  }
  return [args.slice(0, end), args.slice(end + 1)];
}

/** In a session of its own: what stops or interrupts this process from a terminal must not reach both. */
function startCampaigner(args: readonly string[]): Deno.ChildProcess {
  const self = thisProgram(CAMPAIGNER_PERMISSIONS);
  return new Deno.Command(self.command, {
    args: [...self.args, "campaigner", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    detached: true,
  }).spawn();
}

async function hearCampaigner(campaigner: Deno.ChildProcess, keeper: Keeper): Promise<void> {
  for await (const line of readLines(campaigner.stdout)) {
    const message = parseCampaignerMessage(line);
    if (message) keeper.receive(message);
  }
  keeper.onCampaignerGone();
}

/** A campaigner that is asked to end has time to release the lock; one that hangs, or is stopped, is killed. */
async function endLater(campaigner: Deno.ChildProcess, timings: RunTimings): Promise<void> {
  await systemClock.sleep(timings.grace + 3 * timings.requestTimeout + 1_000);
  killIfAlive(campaigner);
}

function killIfAlive(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It is gone already.
  }
}

/** How long a campaigner that has closed its pipe may take to end, in milliseconds: its metrics may be on their way. */
const EXIT_MS = 5_000;

/** The exit code that the campaigner's end stands for, where nothing else decides it. */
async function codeOf(campaigner: Deno.ChildProcess, keeper: Keeper, log: Log): Promise<number> {
  if (!await settleWithin(campaigner.status, EXIT_MS)) killIfAlive(campaigner);
  const { code, signal } = await campaigner.status;
  if (signal === null) return code;
  if (keeper.campaignerCode !== undefined) return keeper.campaignerCode;
  log("partner", `the process that campaigns was ended by ${signal}: so this one ends, too`);
  return signal === "SIGTERM" || signal === "SIGINT" ? code : EXIT.internal;
}
