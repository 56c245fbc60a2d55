import { hasTelemetry, isExporting } from "../candidate/telemetry.ts";

/** How long what is still under way may keep the process from ending by itself, in milliseconds. */
const LINGER_MS = 2_000;

/** How long the runtime may take to exit, in milliseconds: it waits up to 10 s for a collector by default. */
const EXIT_MS = 12_000;

/** How long the thread that watches the exit may take to begin, in milliseconds. */
const BEGIN_MS = 1_000;

/**
 * Ends this process. With its OpenTelemetry on, the runtime (2.9) can hang in `Deno.exit`: while an export is under way, and
 * where it cannot say on stderr that an export has failed.
 */
export function exit(exitCode: number): void {
  if (isExporting()) {
    // By itself, then. A line that stderr does not take would keep the process; the timer does not.
    Deno.exitCode = exitCode;
    Deno.unrefTimer(setTimeout(() => exitUnderWatch(exitCode), LINGER_MS));
  } else if (hasTelemetry()) exitUnderWatch(exitCode);
  else Deno.exit(exitCode);
}

/** Exits; a thread of its own kills the process if that hangs. */
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
