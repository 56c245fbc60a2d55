import type { Clock } from "../../lock/mod.ts";
import type { Log } from "../output/log.ts";

/** The variables that systemd sets for a service that reports to it; the command must not report in its place. */
export const SUPERVISOR_VARIABLES = [
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "CREDENTIALS_DIRECTORY",
] as const;

/** How many notifications are sent within the time that systemd waits for one. */
const BEATS_PER_WATCHDOG = 4;

/** How often to check whether the service is ready, in milliseconds. */
const START_PERIOD_MS = 100;

/** How long a report may take, in milliseconds. A late one is abandoned: it would show systemd an old state. */
const SEND_MS = 1_000;

/** Sends a report, such as `READY=1`; resolves when systemd has received it. */
type Send = (assignments: readonly string[]) => Promise<void>;

interface NotifierOptions {
  readonly clock: Clock;
  readonly send: Send;
  /** How long systemd waits for a notification, in milliseconds; `undefined` if it waits for none. */
  readonly watchdog: number | undefined;
  /** Whether the service has worked within the last `within` milliseconds; called before each notification. */
  readonly isSound: (within: number) => boolean;
}

/** Reports to systemd that the service is ready, once it works, and notifies the watchdog while it does. */
export class Notifier {
  readonly #options: NotifierOptions;
  #isReady = false;
  #isSending = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Reports until the signal aborts, or until all is reported. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, watchdog, isSound } = this.#options;
    const period = (watchdog ?? 4_000) / BEATS_PER_WATCHDOG;
    while (!signal.aborted && !(this.#isReady && watchdog === undefined)) {
      if (isSound(2 * period)) this.beat();
      const pause = this.#isReady ? period : Math.min(period, START_PERIOD_MS);
      await clock.sleep(pause, { signal }).catch(() => {});
    }
  }

  /** Beats now, unless a report is being sent. */
  beat(): void {
    const { watchdog } = this.#options;
    const assignments = [
      ...(this.#isReady ? [] : ["READY=1"]),
      ...(watchdog === undefined ? [] : ["WATCHDOG=1"]),
    ];
    if (this.#isSending || assignments.length === 0) return;
    this.#isReady = true;
    this.#send(assignments);
  }

  async #send(assignments: readonly string[]): Promise<void> {
    this.#isSending = true;
    await this.#options.send(assignments).catch(() => {});
    this.#isSending = false;
  }
}

interface Supervised extends Pick<NotifierOptions, "clock" | "isSound"> {
  /** By default that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** By default that of this process. */
  readonly pid?: number;
  /** Logs once that reports cannot be sent. */
  readonly log: Log;
}

/** Creates a notifier if systemd expects reports of this process. */
export function notifierOf(
  { env = Deno.env.toObject(), pid = Deno.pid, log, clock, isSound }: Supervised,
): Notifier | undefined {
  const socket = env.NOTIFY_SOCKET ?? "";
  if (socket === "") return undefined;
  const send = systemdNotify(socket, env.PATH, clock, log);
  return new Notifier({ clock, isSound, send, watchdog: watchdogOf(env, pid) });
}

/** How long systemd waits for a notification of this process, in milliseconds. */
export function watchdogOf(
  { WATCHDOG_USEC: time, WATCHDOG_PID: process }: Readonly<Record<string, string>>,
  pid: number,
): number | undefined {
  if (process !== undefined && process !== String(pid)) return undefined;
  return time !== undefined && /^[1-9]\d*$/.test(time) ? Number(time) / 1_000 : undefined;
}

/**
 * Sends reports through `systemd-notify`, a process for each: the socket takes datagrams, which the runtime can send only
 * with an unstable API and the permission to write files. So the unit needs `NotifyAccess=all`.
 */
function systemdNotify(socket: string, path: string | undefined, clock: Clock, log: Log): Send {
  let isMissing = false;
  return async (assignments) => {
    if (isMissing) return;
    try {
      const child = new Deno.Command("systemd-notify", {
        args: [...assignments],
        clearEnv: true,
        env: { NOTIFY_SOCKET: socket, ...(path !== undefined && { PATH: path }) },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const done = new AbortController();
      clock.sleep(SEND_MS, { signal: done.signal }).then(() => child.kill("SIGKILL")).catch(
        () => {},
      );
      await child.status;
      done.abort();
    } catch (error) {
      isMissing = true;
      const reason = error instanceof Deno.errors.NotFound ? "it was not found" : String(error);
      log(
        "notify",
        `Cannot report to systemd with systemd-notify: ${reason}; use Type=exec instead`,
      );
    }
  };
}
