export interface ContractOptions {
  /** What a place does not owe: the sentence of a test, and the reason, which is shown. */
  readonly skip?: ReadonlyMap<string, string>;
}

/** Registers the tests of a contract; those that a place does not owe are registered as ignored, so that they are seen. */
export class Contract {
  readonly #name: string;
  readonly #skip: Map<string, string>;

  constructor(name: string, { skip = new Map() }: ContractOptions = {}) {
    this.#name = name;
    this.#skip = new Map(skip);
  }

  test(does: string, fn: () => Promise<void>): void {
    const reason = this.#skip.get(does);
    this.#skip.delete(does);
    if (reason === undefined) Deno.test(`${this.#name} ${does}`, fn);
    else Deno.test({ name: `${this.#name} ${does} (skipped: ${reason})`, ignore: true, fn });
  }

  /** Refuses reasons to skip a test that there is not. */
  end(): void {
    if (this.#skip.size === 0) return;
    throw new Error(`No such tests to skip: "${[...this.#skip.keys()].join('", "')}"`);
  }
}
