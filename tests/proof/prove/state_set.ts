/**
 * The states that were reached, as 64-bit fingerprints, and how each was first reached. Two states that share one would be
 * taken for one: with ten million states that is less likely than one in 300,000.
 */
export class StateSet {
  #slots = new Uint32Array(1 << 16);
  #fingerprints = new Uint32Array(1 << 16);
  #origins = new Uint32Array(1 << 15);
  #codes = new Uint16Array(1 << 15);
  #size = 0;

  /** How many states there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a state.
   *
   * @param numbers The state, as numbers.
   * @param length How many of them count.
   * @param origin Which state it was reached from.
   * @param code By what.
   * @returns Whether it is new.
   */
  add(numbers: Int32Array, length: number, origin: number, code: number): boolean {
    let high = 0x9e3779b9;
    let low = 0x85ebca6b;
    for (let index = 0; index < length; index++) {
      const number = numbers[index] ?? 0;
      high = Math.imul(rotate(high ^ Math.imul(number, 0xcc9e2d51), 13), 5) + 0xe6546b64 | 0;
      low = Math.imul(rotate(low ^ Math.imul(number, 0x1b873593), 15), 9) + 0x38495ab5 ^ high;
    }
    high = mix(high ^ length) >>> 0;
    low = mix(low) >>> 0;
    const slot = this.#find(high, low);
    if (this.#slots[slot] !== 0) return false;
    const state = this.#size++;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    this.#fingerprints[2 * state] = high;
    this.#fingerprints[2 * state + 1] = low;
    this.#origins[state] = origin;
    this.#codes[state] = code;
    this.#slots[this.#find(high, low)] = this.#size;
    return true;
  }

  /** The codes along the way by which a state was first reached. */
  wayTo(state: number): number[] {
    const codes: number[] = [];
    for (let at = state; at > 0; at = this.#origins[at] ?? 0) codes.push(this.#codes[at] ?? 0);
    return codes.reverse();
  }

  /** The slot that holds the state, or where it belongs. */
  #find(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask;; slot = slot + 1 & mask) {
      const state = this.#slots[slot] ?? 0;
      if (state === 0) return slot;
      const at = 2 * (state - 1);
      if (this.#fingerprints[at] === high && this.#fingerprints[at + 1] === low) return slot;
    }
  }

  #grow(): void {
    const size = this.#slots.length * 2;
    this.#fingerprints = widen(this.#fingerprints, new Uint32Array(size));
    this.#origins = widen(this.#origins, new Uint32Array(size / 2));
    this.#codes = widen(this.#codes, new Uint16Array(size / 2));
    this.#slots = new Uint32Array(size);
    for (let state = 1; state < this.#size; state++) {
      const at = 2 * (state - 1);
      this.#slots[this.#find(this.#fingerprints[at] ?? 0, this.#fingerprints[at + 1] ?? 0)] = state;
    }
  }
}

function widen<T extends Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function rotate(number: number, bits: number): number {
  return number << bits | number >>> (32 - bits);
}

/** murmur3's finalizer: every bit of the input reaches every bit of the output. */
function mix(number: number): number {
  let mixed = Math.imul(number ^ number >>> 16, 0x85ebca6b);
  mixed = Math.imul(mixed ^ mixed >>> 13, 0xc2b2ae35);
  return mixed ^ mixed >>> 16;
}
