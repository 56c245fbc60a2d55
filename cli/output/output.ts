import { settleWithin } from "../run/settle.ts";

/** Renders a line, given how many lines before it were dropped. */
type RenderLine = (dropped: number) => string;

interface LineQueueOptions {
  /** Writes some of the bytes, and resolves with how many. It may block, and fail. */
  readonly write: (bytes: Uint8Array<ArrayBuffer>) => Promise<number>;
  /** How many lines may wait, 256 by default. Further lines are dropped. */
  readonly capacity?: number;
}

/**
 * Writes lines one after the other, while the caller continues. A line that cannot be written is dropped and counted:
 * nothing that the program does may depend on its output, which can block (a full pipe, a stopped terminal) and fail (a
 * full disk, a closed terminal).
 */
export class LineQueue {
  dropped = 0;
  readonly #write: LineQueueOptions["write"];
  readonly #capacity: number;
  readonly #encoder = new TextEncoder();
  readonly #waiting: RenderLine[] = [];
  /** How many dropped lines are still to be reported by a written line. */
  #unreported = 0;
  /** Whether the last line was written in part. */
  #isTorn = false;
  #writing: Promise<void> | undefined;

  constructor({ write, capacity = 256 }: LineQueueOptions) {
    this.#write = write;
    this.#capacity = capacity;
  }

  /** Adds a line. Never throws, and never waits. */
  push(line: RenderLine): void {
    if (this.#waiting.length >= this.#capacity) return this.#drop();
    this.#waiting.push(line);
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when no line waits. That may never happen: use a timeout. */
  async drained(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // `push()` must assign `#writing` before this can end.
    await Promise.resolve();
    for (let line = this.#waiting.shift(); line; line = this.#waiting.shift()) {
      const reported = this.#unreported;
      try {
        await this.#writeLine(line(reported));
        this.#unreported -= reported;
      } catch {
        this.#drop();
      }
    }
    this.#writing = undefined;
  }

  async #writeLine(line: string): Promise<void> {
    const bytes = this.#encoder.encode(`${this.#isTorn ? "\n" : ""}${line}\n`);
    for (let sent = 0; sent < bytes.length;) {
      const count = await this.#write(bytes.subarray(sent));
      if (!(count > 0)) throw new Error("No byte of the line was written");
      sent += count;
      this.#isTorn = sent < bytes.length;
    }
  }

  #drop(): void {
    this.dropped++;
    this.#unreported++;
  }
}

/** Lines for stderr. `console.error` would block while the pipe is full, and throw if nothing can be written. */
export const stderrLines: LineQueue = new LineQueue({ write: (bytes) => Deno.stderr.write(bytes) });

/** Lines for stdout, of a command that continues after printing them. */
export const stdoutLines: LineQueue = new LineQueue({ write: (bytes) => Deno.stdout.write(bytes) });

/** How long a process that ends waits for its last lines, in milliseconds. */
const LAST_LINES_MS = 500;

export function printError(text: string): void {
  stderrLines.push(() => text);
}

export function print(text: string): void {
  stdoutLines.push(() => text);
}

/** Waits until the printed lines are written, or are stuck. */
export async function flushOutput(...queues: readonly LineQueue[]): Promise<void> {
  const all = [stdoutLines, stderrLines, ...queues];
  await settleWithin(Promise.all(all.map((queue) => queue.drained())), LAST_LINES_MS);
}
