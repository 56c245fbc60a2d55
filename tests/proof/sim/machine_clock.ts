/** The clocks of one machine, as seen by somebody who knows the true time. */
export class MachineClock {
  /** How fast the monotonic clock runs; 1 is right. */
  rate = 1;
  /** How fast the wall clock runs. */
  wallRate = 1;
  /** Whether the machine is suspended: its monotonic clock stands still, its wall clock does not. */
  isSuspended = false;
  /** Whether both clocks stand still, which no process can know of. */
  isFrozen = false;
  #at = 0;
  #monotonic: number;
  #wall: number;

  /** Makes a machine's clocks, as they stand at the true time 0. */
  constructor(monotonic: number, wall: number) {
    this.#monotonic = monotonic;
    this.#wall = wall;
  }

  /** The monotonic clock at a true time that is not in the past. */
  monotonicAt(time: number): number {
    const rate = this.isSuspended || this.isFrozen ? 0 : this.rate;
    return this.#monotonic + (time - this.#at) * rate;
  }

  /** The wall clock at a true time that is not in the past. */
  wallAt(time: number): number {
    return this.#wall + (this.isFrozen ? 0 : (time - this.#at) * this.wallRate);
  }

  /** The true time at which the monotonic clock will have passed a reading, if nothing changes. */
  timeOf(monotonic: number): number {
    if (monotonic === Infinity || this.isSuspended || this.isFrozen) return Infinity;
    // A microsecond on top, lest rounding make it a moment too soon.
    return this.#at + Math.max(0, monotonic - this.#monotonic) / this.rate + 0.001;
  }

  /** Holds both readings fast, before something about the clocks changes. */
  settle(time: number): void {
    [this.#monotonic, this.#wall] = [this.monotonicAt(time), this.wallAt(time)];
    this.#at = time;
  }

  /** Sets the wall clock. */
  stepWall(time: number, by: number): void {
    this.settle(time);
    this.#wall += by;
  }
}
