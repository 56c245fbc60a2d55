import { hasTelemetry } from "../candidate/telemetry.ts";
import { failureOf } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { flushOutput, printError } from "./output.ts";
import { utcTime } from "./terminal.ts";

/** How long pending work may keep the process from ending on its own, in milliseconds. */
const LINGER_MS = 2_000;

/** How long the runtime may take to exit, in milliseconds: it waits up to 10 s for a collector by default. */
const EXIT_MS = 12_000;

/** How long the thread that watches the exit may take to start, in milliseconds. */
const BEGIN_MS = 1_000;

/**
 * Ends this process. With its OpenTelemetry on, the runtime (2.9) can hang in `Deno.exit`: during an export, of which it makes
 * some even without a metric, and when it cannot report on stderr that an export has failed.
 */
export function exit(exitCode: number): void {
  if (!hasTelemetry()) Deno.exit(exitCode);
  // Let the process end on its own. A line that stderr does not take would keep it; an unreferenced timer does not.
  Deno.exitCode = exitCode;
  Deno.unrefTimer(setTimeout(() => exitUnderWatch(exitCode), LINGER_MS));
}

/** Exits; a separate thread kills the process if that hangs. */
function exitUnderWatch(exitCode: number): void {
  const leave = () => Deno.exit(exitCode);
  const script = `postMessage(0); setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), ${EXIT_MS})`;
  const watcher = new Worker(`data:text/javascript,${encodeURIComponent(script)}`, {
    type: "module",
  });
  watcher.onmessage = leave;
  watcher.onerror = (event) => {
    event.preventDefault();
    leave();
  };
  setTimeout(leave, BEGIN_MS);
}

/**
 * Ends this process on an uncaught error. The runtime would print the error first, and hang while stderr is blocked: neither
 * dead, which the other process of `elector run` would notice, nor alive.
 *
 * @param lastDuty Called first, with nothing between the error and it.
 */
export function exitOnUncaught(lastDuty: () => Promise<void> | void = () => {}): void {
  let isEnding = false;
  const end = async (event: Event, error: unknown) => {
    event.preventDefault();
    if (isEnding) return;
    isEnding = true;
    try {
      await lastDuty();
    } finally {
      printError(`${utcTime(Date.now())} elector: ${failureOf(error).message}`);
      await flushOutput();
      // `Deno.exit` can hang during an export: then the other process would not see that this one is gone.
      if (hasTelemetry()) Deno.kill(Deno.pid, "SIGKILL");
      Deno.exit(EXIT.internal);
    }
  };
  globalThis.addEventListener("error", (event) => end(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => end(event, event.reason));
}
