/** A line, made when it is known how many lines before it were dropped. */
export type RenderLine = (dropped: number) => string;

/** Options of {@linkcode LineQueue}. */
export interface LineQueueOptions {
  /** Writes some of the bytes, and resolves with how many. It may take for as long as it likes, and fail. */
  readonly write: (bytes: Uint8Array<ArrayBuffer>) => Promise<number>;
  /**
   * How many lines may wait. More are dropped.
   *
   * @default {256}
   */
  readonly capacity?: number;
}

/**
 * Lines that are written one after the other, without the caller waiting for it. A line that cannot be written is dropped
 * and counted: nothing that the program does may depend on its output, which can block (nobody reads the pipe, the terminal
 * is stopped) and fail (the disk is full, the terminal is gone).
 */
export class LineQueue {
  readonly #write: LineQueueOptions["write"];
  readonly #capacity: number;
  readonly #encoder = new TextEncoder();
  readonly #waiting: RenderLine[] = [];
  #dropped = 0;
  /** How many of the dropped lines no written line has reported. */
  #unreported = 0;
  /** Whether the last line was cut off. */
  #isTorn = false;
  #writing: Promise<void> | undefined;

  /** Creates an empty queue. */
  constructor({ write, capacity = 256 }: LineQueueOptions) {
    this.#write = write;
    this.#capacity = capacity;
  }

  /** How many lines were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds a line. Never throws, and never waits. */
  push(line: RenderLine): void {
    if (this.#waiting.length >= this.#capacity) return this.#drop();
    this.#waiting.push(line);
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when no line waits any more. That may never be: wait for it only as long as it takes to write a line. */
  async drained(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // `push()` must have noted that a write is under way before it can be over.
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
      if (!(count > 0)) throw new Error("Cannot write the line: nothing was written");
      sent += count;
      this.#isTorn = sent < bytes.length;
    }
  }

  #drop(): void {
    this.#dropped++;
    this.#unreported++;
  }
}
