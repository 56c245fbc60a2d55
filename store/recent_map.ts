/** A map that keeps the newest entries and forgets the oldest, by their number and by what they weigh together. */
export class RecentMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #limits: RecentMapLimits<V>;
  #weight = 0;

  /** Creates an empty map. */
  constructor(limits: RecentMapLimits<V>) {
    this.#limits = limits;
  }

  /** Whether there is an entry, be its value `undefined`. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** The value of an entry. */
  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** Keeps an entry as the newest, and forgets the oldest of too many. */
  set(key: string, value: V): void {
    this.#delete(key);
    this.#entries.set(key, value);
    this.#weight += this.#weigh(value);
    const { entries, weight = Infinity } = this.#limits;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= entries && this.#weight <= weight) break;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    const value = this.#entries.get(key);
    if (this.#entries.delete(key)) this.#weight -= this.#weigh(value as V);
  }

  #weigh(value: V): number {
    return this.#limits.weigh?.(value) ?? 0;
  }
}

/** How much a {@linkcode RecentMap} keeps. */
export interface RecentMapLimits<V> {
  /** The most entries. */
  readonly entries: number;
  /** The most weight of all entries. */
  readonly weight?: number | undefined;
  /** What an entry weighs. */
  readonly weigh?: ((value: V) => number) | undefined;
}
