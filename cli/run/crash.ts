import { EXIT } from "../exit_codes.ts";
import { failureOf } from "../errors.ts";
import { flushOutput, printError } from "../output/output.ts";
import { isExporting } from "../candidate/telemetry.ts";

/**
 * Ends this process where an error reaches nobody. The runtime would print the error first, and hang there for as long as
 * nobody reads: neither dead, which the other process of `elector run` would notice, nor alive.
 *
 * @param lastDuty Called first, with nothing between the error and it.
 */
export function exitOnUncaught(lastDuty: () => Promise<void> | void = () => {}): void {
  let isEnding = false;
  const end = async (error: unknown) => {
    if (isEnding) return;
    isEnding = true;
    try {
      await lastDuty();
    } finally {
      printError(`elector: ${failureOf(error).message}`);
      await flushOutput();
      // The runtime can hang in `Deno.exit` while an export is under way: then nobody would see that this process is gone.
      if (isExporting()) Deno.kill(Deno.pid, "SIGKILL");
      Deno.exit(EXIT.internal);
    }
  };
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    end(event.error);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    end(event.reason);
  });
}
