/** Random numbers that are the same on any machine for the same seed and stream: sfc32, seeded by splitmix32. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Makes one of many independent streams of a seed: what one fault class draws changes nothing for another. */
  constructor(seed: number, stream: number) {
    let mixer = seed ^ Math.imul(stream, 0x9e3779b1);
    const mix = () => {
      mixer = mixer + 0x9e3779b9 | 0;
      let mixed = Math.imul(mixer ^ mixer >>> 16, 0x21f0aaad);
      mixed = Math.imul(mixed ^ mixed >>> 15, 0x735a2d97);
      return mixed ^ mixed >>> 15;
    };
    this.#a = mix();
    this.#b = mix() ^ seed / 2 ** 32;
    this.#c = mix();
    for (let round = 0; round < 12; round++) this.next();
  }

  /** A number from 0 (included) to 1 (excluded). */
  next(): number {
    const sum = (this.#a + this.#b | 0) + this.#counter | 0;
    this.#counter = this.#counter + 1 | 0;
    this.#a = this.#b ^ this.#b >>> 9;
    this.#b = this.#c + (this.#c << 3) | 0;
    this.#c = (this.#c << 21 | this.#c >>> 11) + sum | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** Whether something happens that has this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A number between two others. */
  between(least: number, most: number): number {
    return least + (most - least) * this.next();
  }

  /** A whole number from 0 to one less than `count`. */
  index(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** One of a list. */
  pick<const T>(list: readonly [T, ...T[]]): T {
    return list[this.index(list.length)] ?? list[0];
  }
}
