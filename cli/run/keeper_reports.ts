import type { CommandEnd } from "./command_end.ts";
import type { Log } from "../output/log.ts";
import type { StopSignal } from "./messages.ts";

/** What a keeper reports. It may throw: nothing depends on it. */
export interface KeeperReports {
  /** The command is ended as its lease is over, or no longer known to be running. */
  readonly onLoss?: (token: number) => void;
  /** Nothing is left of a command. */
  readonly onEnd?: (end: CommandEnd) => void;
  /** Something of the command is alive, and cannot be ended. */
  readonly onUnended?: (token: number, group: number) => void;
  /** The campaigner was told by a signal to end. */
  readonly onStopped?: (signal: StopSignal) => void;
  /** No command will run any more: the campaign is to end. */
  readonly onFinish?: () => void;
}

/** Reports of a keeper as lines of a log. */
export function reportsTo(log: Log): Pick<KeeperReports, "onLoss" | "onEnd" | "onUnended"> {
  return {
    onLoss: (token) =>
      log("ending", `the command of term ${token} is ended: its lease is over`, { token }),
    onEnd: (end) => log("command ended", describeEnd(end), { ...end }),
    onUnended: (token, group) => log("unended", describeUnended(token, group), { token, group }),
  };
}

const CAUSES: Readonly<Record<CommandEnd["cause"], string>> = {
  itself: "by itself",
  stop: "after this program was told to end",
  loss: "after its lease was over",
};

/** That the command has ended, how, and with what code. */
export function describeEnd({ token, cause, signal, code }: CommandEnd): string {
  const how = signal === undefined ? "" : `, by ${signal}`;
  return `the command of term ${token} has ended ${CAUSES[cause]}${how}, with exit code ${code}`;
}

/** That something of the command is still at work, and what to do. */
export function describeUnended(token: number, group: number): string {
  return `the command of term ${token} could not be ended, as it runs as another user or hangs in the kernel: the lock ` +
    `is not released, but its lease ends; end what is left of it by \`kill -KILL -- -${group}\` as its user`;
}
