import type { Log } from "../../output/log.ts";
import type { CommandEnd } from "../child.ts";
import type { StopSignal } from "../messages.ts";

/** The callbacks of a keeper. They may throw: the keeper continues. */
export interface KeeperReports {
  /** The command is being ended: its lease has expired, or is not known to be valid. */
  readonly onLoss?: (token: number) => void;
  readonly onEnd?: (end: CommandEnd) => void;
  /** A process of the command is alive, and cannot be ended. */
  readonly onUnended?: (token: number, group: number) => void;
  /** The campaigner received a signal to end. */
  readonly onStopped?: (signal: StopSignal) => void;
  /** No further command will run: the campaign is to end. */
  readonly onFinish?: () => void;
}

export function logReports(log: Log): Pick<KeeperReports, "onLoss" | "onEnd" | "onUnended"> {
  return {
    onLoss: (token) =>
      log("ending", `ending the command of term ${token}: its term has ended`, { token }),
    onEnd: (end) => log("command ended", describeEnd(end), { ...end, signal: end.signal ?? null }),
    onUnended(token, group) {
      const wayOut = `end it by \`kill -KILL -- -${group}\` as its user`;
      log("unended", `${UNENDED} (term ${token}): ${LOCK_KEPT}; ${wayOut}`, { token, group });
    },
  };
}

const CAUSES: Readonly<Record<CommandEnd["cause"], string>> = {
  itself: "on its own",
  stop: "after this program was stopped",
  loss: "after its term ended",
};

function describeEnd({ token, cause, signal, code }: CommandEnd): string {
  const how = signal === undefined ? "" : `, by ${signal}`;
  return `the command of term ${token} ended ${CAUSES[cause]}${how}, with exit code ${code}`;
}

export const UNENDED =
  "the command could not be ended, since it runs as another user or hangs in the kernel";

export const LOCK_KEPT = "the lock is not released, but its lease expires";
