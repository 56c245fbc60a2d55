import type { Log } from "../../output/log.ts";
import type { CommandEnd } from "../child.ts";
import type { StopSignal } from "../messages.ts";

/** The callbacks of a keeper. They may throw: the keeper continues. */
export interface KeeperReports {
  /** The command is being ended: its lease has expired, or is not known to be valid. */
  readonly onLoss?: (token: number) => void;
  /** A command is gone. */
  readonly onEnd?: (end: CommandEnd) => void;
  /** A process of the command is alive, and cannot be ended. */
  readonly onUnended?: (token: number, group: number) => void;
  /** The campaigner received a signal to end. */
  readonly onStopped?: (signal: StopSignal) => void;
  /** No further command will run: the campaign is to end. */
  readonly onFinish?: () => void;
}

/** Logs what a keeper reports. */
export function logReports(log: Log): Pick<KeeperReports, "onLoss" | "onEnd" | "onUnended"> {
  return {
    onLoss: (token) =>
      log("ending", `ending the command of term ${token}: its term has ended`, { token }),
    onEnd: (end) => log("command ended", describeEnd(end), { ...end, signal: end.signal ?? null }),
    onUnended: (token, group) => log("unended", describeUnended(token, group), { token, group }),
  };
}

const CAUSES: Readonly<Record<CommandEnd["cause"], string>> = {
  itself: "on its own",
  stop: "after this program was stopped",
  loss: "after its term ended",
};

/** Describes the end of a command. */
function describeEnd({ token, cause, signal, code }: CommandEnd): string {
  const how = signal === undefined ? "" : `, by ${signal}`;
  return `the command of term ${token} ended ${CAUSES[cause]}${how}, with exit code ${code}`;
}

/** Describes a command that is still at work, and what to do. */
function describeUnended(token: number, group: number): string {
  return `${UNENDED} (term ${token}): ${LOCK_KEPT}; end it by \`kill -KILL -- -${group}\` as its user`;
}

export const UNENDED =
  "the command could not be ended, since it runs as another user or hangs in the kernel";

export const LOCK_KEPT = "the lock is not released, but its lease expires";
