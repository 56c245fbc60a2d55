/** What the lines of a story are told of. */
const TOLD = 400;

/** What happened when: as a hash that is the same on any machine, and on demand in words. */
export class Trace {
  /** Whether the story is kept in words, too. */
  readonly isTold: boolean;
  readonly #lines: string[] = [];
  readonly #time = new Float64Array(1);
  readonly #words = new Uint32Array(this.#time.buffer);
  #hash = 0x811c9dc5;

  /** Makes a trace; words take time. */
  constructor(isTold: boolean) {
    this.isTold = isTold;
  }

  /** FNV-1a of all that was noted, word by word: eight hexadecimal digits. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  /** The end of the story. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Something happened to somebody at some (true) time. */
  note(time: number, what: number, who: number): void {
    this.#time[0] = time;
    this.#mix(this.#words[0] ?? 0);
    this.#mix(this.#words[1] ?? 0);
    this.#mix(what << 8 | who);
  }

  /** A line of the story. */
  tell(time: number, line: string): void {
    if (!this.isTold) return;
    this.#lines.push(`${(time / 1_000).toFixed(6).padStart(14)} s  ${line}`);
    if (this.#lines.length > TOLD) this.#lines.shift();
  }

  #mix(word: number): void {
    this.#hash = Math.imul(this.#hash ^ word, 0x01000193);
  }
}
