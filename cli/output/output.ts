import { LineQueue } from "./line_queue.ts";
import { settleWithin } from "../run/settle.ts";

/**
 * What this process says on stderr. Not by `console.error`: that blocks while nobody reads, and throws where nothing can be
 * written.
 */
export const stderrLines: LineQueue = new LineQueue({ write: (bytes) => Deno.stderr.write(bytes) });

/** What a command that goes on after it says on stdout. */
export const stdoutLines: LineQueue = new LineQueue({ write: (bytes) => Deno.stdout.write(bytes) });

/** How long a process that ends waits for its last lines, in milliseconds. */
const LAST_LINES_MS = 500;

/** Says something on stderr. */
export function printError(text: string): void {
  stderrLines.push(() => text);
}

/** Says something on stdout. */
export function print(text: string): void {
  stdoutLines.push(() => text);
}

/** Waits until what was said is written, or cannot be for now. */
export async function flushOutput(
  ...queues: readonly LineQueue[]
): Promise<void> {
  const all = [stdoutLines, stderrLines, ...queues];
  await settleWithin(Promise.all(all.map((queue) => queue.drained())), LAST_LINES_MS);
}
