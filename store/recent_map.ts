/** A map with a limited number of entries and a limited total weight; it drops the oldest entries first. */
export class RecentMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #limits: RecentMapLimits<V>;
  #weight = 0;

  constructor(limits: RecentMapLimits<V>) {
    this.#limits = limits;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** Adds an entry as the newest and drops the oldest ones beyond the limits. */
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

interface RecentMapLimits<V> {
  readonly entries: number;
  /** The total weight, by `weigh`. */
  readonly weight?: number | undefined;
  readonly weigh?: ((value: V) => number) | undefined;
}
