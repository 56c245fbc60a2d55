import type { TrueTime } from "../../elector/drift_clock.ts";

const KEPT = 40;

/** What happened when, as a hash of all of it and the newest lines for people. */
export class Trace {
  readonly newest: string[] = [];
  readonly #time: TrueTime;
  #hash = 0x811c9dc5;

  constructor(time: TrueTime) {
    this.#time = time;
  }

  /** FNV-1a, as eight hexadecimal digits. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  note(event: string): void {
    const line = `${this.#time.now.toFixed(3).padStart(12)} ms  ${event}`;
    for (let index = 0; index < line.length; index++) {
      this.#hash = Math.imul(this.#hash ^ line.charCodeAt(index), 0x01000193);
    }
    this.newest.push(line);
    if (this.newest.length > KEPT) this.newest.shift();
  }
}
