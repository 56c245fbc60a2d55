import { EXIT } from "../../exit_codes.ts";
import type { Log } from "../../output/log.ts";
import type { Keeper } from "../keeper.ts";
import { type LineSender, lineSender, readLines } from "../lines.ts";
import { type KeeperMessage, parseCampaignerMessage } from "../messages.ts";
import { spawnSelf } from "../self.ts";
import { settleWithin } from "../settle.ts";

/** It reads the access token, sends requests, and may end the command. */
const PERMISSIONS = ["--allow-net", "--allow-env", "--allow-read", "--allow-run"];

/** How long it may take to exit after it has closed its pipe, in milliseconds: it may still export metrics. */
const EXIT_MS = 5_000;

/** The campaigner as the keeper sees it: a process of this program. */
export class CampaignerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #sender: LineSender;
  /** The name of the lock, once it has sent that. */
  lock = "";

  /** Starts it in a separate session: a signal from the terminal must not reach both processes. */
  constructor(args: readonly string[]) {
    const streams = { stdin: "piped", stdout: "piped", stderr: "inherit" } as const;
    this.#child = spawnSelf(PERMISSIONS, ["campaigner", ...args], { ...streams, detached: true });
    this.#sender = lineSender(this.#child.stdin);
  }

  readonly send = (message: KeeperMessage): void => this.#sender.send(message);

  /** Delivers its messages to the keeper, until it closes its pipe. */
  async deliverTo(keeper: Keeper): Promise<void> {
    for await (const line of readLines(this.#child.stdout)) {
      const message = parseCampaignerMessage(line);
      if (message?.type === "lock") this.lock = message.name;
      else if (message) keeper.receive(message);
    }
    keeper.onCampaignerGone();
  }

  /** Kills it if it is still there after so many milliseconds: it hangs, or is stopped. */
  async killAfter(ms: number): Promise<void> {
    if (await settleWithin(this.#child.status, ms)) return;
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It is gone already.
    }
  }

  /** Waits for its end, and returns the exit code that it means unless something else decides it. */
  async exitCode(keeper: Keeper, log: Log): Promise<number> {
    await this.killAfter(EXIT_MS);
    const { code, signal } = await this.#child.status;
    await this.#sender.close();
    if (signal === null) return code;
    if (keeper.campaignerCode !== undefined) return keeper.campaignerCode;
    log("campaigner", `the campaigner was terminated by ${signal}; exiting`, { signal });
    return signal === "SIGTERM" || signal === "SIGINT" ? code : EXIT.internal;
  }
}
